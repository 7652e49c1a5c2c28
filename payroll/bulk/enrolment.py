"""Automatic enrolment in a pay run: members as they stand, proposals, what a commit records."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils import timezone

from core.errors import InvariantBroken
from payroll.bulk.late_enrolment import with_late
from payroll.calculator.automatic_enrolment import IN_SCHEME, OUT_OF_SCHEME
from payroll.calculator.rounding import Amounts
from payroll.models import PayRun
from payroll.paying.enrolment import Rule, Standing, member_days, proposed
from payroll.paying.inputs import Inputs, Shared
from payroll.selectors.enrolment import Refund, refunds_owed, rules_on, standings

# Places of a proposal as `payroll.paying.inputs` has them.
_NAMED = """
  SELECT s.employment_id, s.inputs -> 'enrolment' AS e FROM payroll_payslip s
   WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s
     AND jsonb_array_length(s.inputs -> 'enrolment') > 0
"""
_STALE = f"""
WITH named AS ({_NAMED})
SELECT count(*) FROM named n WHERE (n.e ->> 8)::bigint <> coalesce((
  SELECT max(p.id) FROM payroll_pensionstatus p
   WHERE p.organisation_id = %(here)s AND p.employment_id = n.employment_id), 0)
"""  # noqa: S608 (the statement above, no words of people)
_RECORD = f"""
WITH named AS ({_NAMED}), made AS (
  INSERT INTO payroll_pensionstatus (organisation_id, employment_id, event, category, from_on,
    until_on, scheme, pay_run_id, period_from, period_to, earnings_pence, recorded_at,
    recorded_by_name)
  SELECT %(here)s, employment_id, e ->> 0, (e ->> 1)::int, (e ->> 2)::date, (e ->> 3)::date,
         (e ->> 4)::int, %(run)s, %(first)s, %(last)s, (e ->> 5)::bigint, %(at)s, %(name)s
    FROM named RETURNING id, employment_id, event
), told AS (
  INSERT INTO payroll_pensionletter (organisation_id, status_id, kind, due_on, given_by_name)
  SELECT %(here)s, m.id, (n.e ->> 6)::int, (n.e ->> 7)::date, ''
    FROM made m JOIN named n USING (employment_id) WHERE (n.e ->> 6)::int > 0
)
SELECT event, count(*) FROM made GROUP BY event
"""  # noqa: S608 (as above)


def as_members(
    pay_run: PayRun, shared: Shared, employments: Sequence[int], people: Sequence[Inputs]
) -> tuple[list[Inputs], list[Standing]]:
    """The people with the scheme that the record says they are in, and how they stand.

    Of whom it says nothing, the scheme of their pay group stays. Who opted out is given back what
    is still owed, once the period before is committed.
    """
    known = standings(pay_run.organisation_id, employments, shared.last)
    rates = {one.scheme: one for one in reversed(rules_on(pay_run.organisation_id, shared.last))}
    owed = refunds_owed(pay_run.organisation_id, known)
    found = [
        _as_member(person, one, rates.get(one.scheme), owed.get(one.employment_id))
        for person, one in zip(people, known, strict=True)
    ]
    return found, known


def _as_member(
    person: Inputs, known: Standing, rule: Rule | None, owed: Refund | None
) -> Inputs:  # fmt: skip
    if known.event in OUT_OF_SCHEME:
        if owed is None:
            return replace(person, scheme=0)
        return replace(person, scheme=known.scheme, member_days=[0, 1], refund=list(owed))
    if known.event not in IN_SCHEME:
        return person
    assert known.from_on is not None
    if rule is not None:
        person = replace(person, member_rate=rule.member_rate, employer_rate=rule.employer_rate)
    days = member_days(person.pieces, known.from_on)
    return replace(person, scheme=known.scheme, member_days=days)


def with_proposals(
    pay_run: PayRun, people: Sequence[Inputs], known: Sequence[Standing], pay: Amounts
) -> list[Inputs]:
    """The people with what the run proposes for them; a supplementary run proposes nothing.

    Who should have been enrolled in a closed period is from that day on.
    """
    shared = Shared.read(pay_run.inputs)
    rules = rules_on(pay_run.organisation_id, shared.last)
    if not rules or pay_run.supplementary:
        return list(people)
    late = with_late(pay_run.organisation_id, shared, people, known)
    now = proposed(rules[0], shared, people, known, pay)
    return [was if was.enrolment else new for was, new in zip(late, now, strict=True)]


def stale_proposals(pay_run: PayRun) -> int:
    """How many people of the run stand otherwise now than when it was calculated."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"here": pay_run.organisation_id, "run": pay_run.pk})
        return int(cursor.fetchone()[0])


def record_proposals(pay_run: PayRun, name: str) -> dict[str, int]:
    """Writes down what the run proposed, with the letters that are due; how many by event."""
    if stale_proposals(pay_run):
        raise InvariantBroken(f"{pay_run}: somebody it enrols stands otherwise meanwhile.")
    shared = Shared.read(pay_run.inputs)
    given: dict[str, Any] = {"here": pay_run.organisation_id, "run": pay_run.pk, "name": name}
    given |= {"first": shared.first, "last": shared.last, "at": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, given)
        return dict(cursor.fetchall())
