"""What stands between a supplier and its money besides its bank details; what it lets off."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from events.verbs import counted
from finance.models.payables import Supplier


class CoolingOff(TenantModel):
    """From a day on, how many working days changed bank details cool off. Never changed."""

    from_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "from_on"], name="one_cooling_off_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=0, days__lte=60), name="cools_0_to_60_days"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cools_off_for_a_reason"),
        ]


class SupplierHold(TenantModel):
    """Nothing is paid to a supplier: since when and why, who sees to it, and when it is reviewed.

    Released by somebody else than who held; a supplier has at most one that is not.
    """

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="holds")
    reason = models.CharField(max_length=300)
    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=120)
    review_on = models.DateField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    released_by_id = models.BigIntegerField(null=True)
    released_by_name = models.CharField(max_length=120, default="")
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=300, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="hold_number"),
            models.UniqueConstraint(
                fields=["organisation_id", "supplier"],
                condition=Q(released_at__isnull=True),
                name="one_hold_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="supplier_held_for_a_reason"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by_id__isnull=True)
                | Q(released_at__isnull=False, released_by_id__isnull=False)
                & ~Q(released_by_id=F("made_by_id"))
                & ~Q(release_reason=""),
                name="released_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "released_at", "review_on"], name="hold_list")
        ]


class DiscountTerms(TenantModel):
    """What a supplier lets off for being paid early, for invoices dated from a day on.

    So many percent of an invoice that is paid within so many days of its date. Never changed: other
    terms are another row from a later day, 0% ends them.
    """

    supplier = TenantKey(Supplier, related_name="discount_terms")
    from_on = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "supplier", "from_on"], name="discount_from_a_day_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=50, days__lte=180),
                name="discount_of_0_to_50_percent",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="discount_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}% within {counted(self.days, 'day')}"
