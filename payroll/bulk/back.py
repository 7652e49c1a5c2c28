"""Back pay of some people: closed periods that paid them worked out as they are known now."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from hr.selectors.pay import PayFacts, pay_facts
from payroll.models import PayRun
from payroll.paying.back import Entry, differences, within
from payroll.paying.basic import has_days, pieces_of
from payroll.paying.inputs import DIFFERENCE, PERIOD, Shared

_CLOSED = """
SELECT r.id, r.period_id, r.inputs
  FROM payroll_payrun r
  JOIN payroll_payperiod p ON p.organisation_id = %(here)s AND p.id = r.period_id
 WHERE r.organisation_id = %(here)s AND r.state IN ('committed', 'paid') AND r.sequence = 1
   AND r.pays_on <= %(day)s AND r.id <> %(run)s
"""
# Whose record of a closed period changed since its run began: the period of a run that paid them,
# of whichever group they were in then, or one of this group, for which they were not known in time.
# Who was paid for the same days by two groups is left to people: two groups pay by two calendars.
_CHANGED = """
WITH closed AS (
  SELECT r.id, r.period_id, p.pay_group_id, p.starts_on, p.ends_on, r.made_at
    FROM payroll_payrun r
    JOIN payroll_payperiod p ON p.organisation_id = %(here)s AND p.id = r.period_id
   WHERE r.organisation_id = %(here)s AND r.id = ANY (%(runs)s)
)
SELECT DISTINCT c.id, a.employment_id
  FROM hr_assignment a
  JOIN hr_placement l ON l.organisation_id = %(here)s AND l.assignment_id = a.id
  JOIN closed c ON l.from_on <= c.ends_on AND (l.to_on IS NULL OR l.to_on > c.starts_on)
   AND l.recorded_at <= %(known_at)s
 WHERE a.organisation_id = %(here)s AND a.employment_id = ANY (%(ids)s)
   AND (l.recorded_at > c.made_at OR l.superseded_at > c.made_at OR EXISTS (
     SELECT FROM hr_payvalue v WHERE v.organisation_id = %(here)s
       AND v.pay_point_id = l.pay_point_id AND v.recorded_at > c.made_at
       AND v.from_on <= c.ends_on AND (v.to_on IS NULL OR v.to_on > c.starts_on)) OR EXISTS (
     SELECT FROM hr_heldallowance g WHERE g.organisation_id = %(here)s
       AND g.assignment_id = a.id AND g.recorded_at <= %(known_at)s
       AND (g.recorded_at > c.made_at OR g.superseded_at > c.made_at OR EXISTS (
         SELECT FROM hr_allowance w WHERE w.organisation_id = %(here)s AND w.code = g.code
           AND (w.recorded_at > c.made_at OR w.superseded_at > c.made_at) AND w.from_on <= c.ends_on
           AND (w.to_on IS NULL OR w.to_on > c.starts_on)))
       AND g.from_on <= c.ends_on AND (g.to_on IS NULL OR g.to_on > c.starts_on)))
   AND (c.pay_group_id = %(group)s OR EXISTS (
     SELECT FROM payroll_payslip s WHERE s.organisation_id = %(here)s
        AND s.basic_of_id = c.period_id AND s.employment_id = a.employment_id))
   AND NOT EXISTS (
     SELECT FROM payroll_payslip s
       JOIN payroll_payrun o ON o.organisation_id = %(here)s AND o.id = s.pay_run_id
        AND o.state IN ('committed', 'paid')
       JOIN payroll_payperiod q ON q.organisation_id = %(here)s AND q.id = o.period_id
        AND q.pay_group_id <> c.pay_group_id AND q.starts_on <= c.ends_on
        AND q.ends_on >= c.starts_on
      WHERE s.organisation_id = %(here)s AND s.employment_id = a.employment_id)
 ORDER BY 1, 2
"""
_PAID = """
SELECT s.employment_id, coalesce(l.origin_id, r.period_id), l.job, sum(l.amount_pence)::bigint
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = s.id
   AND l.kind IN ('basic', 'allowance', 'back')
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
 GROUP BY 1, 2, 3
"""
_BEFORE = """
SELECT s.employment_id, s.basic_of_id, s.inputs -> 'pieces' FROM payroll_payslip s
 WHERE s.organisation_id = %(here)s AND s.basic_of_id = ANY (%(periods)s)
   AND s.employment_id = ANY (%(ids)s)
"""
Closed = list[tuple[int, int, Shared]]


def back_pay(
    pay_run: PayRun, facts: Sequence[PayFacts], shared: Shared, known_at: datetime
) -> dict[int, list[Entry]]:
    """Entries of back pay by employment: usually none, and then two statements.

    What was overpaid is taken up to the basic pay and allowances of this period.
    """
    with connection.cursor() as cursor:
        closed = _closed(cursor, pay_run, shared)
        if not closed:
            return {}
        given: dict[str, Any] = {"here": pay_run.organisation_id, "known_at": known_at}
        given |= {"runs": [one[0] for one in closed], "ids": [f.employment_id for f in facts]}
        cursor.execute(_CHANGED, {**given, "group": pay_run.period.pay_group_id})
        changed = defaultdict(list)
        for run, employment in cursor.fetchall():
            changed[run].append(employment)
        if not changed:
            return {}
        found = _differences(cursor, closed, changed, given)
    # A supplementary run pays the basic pay of its period to whom no run before it did.
    whole = {f.employment_id for f in facts if has_days(f.pieces)}
    found = {
        one: [e for e in entries if one not in whole or e[PERIOD] != pay_run.period_id]
        for one, entries in found.items()
    }
    basic = _basic(shared, [one for one in facts if one.employment_id in found])
    return {one: kept for one, e in found.items() if (kept := within(e, basic[one]))}


def _closed(cursor: Any, pay_run: PayRun, shared: Shared) -> Closed:
    cursor.execute(_CLOSED, {
        "here": pay_run.organisation_id, "day": shared.day, "run": pay_run.pk or 0,
    })  # fmt: skip
    return [(run, period, Shared.read(json.loads(i))) for run, period, i in cursor.fetchall()]


def _differences(
    cursor: Any, closed: Closed, changed: dict[int, list[int]], given: dict[str, Any]
) -> dict[int, list[Entry]]:
    here = given["here"]
    ids = sorted({one for some in changed.values() for one in some})
    cursor.execute(_PAID, {"here": here, "ids": ids})
    paid: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for employment, period, job, pence in cursor.fetchall():
        paid[employment, period][job] = pence
    cursor.execute(_BEFORE, {"here": here, "ids": ids, "periods": [one[1] for one in closed]})
    before = {(row[0], row[1]): json.loads(row[2]) for row in cursor.fetchall()}
    found: dict[int, list[Entry]] = defaultdict(list)
    for run, period, then in closed:
        people = pay_facts(
            here, changed.get(run, []), first=then.first, until=then.until, on=then.day,
            known_at=given["known_at"],
        ) if run in changed else []  # fmt: skip
        who = [one.employment_id for one in people]
        sums = [paid.get((one, period), {}) for one in who]
        pieces = [before.get((one, period), []) for one in who]
        for row, entry in differences(period, then, people, sums, pieces):
            found[who[row]].append(entry)
    return found


def _basic(shared: Shared, people: Sequence[PayFacts]) -> dict[int, int]:
    """Basic pay and allowances of this period by employment."""
    pieces = pieces_of(shared, people)
    total = {one.employment_id: 0 for one in people}
    for person, pence in zip(pieces.person.tolist(), pieces.amount.tolist(), strict=True):
        total[people[person].employment_id] += pence
    return total


def taken_back(back: Sequence[Sequence[Any]]) -> int:
    """The pence that entries take, above zero."""
    return -sum(min(one[DIFFERENCE], 0) for one in back)
