"""What an employer pays and how it counts hours and leave: all of it from a day on.

Ranges are half-open: `to_on` is the first day on which the row is no longer true. Plain dates and
not ranges, because only their comparison keeps its index under row security.
"""

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantKey, TenantModel


class Status(models.TextChoices):
    """How sure a value is. What is derived was worked out here and is nobody's publication."""

    PUBLISHED = "published", "Published"
    PROVISIONAL = "provisional", "Provisional"
    DERIVED = "derived", "Derived"


def ends_later(name: str) -> models.CheckConstraint:
    """A range of days that holds at least one."""
    return models.CheckConstraint(
        condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name=name
    )


class HoursBasis(TenantModel):
    """A full week of work, to which part-time hours are compared, from a day on."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    full_time_minutes = models.PositiveIntegerField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ends_later("hours_basis_days"),
            models.CheckConstraint(
                condition=Q(full_time_minutes__gt=0, full_time_minutes__lte=10080),
                name="week_has_some_minutes",
            ),
        ]


class LeaveYear(TenantModel):
    """When the leave year begins, and the days of annual leave of a full-timer, from a day on."""

    starts_month = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ends_later("leave_year_days"),
            models.CheckConstraint(
                condition=Q(starts_month__gte=1, starts_month__lte=12),
                name="leave_year_starts_in_a_month",
            ),
        ]


class PayScale(TenantModel):
    """A set of grades that an employer uses; its hours basis is named by code, as that is dated."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    hours_code = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="pay_scale_once")
        ]


class PayPoint(TenantModel):
    """A grade and a point of a scale; what it is worth on a day is a row of `PayValue`."""

    scale = TenantKey(PayScale, related_name="points")
    grade = models.CharField(max_length=20)
    point = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "scale", "grade", "point"], name="pay_point_once"
            )
        ]


class PayValue(TenantModel):
    """The full-time pay of a point for a year, from a day on, and who says so."""

    pay_point = TenantKey(PayPoint, related_name="values")
    annual_pence = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status)
    # When it became known; without it, from the beginning.
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ends_later("pay_value_days"),
            models.CheckConstraint(condition=Q(annual_pence__gt=0), name="pay_above_nothing"),
        ]


class Allowance(TenantModel):
    """Pay besides the point: a sum or a share of it, with least and most, from a day on, as it was
    known between two moments.

    What is paid for hours is a share of the hourly rate, what is paid for sessions a sum of each;
    both are claimed under a name that several rows may have in common, each for grades of a scale.
    """

    class Kind(models.TextChoices):
        HIGH_COST = "high_cost", "High-cost area"
        UNSOCIAL = "unsocial", "Unsocial hours"
        STANDBY = "standby", "Standby"

    class Paid(models.TextChoices):
        YEAR = "year", "With every pay, so much a year"
        HOUR = "hour", "For hours that are claimed"
        SESSION = "session", "For sessions that are claimed"

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    amount_pence = models.BigIntegerField(null=True)
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    least_pence = models.BigIntegerField(null=True)
    most_pence = models.BigIntegerField(null=True)
    paid = models.CharField(max_length=8, choices=Paid, default=Paid.YEAR, db_default=Paid.YEAR)
    claimed_as = models.CharField(max_length=20, default="", db_default="")
    scale_code = models.CharField(max_length=20, default="", db_default="")
    grades = models.CharField(max_length=200, default="", db_default="")  # by comma; all if ""
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status)
    # When it became known; without it, from the beginning.
    recorded_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ends_later("allowance_days"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True)
                | Q(recorded_at__isnull=True)
                | Q(superseded_at__gte=F("recorded_at")),
                name="allowance_known_before_superseded",
            ),
            models.CheckConstraint(
                condition=Q(paid="year", claimed_as="")
                | (Q(paid="hour", rate_percent__gt=0) & ~Q(claimed_as=""))
                | (Q(paid="session", amount_pence__gt=0) & ~Q(claimed_as="")),
                name="allowance_is_claimed_or_of_a_year",
            ),
            models.CheckConstraint(
                condition=Q(amount_pence__isnull=True) ^ Q(rate_percent__isnull=True),
                name="allowance_is_sum_or_share",
            ),
        ]
