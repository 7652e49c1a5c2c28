"""The runs of payroll: calculating, committing and paying, P60s and P45s; what each must prove."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from core.actors import Actor
from core.errors import Clash
from core.money import formatted
from core.states import move
from events.services import record
from payroll.bulk.certificates import issue
from payroll.bulk.collect import leavers_to_pay, who_is_paid
from payroll.bulk.jointly import persons_of
from payroll.models import PayException, PayRun
from payroll.paying.inputs import Shared
from payroll.permissions import APPROVE_PAY, RUN_PAY
from payroll.selectors.certificates import due_to, issued_in, one_batch
from payroll.services.certificates import ISSUE
from payroll.services.committing import commit
from payroll.services.paying import PAY, pay
from payroll.services.runs import CALCULATE, COMMIT, MOVES, calculate, close_calculation
from runs.faults import fault_point
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from runs.services import note_exceptions, totals

# Measured: parts of 1,000 take a tenth longer, of 5,000 no less; smaller ones let the page move.
PEOPLE_OF_A_PART = 2_000
# Measured: 40 ms a document on a busy core, so that a part holds its lock for 10 seconds at most.
CERTIFICATES_OF_A_PART = 250


def _pay_run(run: Run) -> PayRun:
    rows = PayRun.objects.select_related("period__pay_group")
    return rows.get(organisation_id=run.organisation_id, number=run.inputs["pay_run"])


def _plan(run: Run) -> Plan:
    pay_run = _pay_run(run)
    shared = Shared.read(pay_run.inputs)
    if pay_run.supplementary:
        people = persons_of(pay_run, pay_run.chosen)
    else:
        people = who_is_paid(pay_run.period.pay_group, shared.first, shared.until)
        people |= dict.fromkeys(leavers_to_pay(pay_run, run.made_at), 0)
    return Plan(
        chunks=[
            {"key": part, "several": [one for one in part if people[one]]}
            for part in _parts(people)
        ],
        rows_total=len(people),
        control={"rows": len(people)},
    )


def _parts(people: Mapping[int, int]) -> list[list[int]]:
    """Parts of employments, by person where one has several: no part divides these."""
    together = defaultdict[int, list[int]](list)
    for employment, person in people.items():
        # Numbers below nought are those of nobody.
        together[person or -employment].append(employment)
    parts: list[list[int]] = []
    for employments in together.values():
        if not parts or len(parts[-1]) + len(employments) > PEOPLE_OF_A_PART:
            parts.append([])
        parts[-1] += employments
    return parts


def _work(run: Run, chunk: Chunk, by: Actor) -> Done:
    pay_run = _pay_run(run)
    if (pay_run.state, pay_run.version) != (PayRun.State.CALCULATING, run.inputs["version"]):
        raise Clash()
    given = chunk.inputs
    net = calculate(pay_run, given["key"], run.made_at, several=given["several"])
    fault_point("payroll.calculated")
    return Done(rows=len(chunk.inputs["key"]), figures={"net_pence": net})


def _close(run: Run, by: Actor) -> list[str]:
    pay_run = _pay_run(run)
    wrong = close_calculation(pay_run)
    if wrong:
        return wrong
    rows = PayRun.objects.filter(organisation_id=run.organisation_id, pk=pay_run.pk)
    move(rows, MOVES, "calculated", expected=1)
    pay_run.refresh_from_db()
    waiting = PayException.objects.filter(
        organisation_id=run.organisation_id, pay_run=pay_run, waived_at__isnull=True
    ).count()
    net, people = formatted(pay_run.results["net"]), pay_run.results["people"]
    record("payroll.run.calculated", pay_run, by=by, people=people, net=net, exceptions=waiting)
    return []


def _link(slug: str, run: Run) -> str:
    return f"/{slug}/payroll/runs/{run.inputs['pay_run']}/"


CALCULATE_PAY = register(
    Kind(
        key=CALCULATE,
        label="Calculate pay",
        permission=RUN_PAY,
        plan=_plan,
        work=_work,
        close=_close,
        link=_link,
        whole=True,
    )
)


def _plan_commit(run: Run) -> Plan:
    people = _pay_run(run).results["people"]
    return Plan(chunks=[{}], rows_total=people, control={"rows": people})


def _commit(run: Run, chunk: Chunk, by: Actor) -> Done:
    pay_run = _pay_run(run)
    commit(pay_run=pay_run, by=by)
    fault_point("payroll.committed")
    return Done(rows=pay_run.results["people"], figures={"net_pence": pay_run.results["net"]})


COMMIT_PAY = register(
    Kind(
        key=COMMIT,
        label="Commit pay",
        permission=APPROVE_PAY,
        plan=_plan_commit,
        work=_commit,
        link=_link,
        whole=True,
    )
)


def _pay(run: Run, chunk: Chunk, by: Actor) -> Done:
    pay_run = _pay_run(run)
    pay(pay_run=pay_run, by=by, at=run.made_at)
    fault_point("payroll.paid")
    return Done(rows=pay_run.results["people"], figures={"net_pence": pay_run.results["net"]})


PAY_OUT = register(
    Kind(
        key=PAY,
        label="Pay net pay",
        permission=RUN_PAY,
        plan=_plan_commit,
        work=_pay,
        link=_link,
        whole=True,
    )
)


def _plan_certificates(run: Run) -> Plan:
    given = run.inputs
    today = date.fromisoformat(given["today"])
    people = due_to(run.organisation_id, given["kind"], given["tax_year"], today)[: given["people"]]
    parts = range(0, len(people), CERTIFICATES_OF_A_PART)
    return Plan(
        chunks=[
            {"key": people[at : at + CERTIFICATES_OF_A_PART], "first": given["first"] + at}
            for at in parts
        ],
        rows_total=len(people),
        control={"rows": len(people)},
    )


def _issue(run: Run, chunk: Chunk, by: Actor) -> Done:
    batch, people = one_batch(run.organisation_id, run.inputs["batch"]), chunk.inputs["key"]
    done = issue(batch, people, part=chunk.sequence, first=chunk.inputs["first"], by=by)
    note_exceptions(run, done.problems)
    fault_point("payroll.issued")
    return Done(rows=len(people), figures=dict(done.counts))


def _close_certificates(run: Run, by: Actor) -> list[str]:
    batch, counts = one_batch(run.organisation_id, run.inputs["batch"]), totals(run)
    issued, kept = counts.get("issued", 0), issued_in(batch).count()
    if issued != kept:
        return [f"issued: {kept:,} are kept instead of {issued:,}"]
    replaced = counts.get("replaced", 0)
    record("payroll.certificates.issued", batch, by=by, issued=issued, replaced=replaced)
    return []


ISSUE_CERTIFICATES = register(
    Kind(
        key=ISSUE,
        label="Issue P60s or P45s",
        permission=RUN_PAY,
        plan=_plan_certificates,
        work=_issue,
        close=_close_certificates,
        link=lambda slug, run: f"/{slug}/payroll/certificates/{run.inputs['batch']}/",
    )
)
