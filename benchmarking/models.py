"""The published comparison: cells that are the same for everyone, and never a name."""

from django.db import models
from django.db.models import Q

from benchmarking.statistics import Disclosure
from core.tenancy import INSERT_ONLY, TenantModel


class BenchmarkCell(models.Model):
    """One indicator and month over all partners, with no more than may be shown.

    Filled by a run through `benchmarking.statistics.cell`; figures carry the indicator's unit and
    are rounded half up to six places when published.
    """

    indicator_code = models.CharField(max_length=12)
    month = models.DateField()
    contributors = models.IntegerField()
    disclosure = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Disclosure])
    withheld = models.CharField(max_length=120, default="")
    median = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    lower = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    upper = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    published_at = models.DateTimeField()

    shared = "Suppressed before it is stored: the same published figures for every organisation."

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "indicator_code"], name="cell_once"),
            models.CheckConstraint(
                condition=Q(disclosure="nothing", median=None, lower=None, upper=None)
                | Q(disclosure="median", median__isnull=False, lower=None, upper=None)
                | Q(
                    disclosure="quartiles",
                    median__isnull=False,
                    lower__isnull=False,
                    upper__isnull=False,
                ),
                name="cell_shows_what_it_may",
            ),
            models.CheckConstraint(
                condition=Q(disclosure="nothing")
                | Q(disclosure="median", contributors__gte=6)
                | Q(disclosure="quartiles", contributors__gte=9),
                name="cell_has_enough_peers",
            ),
        ]


class BoardPack(TenantModel):
    """The figures of a month as a document for a board, kept as it was made.

    `digest` is the SHA-256 of what it says, `sha256` that of its bytes.
    """

    month = models.DateField()
    version = models.IntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "month", "version"], name="pack_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}, version {self.version}"
