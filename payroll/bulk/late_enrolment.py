"""Who should have been enrolled in closed periods: from which day, and what was not contributed.

The settings of an employer may be recorded late, and so may a birthday. Membership then begins on
the day on which it should have, and the contributions of the pay since are owed: those of the
employer, and those of the member, as the Pensions Regulator tells employers who are late.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from core.db.arrays import number_array
from payroll.calculator.automatic_enrolment import AUTOMATIC_ENROLMENT, Event
from payroll.paying.basic import has_days
from payroll.paying.enrolment import Rule, Standing, member_days, proposed
from payroll.paying.group import work_out
from payroll.paying.inputs import EVENT, FROM_ON, SEEN, Inputs, Shared
from payroll.selectors.enrolment import rules_on

# Payslips of people that closed runs made, by run, in the order of their pay days.
_CLOSED = """
SELECT r.id, r.inputs, s.employment_id, s.inputs
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s) AND s.pays_on <= %(day)s
 ORDER BY s.pays_on, r.id, s.employment_id
"""


class Late(NamedTuple):
    """What is proposed for somebody, and pence of the member and the employer that are owed."""

    entry: list[Any]
    rule: Rule
    member: int
    employer: int


def with_late(
    organisation_id: int, shared: Shared, people: Sequence[Inputs], known: Sequence[Standing],
) -> list[Inputs]:  # fmt: skip
    """The people, those who should have been members before as members of all of this period.

    Who was assessed before, is in a scheme, or is paid for no day of this period stays as they are.
    """
    new = {
        one.employment_id: n
        for n, (one, person) in enumerate(zip(known, people, strict=True))
        if not one.seen and not person.scheme and not person.left and has_days(person.pieces)
    }
    late = _late(organisation_id, shared, list(new)) if new else {}
    found = list(people)
    for employment, one in late.items():
        n, rule = new[employment], one.rule
        entry = [*one.entry]
        entry[SEEN] = known[n].seen
        found[n] = replace(people[n], enrolment=entry)
        if one.entry[EVENT] == Event.ENROLLED:
            found[n] = replace(
                found[n], scheme=rule.scheme, member_rate=rule.member_rate,
                employer_rate=rule.employer_rate, arrears=[one.member, one.employer],
            )  # fmt: skip
    return found


def _late(here: int, shared: Shared, employments: list[int]) -> Mapping[int, Late]:
    given: dict[str, Any] = {"here": here, "ids": number_array(employments), "day": shared.day}
    runs: dict[int, tuple[Shared, dict[int, Inputs]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, given)
        for run, inputs, employment, paid in cursor.fetchall():
            _, slips = runs.setdefault(run, (Shared.read(json.loads(inputs)), {}))
            slips[employment] = Inputs(**json.loads(paid))
    found: dict[int, Late] = {}
    for then, slips in runs.values():
        rules = rules_on(here, then.last)
        if rules and then.last >= rules[0].duties_from:
            _assess(then, _still(rules[0], shared, then), slips, found)
        _owe(then, slips, found)
    return found


def _still(rule: Rule, shared: Shared, then: Shared) -> Rule:
    """A postponement is told within the weeks for letters; later there is none."""
    weeks = AUTOMATIC_ENROLMENT.on(then.first).letter_weeks
    late = shared.day > then.first + timedelta(weeks=weeks)
    return replace(rule, postponement_months=0) if late else rule


def _assess(then: Shared, rule: Rule, slips: Mapping[int, Inputs], found: dict[int, Late]) -> None:
    """Who is enrolled or postponed by the pay of a closed period, and was not before it."""
    ids = [one for one, paid in slips.items() if one not in found and has_days(paid.pieces)]
    if not ids:
        return
    people = [replace(slips[one], enrolment=()) for one in ids]
    pay = work_out(then, people).payment.pay
    made = proposed(rule, then, people, [Standing(one) for one in ids], pay)
    for one, person in zip(ids, made, strict=True):
        if person.enrolment and person.enrolment[EVENT] in (Event.ENROLLED, Event.POSTPONED):
            found[one] = Late(list(person.enrolment), rule, 0, 0)


def _owe(then: Shared, slips: Mapping[int, Inputs], found: dict[int, Late]) -> None:
    """What the pay of a closed run would have contributed."""
    groups: dict[Rule, list[int]] = defaultdict(list)
    for one in slips:
        if one in found and found[one].entry[EVENT] == Event.ENROLLED:
            groups[found[one].rule].append(one)
    for rule, ids in groups.items():
        people = [
            replace(
                slips[one], enrolment=(), scheme=rule.scheme, member_rate=rule.member_rate,
                employer_rate=rule.employer_rate,
                member_days=member_days(
                    slips[one].pieces, date.fromisoformat(found[one].entry[FROM_ON])
                ),
            )
            for one in ids
        ]  # fmt: skip
        pensions = work_out(then, people).payment.pensions
        sums = zip(ids, pensions.deducted.tolist(), pensions.employer.tolist(), strict=True)
        for one, member, employer in sums:
            before = found[one]
            found[one] = before._replace(
                member=before.member + member, employer=before.employer + employer
            )
