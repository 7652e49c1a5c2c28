"""Layouts of files that are known, and how each is read from a day on."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core.tenancy import TenantKey, TenantModel, number_as_range


class ColumnMapping(TenantModel):
    """A layout of file, known by its headings; its versions say how it is read, each from a day."""

    name = models.CharField(max_length=120)
    signature = models.CharField(max_length=64)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "signature"], name="mapping_layout_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class LayoutVersion(TenantModel):
    """How files of a layout are read, from a day up to but not including another.

    One that ends on the day on which it began was replaced on that day. Nothing else of it
    changes: what was read by it names its columns itself.
    """

    layout = TenantKey(ColumnMapping, related_name="versions")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    mapping = models.JSONField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="layout_version_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_version_of_a_layout_a_day",
                expressions=[
                    (number_as_range("organisation_id", "int4range"), RangeOperators.OVERLAPS),
                    (number_as_range("layout_id", "int8range"), RangeOperators.OVERLAPS),
                    (
                        Func(F("from_on"), F("until_on"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layout} from {self.from_on}"
