"""P60s and P45s as they were issued: asked for as a batch, made by a run, never changed."""

from datetime import date

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from hr.models import Employment
from payroll.calculator.periods import year_label


class CertificateKind(models.TextChoices):
    """What is issued: to who is employed on 5 April, and to who left."""

    P60 = "P60", "P60"
    P45 = "P45", "P45"


class CertificateBatch(TenantModel):
    """The certificates of the tax year that began in `tax_year`, made by one run."""

    number = models.BigIntegerField()
    kind = models.CharField(max_length=3, choices=CertificateKind)
    tax_year = models.PositiveSmallIntegerField()
    people = models.IntegerField()
    run_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="certificate_batch_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}s {year_label(date(self.tax_year, 4, 6))}, batch {self.number}"


class Certificate(TenantModel):
    """One document as it was issued. A P60 may be replaced by a later version, a P45 never.

    `said` is a hash of what it says, without what it is called: the same is not issued twice. What
    a rehearsal issued counts for nothing once the organisation is live.
    """

    number = models.BigIntegerField()
    batch = TenantKey(CertificateBatch, related_name="certificates")
    part = models.PositiveIntegerField()
    employment = TenantKey(Employment, related_name="+")
    kind = models.CharField(max_length=3, choices=CertificateKind)
    tax_year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    replaces = TenantKey("self", null=True, related_name="+")
    rehearsed = models.BooleanField()
    employee = models.BigIntegerField()
    name = models.CharField(max_length=120)
    name_norm = models.CharField(max_length=120)
    on_paper = models.BooleanField()  # nobody of that name could sign in here that day
    said = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    content_sealed = models.BinaryField()  # base64 of the packed PDF
    issued_at = models.DateTimeField()

    # Its seal is renewed when keys are; a trigger lets nothing else of it change.
    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="certificate_number_once"
            ),
            models.UniqueConstraint(
                fields=[
                    *("organisation_id", "employment", "kind", "tax_year", "rehearsed"),
                    "version",
                ],
                name="certificate_version_once",
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True)
                | Q(version__gt=1, replaces__isnull=False, kind="P60"),
                name="only_p60s_are_replaced",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "batch", "part", "name_norm"], name="certificate_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}"
