"""What services ask before they change a job."""

from collections.abc import Collection
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from hr.keys import name_key
from hr.models import Assignment, CostShare, Employment, Placement, Position
from hr.rules import HRR17
from tenants.models import Person


def employed(here: int, person: Person, on: date) -> bool:
    """Does the person work here on that day, or from a later one?"""
    rows = Employment.objects.filter(organisation_id=here, person=person)
    return rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=on)).exists()


def current(assignment: Assignment) -> list[Placement]:
    """What is known now of a job, first to last, locked against another change."""
    rows = Placement.objects.select_for_update(of=("self",)).filter(
        organisation_id=assignment.organisation_id,
        assignment=assignment,
        superseded_at__isnull=True,
    )
    rows = rows.select_related("assignment", "position__unit", "pay_point").order_by("from_on")
    shares = CostShare.objects.filter(organisation_id=assignment.organisation_id).order_by("id")
    return list(rows.prefetch_related(Prefetch("shares", shares)))


def employments_numbered(here: int, numbers: Collection[int]) -> list[Employment]:
    """The employments of these numbers, as far as there are any."""
    return list(Employment.objects.filter(organisation_id=here, number__in=numbers))


def held(assignment: Assignment, first: date, until: date | None = None) -> list[Placement]:
    """What is known of a job on the days, locked; HRR17 unless the job covers all of them."""
    rows = [
        row
        for row in current(assignment)
        if (row.to_on is None or row.to_on > first) and (until is None or row.from_on < until)
    ]
    HRR17.check(bool(rows) and rows[0].from_on <= first)
    HRR17.check(until is None or rows[-1].to_on is None or rows[-1].to_on >= until)
    return rows


def holds(employment: Employment, position: Position, on: date) -> bool:
    """Is this post one of the jobs of the employment on the day, or later?"""
    rows = Placement.objects.filter(
        organisation_id=employment.organisation_id, superseded_at__isnull=True,
        assignment__employment=employment, position=position,
    )  # fmt: skip
    return any(row.to_on is None or row.to_on > on for row in rows)


def employments_matching(here: int, text: str) -> QuerySet[Employment]:
    """All that ever were; with a text those of a number, or whose name begins with it."""
    rows = Employment.objects.filter(organisation_id=here)
    said = text.strip()
    if said.isascii() and said.isdecimal() and len(said) < 16:
        return rows.filter(number=int(said))
    return rows.filter(name_norm__begins=name_key(said)) if said else rows
