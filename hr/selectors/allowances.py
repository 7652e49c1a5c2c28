"""Allowances that jobs have besides the pay of their point, and what they are worth."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from fractions import Fraction

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.money import Rounding, round_whole
from hr.models import Allowance, Assignment, Employment, HeldAllowance
from hr.selectors.terms import on_day, terms_now

PER_CENT = 100


def yearly_allowances(organisation_id: int, day: date) -> QuerySet[Allowance]:
    """What a job may have on a day, by code: hours and sessions are claimed instead."""
    rows = terms_now(organisation_id).filter(on_day(day))
    return rows.filter(paid=Allowance.Paid.YEAR).order_by("code")


def claimed_terms(organisation_id: int, names: Collection[str]) -> list[Allowance]:
    """All terms of what is claimed under these names, whatever their days."""
    rows = terms_now(organisation_id).filter(claimed_as__in=names)
    return list(rows.exclude(claimed_as="").order_by("claimed_as", "code", "from_on"))


def term_of(
    terms: Sequence[Allowance], name: str, scale_code: str, grade: str, day: date
) -> Allowance | None:
    """What is paid for a claim of a job in a grade of a scale, worked on a day."""
    for one in terms:
        if (
            one.claimed_as == name
            and one.scale_code in ("", scale_code)
            and (not one.grades or grade in one.grades.split(","))
            and one.from_on <= day
            and (one.to_on is None or one.to_on > day)
        ):
            return one
    return None


def terms_named(organisation_id: int, code: str) -> Allowance | None:
    """The newest terms of an allowance."""
    return terms_now(organisation_id).filter(code=code).order_by("-from_on").first()


def newest_name(code: str) -> Subquery:
    """The newest name of an allowance, by its code in that column of a query."""
    rows = Allowance.objects.filter(
        organisation_id=OuterRef("organisation_id"), code=OuterRef(code),
        superseded_at__isnull=True,
    )  # fmt: skip
    return Subquery(rows.order_by("-from_on").values("name")[:1])


def worth(allowance: Allowance, full_pence: int) -> int:
    """Full-time pence of a year beside the pay of a point: the sum, or the share of that pay."""
    if allowance.rate_percent is None:
        return allowance.amount_pence or 0
    exact = Fraction(full_pence) * Fraction(allowance.rate_percent) / PER_CENT
    share = max(round_whole(exact, Rounding.HALF_UP), allowance.least_pence or 0)
    return share if allowance.most_pence is None else min(share, allowance.most_pence)


def kept(assignment: Assignment, code: str) -> list[HeldAllowance]:
    """What is known now of an allowance of a job, first to last, locked against another change."""
    rows = HeldAllowance.objects.select_for_update().filter(
        organisation_id=assignment.organisation_id,
        assignment=assignment,
        code=code,
        superseded_at__isnull=True,
    )
    return list(rows.order_by("from_on"))


def lasting(employment: Employment, until: date) -> list[HeldAllowance]:
    """Allowances of all jobs of an employment that go on after a day, locked."""
    rows = HeldAllowance.objects.select_for_update(of=("self",)).filter(
        Q(to_on__isnull=True) | Q(to_on__gt=until),
        organisation_id=employment.organisation_id,
        assignment__employment=employment,
        superseded_at__isnull=True,
    )
    return list(rows.select_related("assignment").order_by("id"))


def allowances_of(employment: Employment, known_at: datetime | None = None) -> list[HeldAllowance]:
    """The allowances of all jobs, newest first: as known now, or as it was known at a moment.

    Each says the `name` that the terms give it on its first day.
    """
    rows = HeldAllowance.objects.filter(
        organisation_id=employment.organisation_id, assignment__employment=employment
    )
    if known_at is None:
        rows = rows.filter(superseded_at__isnull=True)
    else:
        rows = rows.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), recorded_at__lte=known_at
        )
    terms = Allowance.objects.filter(
        organisation_id=employment.organisation_id,
        code=OuterRef("code"),
        from_on__lte=OuterRef("from_on"),
        superseded_at__isnull=True,
    )
    names = terms.order_by("-from_on").values("name")
    rows = rows.annotate(name=Subquery(names[:1])).select_related("assignment")
    return list(rows.order_by("-from_on", "assignment__number", "code"))


def names_of(rows: list[HeldAllowance]) -> dict[str, str]:
    """The names of allowances that `allowances_of` read, by their codes."""
    return {one.code: one.name for one in rows}  # type: ignore[attr-defined]


def has_allowance(assignment: Assignment, code: str, first: date, until: date | None) -> bool:
    """Does the job have the allowance on one of the days?"""
    return any(
        (row.to_on is None or row.to_on > first) and (until is None or row.from_on < until)
        for row in kept(assignment, code)
    )
