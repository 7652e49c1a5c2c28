"""Allowances of jobs: asked for, given and ended; what was known before stays on record. What the
terms say of them, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day as date_words
from events.services import record, record_about
from hr.models import Allowance, Assignment, Employment, HeldAllowance, StaffRequest
from hr.permissions import KEEP_TERMS
from hr.rules import HRR17, HRR64, HRR65, HRR66, HRR67, HRR68, HRR69
from hr.selectors.allowances import has_allowance, kept, lasting, terms_named, yearly_allowances
from hr.selectors.jobs import held
from hr.selectors.terms import on_day, terms_now
from hr.services.asking import Kind, ask, facts_of, last_of
from hr.services.placing import DAY, about_request
from hr.services.terms import lock_terms


@dataclass(frozen=True)
class NewAllowance:
    """What the terms say of an allowance: a sum or a share, least and most of one of a year, and of
    one that is claimed its name there and the grades of a scale that have it."""

    code: str
    name: str
    kind: str
    paid: str
    source: str
    status: str
    amount_pence: int | None = None
    rate_percent: Decimal | None = None
    least_pence: int | None = None
    most_pence: int | None = None
    claimed_as: str = ""
    scale_code: str = ""
    grades: str = ""


def record_allowance(*, new: NewAllowance, from_on: date, today: date, by: Actor) -> Allowance:
    """The terms say so from a day on; what they said of the code from then on is superseded.

    Pay that was committed for days since is put right by the next run of who has the allowance.
    HRR68 for what does not go together, HRR69 for days before the last change, or before today of
    what is claimed. Event hr.allowance.recorded.
    """
    require(by, KEEP_TERMS)
    lock_terms(by=by)
    at, last = timezone.now(), terms_named(by.organisation_id, new.code)
    HRR68.check(_goes_together(new))
    HRR68.check(last is None or (last.kind, last.paid) == (new.kind, new.paid))
    HRR69.check(from_on >= today or new.paid == Allowance.Paid.YEAR)
    HRR69.check(last is None or last.from_on <= from_on)
    if last is not None and (last.to_on is None or last.to_on > from_on):
        _supersede(last, from_on, at)
    grades = ",".join(part.strip() for part in new.grades.split(",") if part.strip())
    made = Allowance.objects.create(
        organisation_id=by.organisation_id, from_on=from_on, recorded_at=at,
        **{**vars(new), "grades": grades},
    )  # fmt: skip
    record_about("hr.allowance.recorded", "tenants.organisation", by.organisation_id, by=by,
                 name=new.name, on=date_words(from_on), source=new.source)  # fmt: skip
    return made


def _supersede(last: Allowance, from_on: date, at: datetime) -> None:
    """The terms say so no more from a day on; what they said of days before goes on."""
    Allowance.objects.filter(organisation_id=last.organisation_id, pk=last.pk).update(
        superseded_at=at
    )
    if last.from_on < from_on:
        last.pk, last.to_on, last.recorded_at = None, from_on, at
        last.save(force_insert=True)


def _goes_together(new: NewAllowance) -> bool:
    claimed = new.paid != Allowance.Paid.YEAR
    worth = new.amount_pence if new.rate_percent is None else new.rate_percent
    limits = (new.least_pence, new.most_pence)
    return (
        (new.amount_pence is None) != (new.rate_percent is None)
        and (worth or 0) > 0
        and claimed == bool(new.claimed_as)
        and (new.paid != Allowance.Paid.HOUR or new.rate_percent is not None)
        and (new.paid != Allowance.Paid.SESSION or new.amount_pence is not None)
        and (limits == (None, None) or not (claimed or new.rate_percent is None))
        and (None in limits or (new.least_pence or 0) <= (new.most_pence or 0))
    )


def request_allowance(
    *,
    assignment: Assignment,
    code: str,
    from_on: date,
    reason: str,
    by: Actor,
    last_on: date | None = None,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a job has an allowance from a day on, or until a last day.

    HRR17 for days outside the job, HRR64 for a code that the terms do not know on the first day,
    HRR65 if the job has it on one of the days, HRR67 for what is paid by hours or sessions.
    """
    last = last_of(assignment, from_on)
    HRR17.check(last_on is None or last_on >= from_on)
    until = last_on + DAY if last_on else None
    held(assignment, from_on, until)
    allowance = _terms(by.organisation_id, code.strip(), from_on)
    HRR65.check(not has_allowance(assignment, allowance.code, from_on, until))
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return ask(Kind.ALLOWANCE, from_on, reason, facts, by=by, at=at, allowance=allowance,
               **facts_of(assignment), to_on=until)  # fmt: skip


def request_allowance_end(
    *,
    assignment: Assignment,
    code: str,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a job has an allowance no more from a day on: the first without it.

    HRR66 if it has none then or later.
    """
    last = last_of(assignment, from_on)
    allowance = terms_named(by.organisation_id, code.strip())
    if allowance is None:
        raise HRR66.refuse()
    HRR66.check(has_allowance(assignment, allowance.code, from_on, None))
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return ask(Kind.NO_MORE, from_on, reason, facts, by=by, at=at, allowance=allowance,
               **facts_of(assignment))  # fmt: skip


def _terms(here: int, code: str, on: date) -> Allowance:
    found = terms_now(here).filter(on_day(on), code=code).first()
    known = ", ".join(yearly_allowances(here, on).values_list("code", flat=True))
    if found is None:
        raise HRR64.refuse(f"Those of that day are: {known}." if known else "")
    HRR67.check(found.paid == Allowance.Paid.YEAR)
    return found


def give(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The job has the allowance on the days, as long as it lasts.

    HRR17 for days outside the job, HRR65 if it has it on one of them meanwhile. Event
    hr.staff.allowance_given.
    """
    assert request.assignment and request.employment
    first, until, job = request.effective_on, request.to_on, request.assignment
    rows = held(job, first, until)
    HRR65.check(not has_allowance(job, request.allowance, first, until))
    _keep(job, request, first, until or rows[-1].to_on, at)
    record("hr.staff.allowance_given", request.employment, on=f"{first:%-d %B %Y}",
           allowance=_name(request), **about_request(request=request, at=at, by=by))  # fmt: skip


def end(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The job has the allowance no more from the day on, whatever was recorded.

    HRR66 if it has none then or later. Event hr.staff.allowance_ended.
    """
    assert request.assignment and request.employment
    first = request.effective_on
    rows = [
        row
        for row in kept(request.assignment, request.allowance)
        if row.to_on is None or row.to_on > first
    ]
    HRR66.check(rows)
    _cut(rows, first, request.pk, at)
    record("hr.staff.allowance_ended", request.employment, on=f"{first:%-d %B %Y}",
           allowance=_name(request), **about_request(request=request, at=at, by=by))  # fmt: skip


def end_with_employment(employment: Employment, after: date, request_id: int, at: datetime) -> None:
    """No allowance goes on after the last day of an employment; `after` is the day that follows."""
    _cut(lasting(employment, after), after, request_id, at)


def _cut(rows: list[HeldAllowance], first: date, request_id: int, at: datetime) -> None:
    """The rows end with the day before; those that would begin later never do."""
    changed = HeldAllowance.objects.filter(
        pk__in=[row.pk for row in rows], superseded_at__isnull=True
    ).update(superseded_at=at)
    if changed != len(rows):
        raise Clash()
    HeldAllowance.objects.bulk_create(
        HeldAllowance(
            organisation_id=row.organisation_id, assignment=row.assignment, code=row.code,
            from_on=row.from_on, to_on=first, recorded_at=at, request_id=request_id,
        )
        for row in rows
        if row.from_on < first
    )  # fmt: skip


def _keep(
    job: Assignment, request: StaffRequest, first: date, until: date | None, at: datetime
) -> None:
    HeldAllowance.objects.create(
        organisation_id=job.organisation_id, assignment=job, code=request.allowance,
        from_on=first, to_on=until, recorded_at=at, request_id=request.pk,
    )  # fmt: skip


def _name(request: StaffRequest) -> str:
    found = terms_named(request.organisation_id, request.allowance)
    return found.name if found else request.allowance
