"""The steps of a pay run up to its approval. Each is one transaction of the caller's scope."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.money import formatted
from core.states import move
from events.services import record
from payroll.bulk import exceptions, write
from payroll.bulk.collect import analyse, collect, enrol, leavers_to_pay, who_is_paid
from payroll.bulk.enrolment import stale_proposals, with_proposals
from payroll.bulk.jointly import count_jointly, with_others
from payroll.bulk.variance import variance_of
from payroll.calculator.periods import Frequency
from payroll.models import Cause, PayException, PayGroup, PayPeriod, PayRun
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import Shared
from payroll.permissions import APPROVE_PAY, RUN_PAY
from payroll.rules import PEN06, PRL08, PRL09, PRL10, PRL11, PRL12, PRL13, PRL14, PRL15, PRL16
from payroll.selectors.runs import people_of, run_before
from runs.models import Run
from runs.selectors import run_by_id
from runs.services import make_run
from tenants.services import next_number

State = PayRun.State
MOVES = {
    "recalculate": ((State.CALCULATED, State.CALCULATING), State.CALCULATING),
    "calculated": ((State.CALCULATING,), State.CALCULATED),
    "submit": ((State.CALCULATED,), State.SUBMITTED),
    "send_back": ((State.SUBMITTED,), State.CALCULATED),
    "approve": ((State.SUBMITTED,), State.APPROVED),
    "commit": ((State.APPROVED,), State.COMMITTED),
    "pay": ((State.COMMITTED,), State.PAID),
}
CALCULATE, COMMIT = "payroll.calculate", "payroll.commit"


def start_pay_run(*, period: PayPeriod, by: Actor, at: datetime | None = None) -> PayRun:
    """Begins the run of a period, or returns the one that was begun: it is calculated at once.

    PRL15 without anybody to pay, PRL16 before the run of an earlier period is committed. PRL01
    where the law has no confirmed figures for the pay day. Event payroll.run.started.
    """
    require(by, RUN_PAY)
    at = at or timezone.now()
    here = {"organisation_id": by.organisation_id}
    locked = PayPeriod.objects.select_for_update(of=("self",)).filter(**here, pk=period.pk)
    period = locked.select_related("pay_group").get()
    # Taken by whoever begins a supplementary run too: one of them is first.
    group = PayGroup.objects.select_for_update(no_key=True).get(**here, pk=period.pay_group_id)
    before = PayRun.objects.filter(**here, period=period, sequence=1).first()
    if before is not None:
        return before
    open_ = PayRun.objects.filter(
        **here, period__pay_group=group, period__pays_on__lt=period.pays_on
    )
    PRL16.check(not open_.exclude(state__in=PayRun.FINAL).exists())
    shared = shared_of(period, group, period.pays_on)
    enrol(group, shared.first, shared.until)
    pay_run = PayRun(
        **here, period=period, pays_on=shared.day, inputs=shared.stored(),
        digest=law_on(shared.day), made_by_id=by.person_id, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    PRL15.check(who_is_paid(group, shared.first, shared.until) or leavers_to_pay(pay_run, at))
    pay_run.number = next_number("pay_run", by=by)
    pay_run.save(force_insert=True)
    record("payroll.run.started", pay_run, by=by, at=at, group=group.name)
    calculate_all(pay_run=pay_run, by=by)
    return pay_run


def shared_of(period: PayPeriod, group: PayGroup, day: date) -> Shared:
    """What a run for a period that pays on a day shares."""
    return Shared(
        day=day, first=period.starts_on, last=period.ends_on,
        frequency=Frequency(group.frequency), pro_rata=group.pro_rata,
        allow_derived=group.allow_derived,
    )  # fmt: skip


def calculate_all(*, pay_run: PayRun, by: Actor) -> Run:
    """Plans the calculation of everybody; workers do it."""
    run = make_run(
        kind=CALCULATE,
        key=f"{pay_run.number}-{pay_run.version}",
        inputs={"pay_run": pay_run.number, "version": pay_run.version},
        by=by,
    )
    PayRun.objects.filter(organisation_id=pay_run.organisation_id, pk=pay_run.pk).update(
        run_id=run.pk
    )
    return run


def locked(pay_run: PayRun, version: int | None = None) -> PayRun:
    """The run as it is now, locked. Clash unless it is the version that was seen."""
    rows = PayRun.objects.select_for_update(of=("self",)).select_related("period__pay_group")
    now = rows.get(organisation_id=pay_run.organisation_id, pk=pay_run.pk)
    if version is not None and now.version != version:
        raise Clash()
    return now


def check_step(pay_run: PayRun, *states: str) -> None:
    """PRL08 once it is committed, PRL09 unless it is in one of the states."""
    PRL08.check(pay_run.state not in PayRun.FINAL)
    PRL09.check(pay_run.state in states)


def recalculate_all(*, pay_run: PayRun, version: int, by: Actor) -> PayRun:
    """Collects and calculates everybody anew, with the figures of the law as they are now.

    PRL09 unless the run is calculated, or its calculation stopped. Event payroll.run.recalculated.
    """
    require(by, RUN_PAY)
    now = locked(pay_run, version)
    run = run_by_id(by.organisation_id, now.run_id)
    stopped = now.state == State.CALCULATING and run is not None and run.state not in Run.OPEN
    check_step(now, State.CALCULATED, *([State.CALCULATING] if stopped else []))
    shared = Shared.read(now.inputs)
    enrol(now.period.pay_group, shared.first, shared.until)
    rows = PayRun.objects.filter(organisation_id=by.organisation_id, pk=now.pk)
    move(rows, MOVES, "recalculate", expected=1, version=F("version") + 1,
         digest=law_on(shared.day))  # fmt: skip
    now.refresh_from_db()
    calculate_all(pay_run=now, by=by)
    record("payroll.run.recalculated", now, by=by, people=now.results.get("people", 0))
    return now


def recalculate_some(*, pay_run: PayRun, employments: Sequence[int], by: Actor) -> PayRun:
    """Collects and calculates a few people anew, at once, each with all their employments.

    PRL09 unless the run is calculated.
    Event payroll.run.recalculated.
    """
    require(by, RUN_PAY)
    now = locked(pay_run)
    check_step(now, State.CALCULATED)
    people, several = with_others(now, employments)
    calculate(now, people, timezone.now(), several=several)
    close_calculation(now)
    rows = PayRun.objects.filter(organisation_id=by.organisation_id, pk=now.pk)
    rows.update(version=F("version") + 1)
    record("payroll.run.recalculated", now, by=by, people=len(people))
    now.refresh_from_db()
    return now


def calculate(
    pay_run: PayRun, employments: Sequence[int], known_at: datetime, *, several: Sequence[int]
) -> int:
    """Payslips and exceptions of some people as known at a moment; their net pay in pence.

    `several` are the employments among them of who has others; these are among them too.
    """
    found, shared = collect(pay_run, employments, known_at), Shared.read(pay_run.inputs)
    found = count_jointly(pay_run, found, several, known_at)
    worked = work_out(shared, found.inputs)
    # Who has to be enrolled is told by the pay, and then contributes out of it.
    inputs = with_proposals(pay_run, found.inputs, found.standings, worked.payment.pay)
    if inputs != found.inputs:
        found = count_jointly(pay_run, replace(found, inputs=inputs), several, known_at)
        worked = work_out(shared, found.inputs)
    write.write(pay_run, found, worked)
    exceptions.note(pay_run, found, worked)
    return int(worked.payment.statement.net.sum())


def close_calculation(pay_run: PayRun) -> list[str]:
    """What can only be asked of the whole run, and its control totals; in words what is wrong."""
    analyse()
    exceptions.note_shared_accounts(pay_run, people_of(pay_run))
    wrong = write.payslips_that_do_not_add_up(pay_run)
    pay_run.results = write.totals_of(pay_run)
    PayRun.objects.filter(organisation_id=pay_run.organisation_id, pk=pay_run.pk).update(
        results=pay_run.results, variance=variance_of(pay_run, run_before(pay_run))
    )
    return [f"{wrong:,} payslips do not add up to their net pay"] if wrong else []


def waive(
    *, pay_run: PayRun, cause: str, employments: Collection[int], reason: str, by: Actor
) -> int:
    """Settles exceptions of one cause with a reason; how many.

    PRL09 unless the run is calculated, PRL13 without a reason, PRL14 for one's own pay. Event
    payroll.run.waived.
    """
    require(by, RUN_PAY)
    now = locked(pay_run)
    check_step(now, State.CALCULATED)
    PRL13.check(reason.strip())
    rows = PayException.objects.filter(
        organisation_id=by.organisation_id, pay_run=now, cause=cause, waived_at__isnull=True,
        employment_id__in=list(employments),
    )  # fmt: skip
    PRL14.check(not rows.filter(employment__person_id=by.person_id).exists())
    count = rows.update(
        waived_at=timezone.now(), waived_by_id=by.person_id, waived_by_name=by.name,
        reason=reason.strip(),
    )  # fmt: skip
    if count:
        label = str(Cause(cause).label)
        record("payroll.run.waived", now, by=by, count=count, cause=label, comment=reason.strip())
    return count


def submit(*, pay_run: PayRun, version: int, by: Actor) -> PayRun:
    """Sends it for approval (PRL09; PRL10 with open exceptions). Event payroll.run.submitted.

    PEN06 where somebody whom it enrols asked for something else meanwhile.
    """
    require(by, RUN_PAY)
    now = locked(pay_run, version)
    check_step(now, State.CALCULATED)
    waiting = PayException.objects.filter(
        organisation_id=by.organisation_id, pay_run=now, waived_at__isnull=True
    )
    PRL10.check(not waiting.exists())
    PEN06.check(not stale_proposals(now))
    _move(now, "submit", submitted_by_id=by.person_id, submitted_by_name=by.name)
    record("payroll.run.submitted", now, by=by, **_said(now))
    now.refresh_from_db()
    return now


def send_back(*, pay_run: PayRun, reason: str, by: Actor) -> PayRun:
    """Gives the run back to payroll, with a reason (PRL09, PRL13). Event payroll.run.sent_back."""
    require(by, APPROVE_PAY)
    now = locked(pay_run)
    check_step(now, State.SUBMITTED)
    PRL13.check(reason.strip())
    _move(now, "send_back")
    record("payroll.run.sent_back", now, by=by, comment=reason.strip())
    now.refresh_from_db()
    return now


def approve(*, pay_run: PayRun, typed_total_pence: int, version: int, by: Actor) -> PayRun:
    """A second person agrees to the net pay and types it; the run is then committed by a worker.

    PRL09, PRL11 for who started or sent it, PRL12 for another total. Asked again by the same
    person it changes nothing. Event payroll.run.approved.
    """
    require(by, APPROVE_PAY)
    now = locked(pay_run)
    if now.approved_by_id == by.person_id and now.state in (State.APPROVED, *PayRun.FINAL):
        return now
    if now.version != version:
        raise Clash()
    check_step(now, State.SUBMITTED)
    PRL11.check(by.person_id and by.person_id not in (now.made_by_id, now.submitted_by_id))
    PRL12.check(typed_total_pence == now.results["net"])
    _move(now, "approve", approved_by_id=by.person_id, approved_by_name=by.name,
          approved_at=timezone.now())  # fmt: skip
    record("payroll.run.approved", now, by=by, **_said(now))
    now.refresh_from_db()
    run = make_run(kind=COMMIT, key=str(now.number), inputs={"pay_run": now.number}, by=by)
    PayRun.objects.filter(organisation_id=by.organisation_id, pk=now.pk).update(run_id=run.pk)
    return now


def _move(pay_run: PayRun, verb: str, **changes: object) -> None:
    rows = PayRun.objects.filter(organisation_id=pay_run.organisation_id, pk=pay_run.pk)
    move(rows, MOVES, verb, expected=1, version=F("version") + 1, **changes)


def _said(pay_run: PayRun) -> dict[str, Any]:
    return {"people": pay_run.results["people"], "net": formatted(pay_run.results["net"])}
