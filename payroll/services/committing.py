"""From approved to committed: pay is final and stands in the ledger, in one transaction."""

from collections import defaultdict
from typing import Any

from django.db import connection
from django.utils import timezone

from core.actors import Actor
from core.errors import InvariantBroken
from core.money import formatted
from core.states import move
from events.services import record, record_each
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from payroll.bulk.dues import write_dues
from payroll.bulk.enrolment import record_proposals
from payroll.models import LineKind, PayRun
from payroll.models.enrolment import JOINING
from payroll.services.charges import charge
from payroll.services.runs import MOVES, check_step, locked
from runs.faults import fault_point
from tenants.selectors import all_organisations

SERIES = "PY"
# Costs, and what other organisations bear of them: a claim.
SALARIES, EMPLOYER_NIC, EMPLOYER_PENSION, EXPENSES = "51000", "51100", "51200", "53000"
RECHARGED = "15100"
NET_PAY, NIC, PENSION = "21500", "21511", "21520"
# Where what is owed to others stands: it is paid over by creditor.
CONTROLS = ("21510", NIC, "21512", PENSION, "21525", "21526")
# What each deduction is owed as, once it is taken. What lowers pay itself is owed to nobody, and
# the fees for orders are the employer's to keep.
OWED = {
    LineKind.PENSION: PENSION,
    LineKind.GIVING: "21526",
    LineKind.TAX: "21510",
    LineKind.NIC: NIC,
    LineKind.STUDENT: "21512",
    LineKind.POSTGRADUATE: "21512",
    LineKind.ORDERS: "21525",
    LineKind.FEES: "42900",
}
LABELS = {SALARIES: "Pay", EMPLOYER_NIC: "Employer's National Insurance",
          EMPLOYER_PENSION: "Employer's pension contributions",
          EXPENSES: "Expenses paid back"}  # fmt: skip

_COSTS = """
SELECT c.unit_id, c.other_id, sum(c.pay_pence)::bigint, sum(c.nic_pence)::bigint,
       sum(c.pension_pence)::bigint, sum(c.expenses_pence)::bigint
  FROM payroll_paycost c
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = c.payslip_id
 WHERE c.organisation_id = %(here)s AND s.pay_run_id = %(run)s
 GROUP BY c.unit_id, c.other_id ORDER BY c.unit_id, c.other_id
"""
_TAKEN = """
SELECT l.kind, -sum(l.amount_pence)::bigint FROM payroll_payslipline l
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = l.payslip_id
 WHERE l.organisation_id = %(here)s AND s.pay_run_id = %(run)s GROUP BY l.kind
"""
Amounts = dict[tuple[str, int | None], int]
Cost = tuple[int | None, int | None, int, int, int, int]
# A payslip names the items that are in it; each is paid by one committed run.
_ITEMS = """
WITH named AS (
  SELECT (item ->> 0)::bigint AS id
    FROM payroll_payslip s, jsonb_array_elements(s.inputs -> 'items') item
   WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s
), paid AS (
  UPDATE payroll_payitem i SET pay_run_id = %(run)s FROM named n
   WHERE i.organisation_id = %(here)s AND i.id = n.id AND i.live AND i.pay_run_id IS NULL
  RETURNING i.id
)
SELECT (SELECT count(*) FROM named), (SELECT count(*) FROM paid)
"""

# What an entry of back pay says was paid for its period and job is what final payslips paid.
_BACK = """
SELECT count(*) FROM (
  SELECT s.employment_id, (e ->> 0)::bigint AS period, (e ->> 3)::int AS job,
         (e ->> 5)::bigint AS paid
    FROM payroll_payslip s, jsonb_array_elements(s.inputs -> 'back') e
   WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s) n
 WHERE n.paid <> coalesce((
  SELECT sum(l.amount_pence) FROM payroll_payslip o
    JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = o.pay_run_id
     AND r.state IN ('committed', 'paid')
    JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = o.id
     AND l.kind IN ('basic', 'allowance', 'back') AND l.job = n.job
   WHERE o.organisation_id = %(here)s AND o.employment_id = n.employment_id
     AND coalesce(l.origin_id, r.period_id) = n.period), 0)
"""

# Orders whose debt the payslips of final runs and of this one have taken.
_PAID_OFF = """
UPDATE payroll_payorder o SET state = 'paid'
 WHERE o.organisation_id = %(here)s AND o.state = 'active'
   AND o.id IN (SELECT t.order_id FROM payroll_ordertaken t
     JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = t.payslip_id
    WHERE t.organisation_id = %(here)s AND s.pay_run_id = %(run)s)
   AND o.debt_pence <= (SELECT sum(t.deducted_pence) FROM payroll_ordertaken t
     JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = t.payslip_id
     JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
    WHERE t.organisation_id = %(here)s AND t.order_id = o.id
      AND (r.state IN ('committed', 'paid') OR r.id = %(run)s))
RETURNING o.id
"""
_REPAID = """
UPDATE payroll_recoveryplan p SET state = 'completed'
  FROM payroll_recoverytaken t
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = t.payslip_id
 WHERE p.organisation_id = %(here)s AND p.state = 'active' AND t.organisation_id = %(here)s
   AND t.plan_id = p.id AND s.pay_run_id = %(run)s
   AND t.gross_left_pence = 0 AND t.net_left_pence = 0
RETURNING p.id
"""


def commit(*, pay_run: PayRun, by: Actor) -> PayRun:
    """Makes the pay final and posts its journal. PRL09 unless approved; LED02 for a closed period.

    What is owed to others is written down by creditor, and is what the journal owes. The database
    refuses payslips that do not add up (`payslips_add_up`). Events payroll.run.committed, and
    payroll.run.assessed where automatic enrolment found something new.
    """
    now = locked(pay_run)
    check_step(now, PayRun.State.APPROVED)
    ledger.ensure_periods(days=[now.pays_on], by=by)
    (posted,) = ledger.post_journals(
        journals=[_journal(now, by)], source="payroll.run", key=str(now.number), series=SERIES,
        by=by,
    )  # fmt: skip
    fault_point("payroll.posted")
    _check_once(now)
    _settle_items(now)
    _finish(now, by)
    became = record_proposals(now, by.name)
    rows = PayRun.objects.filter(organisation_id=now.organisation_id, pk=now.pk)
    move(rows, MOVES, "commit", expected=1, committed_at=timezone.now(), batch_id=posted.batch_id)
    charge(pay_run=now, series=SERIES, by=by)
    people, net = now.results["people"], formatted(now.results["net"])
    record("payroll.run.committed", now, by=by, people=people, net=net)
    if became:
        enrolled = sum(became.get(one, 0) for one in JOINING)
        record("payroll.run.assessed", now, by=by, people=sum(became.values()), enrolled=enrolled)
    return now


def _check_once(pay_run: PayRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BACK, {"here": pay_run.organisation_id, "run": pay_run.pk})
        (wrong,) = cursor.fetchone()
    if wrong:
        raise InvariantBroken(f"{pay_run}: {wrong} entries of back pay were paid meanwhile.")


def _settle_items(pay_run: PayRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"here": pay_run.organisation_id, "run": pay_run.pk})
        named, paid = cursor.fetchone()
    if named != paid:
        raise InvariantBroken(f"{pay_run}: {named - paid} items of it are not there to be paid.")


def _finish(pay_run: PayRun, by: Actor) -> None:
    """What is paid off or repaid is taken no more: payroll.order.paid_off, …recovery.repaid."""
    for statement, subject, verb in (
        (_PAID_OFF, "payroll.order", "payroll.order.paid_off"),
        (_REPAID, "payroll.recovery", "payroll.recovery.repaid"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement, {"here": pay_run.organisation_id, "run": pay_run.pk})
            rows: list[tuple[int, dict[str, Any]]] = [(row[0], {}) for row in cursor.fetchall()]
        record_each(verb, subject, rows, by=by)


def _journal(pay_run: PayRun, by: Actor) -> NewJournal:
    """Cost by who bears it, and what is owed for it, added up from payslips."""
    given = {"here": pay_run.organisation_id, "run": pay_run.pk}
    with connection.cursor() as cursor:
        cursor.execute(_COSTS, given)
        costs = cursor.fetchall()
        cursor.execute(_TAKEN, given)
        taken = dict(cursor.fetchall())
    recharged = _recharged(costs)
    amounts = _amounts(costs, taken, pay_run.results)
    codings = ledger.coding_ids(
        pairs=[*amounts, *([(RECHARGED, None)] if recharged else [])], by=by
    )
    lines = [
        NewLine(codings[key], pence, LABELS.get(key[0], f"{pay_run}"))
        for key, pence in amounts.items()
        if pence
    ]
    owed = {key[0]: -pence for key, pence in amounts.items() if key[0] in CONTROLS and pence}
    if write_dues(pay_run) != owed:
        raise InvariantBroken(f"{pay_run}: its creditors are not owed what its journal owes.")
    lines += [NewLine(codings[RECHARGED, None], pence, name) for name, pence in recharged.items()]
    if sum(line.amount_pence for line in lines):
        raise InvariantBroken(f"{pay_run}: its costs are not what is paid and owed.")
    words = f"{pay_run} {pay_run.period.pay_group.name}"
    return NewJournal(pay_run.pays_on, words, lines, "payroll.run", pay_run.pk)


def _amounts(
    costs: list[Cost],
    taken: dict[str, int],
    totals: dict[str, int],
) -> Amounts:
    """Debits above zero by account and unit, credits below."""
    found: Amounts = defaultdict(int)
    for unit, other, *parts in costs:
        if other is None:
            for account, pence in zip(LABELS, parts, strict=True):
                found[account, unit] += pence
    found[NET_PAY, None] -= totals["net"]
    found[NIC, None] -= totals["employer_nic"]
    found[PENSION, None] -= totals["employer_pension"]
    for kind, account in OWED.items():
        found[account, None] -= taken.get(kind.value, 0)
    return dict(found)


def _recharged(costs: list[Cost]) -> dict[str, int]:
    """What other organisations bear, by their name."""
    theirs = {other: sum(parts) for _, other, *parts in costs if other}
    if not theirs:
        return {}
    names = {one.id: one.short_name for one in all_organisations()}
    return {f"Recharge to {names[other]}": pence for other, pence in theirs.items() if pence}
