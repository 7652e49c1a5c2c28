"""Codes of national data standards, such as the staff groups and job roles of the NHS."""

from django.db import models

from core.tenancy import TenantModel
from hr.models.terms import ends_later


class StandardCode(TenantModel):
    """One code of a list that the employer reports by, with the days on which it may be given.

    The lists are their publishers' and not shipped: an employer loads the edition it uses.
    """

    class List(models.TextChoices):
        STAFF_GROUP = "staff_group", "Staff group"
        JOB_ROLE = "job_role", "Job role"
        AREA_OF_WORK = "area_of_work", "Area of work"
        OCCUPATION = "occupation_code", "Occupation code"
        LEAVING = "leaving_reason", "Leaving reason"

    of = models.CharField(max_length=16, choices=List)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    standard = models.CharField(max_length=120)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            ends_later("standard_code_days"),
            models.UniqueConstraint(
                fields=["organisation_id", "of", "code"], name="standard_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_of_display()} {self.code}"
