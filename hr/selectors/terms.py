"""An employer's terms as they are on a day."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet

from core.money import Rounding, round_whole
from hr.models import Allowance, HoursBasis, LeaveYear, PayPoint, PayScale, PayValue


def on_day(day: date) -> Q:
    """Rows that are true on a day."""
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gt=day))


def terms_now(organisation_id: int) -> QuerySet[Allowance]:
    """What the terms say of allowances on all days, as it is known now."""
    return Allowance.objects.filter(organisation_id=organisation_id, superseded_at__isnull=True)


def value_of(pay_point: PayPoint, day: date) -> int | None:
    """Full-time pence of a year on a day; None if the scale says nothing of it."""
    rows = PayValue.objects.filter(
        on_day(day), organisation_id=pay_point.organisation_id, pay_point=pay_point
    )
    return rows.values_list("annual_pence", flat=True).first()


def full_time_minutes(scale: PayScale, day: date) -> int | None:
    """The full week of a scale on a day."""
    rows = HoursBasis.objects.filter(
        on_day(day), organisation_id=scale.organisation_id, code=scale.hours_code
    )
    return rows.values_list("full_time_minutes", flat=True).first()


def yearly(full_pence: int, minutes: int, basis: int) -> int:
    """The pay of a year for part of a full week, to the penny, half a penny up."""
    return round_whole(Fraction(full_pence * minutes, basis), Rounding.HALF_UP)


@dataclass(frozen=True)
class Terms:
    """Everything that an employer has set up, as it is on a day."""

    scales: list[PayScale]
    values: list[PayValue]
    allowances: list[Allowance]
    hours: list[HoursBasis]
    leave: LeaveYear | None


def terms_of(organisation_id: int, day: date) -> Terms:
    """The terms of an organisation on a day, points in the order of their scales."""
    here = {"organisation_id": organisation_id}
    values = PayValue.objects.filter(on_day(day), **here).select_related("pay_point__scale")
    return Terms(
        scales_of(organisation_id),
        list(values.order_by("pay_point__scale__name", "pay_point_id")),
        list(terms_now(organisation_id).filter(on_day(day)).order_by("code")),
        list(HoursBasis.objects.filter(on_day(day), **here).order_by("name")),
        LeaveYear.objects.filter(on_day(day), **here).first(),
    )


def scales_of(organisation_id: int) -> list[PayScale]:
    """The scales that an employer uses, by name."""
    return list(PayScale.objects.filter(organisation_id=organisation_id).order_by("name"))


def pay_points(organisation_id: int) -> QuerySet[PayPoint]:
    """Every point of every scale."""
    rows = PayPoint.objects.filter(organisation_id=organisation_id)
    return rows.select_related("scale").order_by("scale__name", "id")


def grades_of(organisation_id: int) -> dict[str, tuple[str, PayScale, str]]:
    """Grades by a key for forms: (label, scale, grade), in the order of their points."""
    return {
        f"{point.scale_id}:{point.grade}": (
            f"{point.scale.name}, {point.grade}",
            point.scale,
            point.grade,
        )
        for point in pay_points(organisation_id)
    }
