"""Setting up an employer's terms from a template, and its posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.actors import Actor, require
from core.money import to_pence
from events.services import record_about
from hr.models import (
    Allowance,
    HoursBasis,
    LeaveYear,
    PayPoint,
    PayScale,
    PayValue,
    Position,
    PositionBudget,
)
from hr.permissions import KEEP_TERMS
from hr.rules import HRR01, HRR06, HRR15, HRR16
from hr.templates import Template, templates
from tenants.models import Unit


def lock_terms(*, by: Actor) -> None:
    """Whoever keeps terms, codes or posts of an employer waits for who does already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('hr.terms'), %s)", [by.organisation_id]
        )


def install_terms(*, template: str, by: Actor) -> PayScale:
    """The scale, its values, allowances and hours become terms of this employer.

    The leave year is that of the first template. HRR01 for an unknown template, HRR15 for one that
    is there. Event hr.terms.installed.
    """
    require(by, KEEP_TERMS)
    found = templates().get(template)
    if found is None:
        raise HRR01.refuse()
    here = by.organisation_id
    lock_terms(by=by)
    kept: tuple[QuerySet[Any], ...] = (PayScale.objects.all(), HoursBasis.objects.all())
    HRR15.check(not any(kind.filter(organisation_id=here, code=template).exists() for kind in kept))
    scale = PayScale.objects.create(
        organisation_id=here, code=template, name=found.name, hours_code=template
    )
    HoursBasis.objects.create(
        organisation_id=here,
        code=template,
        name=found.hours_name,
        full_time_minutes=found.weekly_minutes,
        from_on=found.first_on,
        source=found.source,
    )
    if not LeaveYear.objects.filter(organisation_id=here).exists():
        LeaveYear.objects.create(
            organisation_id=here,
            starts_month=found.leave_month,
            days=found.leave_days,
            from_on=found.first_on,
            source=found.source,
        )
    values = _install_points(found, scale)
    _install_allowances(found, here)
    record_about("hr.terms.installed", "tenants.organisation", here, by=by, name=found.name,
                 values=values)  # fmt: skip
    return scale


def _install_points(found: Template, scale: PayScale) -> int:
    here = scale.organisation_id
    keys = list(dict.fromkeys((row["grade"], row["point"]) for row in found.points))
    points = PayPoint.objects.bulk_create(
        PayPoint(organisation_id=here, scale=scale, grade=grade, point=point)
        for grade, point in keys
    )
    by_key = {(row.grade, row.point): row for row in points}
    values = PayValue.objects.bulk_create(
        PayValue(
            organisation_id=here,
            pay_point=by_key[row["grade"], row["point"]],
            annual_pence=to_pence(row["annual"]),
            from_on=date.fromisoformat(row["from_on"]),
            to_on=_day(row["to_on"]),
            source=row["source"],
            status=row["status"],
        )
        for row in found.points
    )
    return len(values)


def _install_allowances(found: Template, here: int) -> None:
    Allowance.objects.bulk_create(
        Allowance(
            organisation_id=here,
            code=f"{found.code}-{row['code']}",
            name=row["name"],
            kind=row["kind"],
            amount_pence=_pence(row["amount"]),
            rate_percent=Decimal(row["rate"]) if row["rate"] else None,
            least_pence=_pence(row["least"]),
            most_pence=_pence(row["most"]),
            from_on=date.fromisoformat(row["from_on"]),
            to_on=_day(row["to_on"]),
            paid=row["paid"],
            claimed_as=row["claimed_as"],
            scale_code=found.code,
            grades=row["grades"],
            source=row["source"],
            status=row["status"],
        )
        for row in found.allowances
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _pence(text: str) -> int | None:
    return to_pence(text) if text else None


@dataclass(frozen=True)
class NewPosition:
    """A post: its grade is one of its scale, its budget in hundredths of a full-timer."""

    code: str
    title: str
    unit: Unit
    scale: PayScale
    grade: str
    fte_hundredths: int


def create_positions(*, rows: Sequence[NewPosition], from_on: date, by: Actor) -> list[Position]:
    """Posts of the establishment, budgeted from a day on.

    HRR06 for a grade that its scale does not have, HRR16 for a code that is taken. Event
    hr.positions.created.
    """
    require(by, KEEP_TERMS)
    here = by.organisation_id
    grades = set(
        PayPoint.objects.filter(organisation_id=here).values_list("scale_id", "grade").distinct()
    )
    HRR06.check({(row.scale.pk, row.grade) for row in rows} <= grades)
    codes = [row.code for row in rows]
    taken = Position.objects.filter(organisation_id=here, code__in=codes)
    HRR16.check(len(set(codes)) == len(codes) and not taken.exists())
    made = Position.objects.bulk_create(
        Position(
            organisation_id=here,
            code=row.code,
            title=row.title,
            unit=row.unit,
            scale=row.scale,
            grade=row.grade,
        )
        for row in rows
    )
    PositionBudget.objects.bulk_create(
        PositionBudget(
            organisation_id=here,
            position=position,
            fte_hundredths=row.fte_hundredths,
            from_on=from_on,
        )
        for position, row in zip(made, rows, strict=True)
    )
    record_about("hr.positions.created", "tenants.organisation", here, by=by, posts=len(made))
    return made
