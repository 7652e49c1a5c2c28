"""From the record of staff and earlier payslips to the inputs of a calculation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from core.db.arrays import number_array
from hr.selectors.pay import PayFacts, born_days, employed_between, last_jobs, pay_facts
from payroll.bulk.absences import AwayFound, Problems, absences_to_pay, statutory_owed
from payroll.bulk.back import back_pay
from payroll.bulk.directors import directors_to_settle
from payroll.bulk.earlier import liable_before
from payroll.bulk.enrolment import as_members
from payroll.bulk.items import items_to_pay
from payroll.bulk.notices import notices_to_take
from payroll.bulk.orders import orders_to_take
from payroll.bulk.recovery import plans_to_take
from payroll.calculator.dates import as_dates
from payroll.calculator.letters import letters_by_age
from payroll.calculator.national_insurance import LetterRow
from payroll.calculator.periods import year_start
from payroll.models import PayGroup, PayMember, PayRun
from payroll.paying.enrolment import Standing
from payroll.paying.inputs import FROM, JOB, UNTIL, Inputs, Shared, allowance_of, outlasts

# Until HMRC sends a code, and for who is paid without one.
NO_CODE = "0T"
UNDER_21, PER_CENT = 21, 100
ONE_DAY = timedelta(days=1)
# The tax regimes that a code after leaving keeps: those of Scotland and of Wales.
REGIMES = ("S", "C")

_BEFORE = """
SELECT m.employment_id, m.letter, m.letter_kept, m.loans, m.scheme, m.half,
       CASE WHEN m.brought_year = %(year)s THEN m.brought_pay_pence ELSE 0 END,
       CASE WHEN m.brought_year = %(year)s THEN m.brought_tax_pence ELSE 0 END,
       m.apprentice_from, m.lodged_from, m.lodging_pence,
       coalesce(p.taxable, 0), coalesce(p.tax, 0), coalesce(p.gross, 0), coalesce(p.nic, 0),
       coalesce(p.pension, 0), p.net, coalesce(p.rate, 0), p.ends_on,
       coalesce(p.had_basic, false)
  FROM payroll_paymember m LEFT JOIN (
    SELECT s.employment_id,
           sum(s.taxable_pence) FILTER (WHERE s.pays_on >= %(since)s)::bigint AS taxable,
           sum(s.tax_pence) FILTER (WHERE s.pays_on >= %(since)s)::bigint AS tax,
           sum(s.gross_pence) FILTER (WHERE s.pays_on >= %(since)s)::bigint AS gross,
           sum(s.nic_pence) FILTER (WHERE s.pays_on >= %(since)s)::bigint AS nic,
           sum(s.pension_pence) FILTER (WHERE s.pays_on >= %(since)s)::bigint AS pension,
           (array_agg(s.net_pence ORDER BY s.pays_on DESC, s.id DESC))[1] AS net,
           (array_agg(s.pension_rate ORDER BY s.pays_on DESC, s.id DESC))[1] AS rate,
           max(d.ends_on) AS ends_on, bool_or(s.basic_of_id = %(period)s) AS had_basic
      FROM payroll_payslip s
      JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
       AND r.state IN ('committed', 'paid')
      JOIN payroll_payperiod d ON d.organisation_id = %(here)s AND d.id = r.period_id
     WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
       AND s.pays_on <= %(day)s AND r.id <> %(run)s
     GROUP BY s.employment_id) p ON p.employment_id = m.employment_id
 WHERE m.organisation_id = %(here)s AND m.employment_id = ANY (%(ids)s)
"""

# Members who left before the period and were paid; rows of who never was are left to people.
_LEFT = """
SELECT e.id FROM payroll_paymember m
  JOIN hr_employment e ON e.organisation_id = %(here)s AND e.id = m.employment_id
   AND e.to_on <= %(first)s
 WHERE m.organisation_id = %(here)s AND m.pay_group_id = %(group)s AND EXISTS (
   SELECT FROM payroll_payslip s
     JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
      AND r.state IN ('committed', 'paid')
    WHERE s.organisation_id = %(here)s AND s.employment_id = e.id)
 ORDER BY e.id
"""

# By a statement: under a profiler, making and saving models was half the start of a first run.
_JOIN = """
INSERT INTO payroll_paymember (organisation_id, employment_id, pay_group_id, letter, loans, scheme,
  half, brought_year, brought_pay_pence, brought_tax_pence)
SELECT %s, employment, %s, letter, 0, %s, false, 0, 0, 0
  FROM unnest(%s::bigint[], %s::text[]) AS t (employment, letter)
"""


@dataclass(frozen=True)
class Before:
    """What payroll knows of an employment, and what was paid to it earlier."""

    employment_id: int
    letter: str  # of this pay day
    letter_kept: bool
    loans: int
    scheme: int
    half: bool
    brought_pay: int
    brought_tax: int
    apprentice_from: date | None
    lodged_from: date | None
    lodging: int  # pence a day
    taxable: int
    tax: int
    gross: int
    nic: int
    pension: int
    last_net: int | None
    last_rate: int  # of the pension contribution; 0 for none
    paid_until: date | None
    had_basic: bool  # an earlier run of the same period paid it


@dataclass(frozen=True)
class Collected:
    """People of a chunk in one order: facts, what went before, inputs, how they stand as members.

    `unrated` are the employments with items that nobody can work out: their job had no value;
    `absent` says what to look at of absences, `undirected` of directors, `several` of who has
    several employments.
    """

    facts: list[PayFacts]
    before: list[Before]
    inputs: list[Inputs]
    unrated: dict[int, int]
    absent: dict[int, Problems]
    undirected: dict[int, str]
    standings: list[Standing]
    several: dict[int, str] = field(default_factory=dict)


def analyse() -> None:
    """Tells the planner of rows just written: without it the next joins may loop over them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.analyse_payroll()")


def enrol(group: PayGroup, first: date, until: date) -> None:
    """Everybody employed in the period who is in no group joins the one that is for them.

    The letter is by age on the last day: M under 21, else A.
    """
    analyse()
    here = group.organisation_id
    groups = {g.scale_id: g for g in PayGroup.objects.filter(organisation_id=here)}
    known = set(
        PayMember.objects.filter(organisation_id=here).values_list("employment_id", flat=True)
    )
    rest = groups.get(None)
    found = [
        (employment, groups.get(scale, rest))
        for employment, scale, _ in employed_between(here, first, until)
        if employment not in known
    ]
    mine = [employment for employment, their in found if their is not None and their == group]
    if not mine:
        return
    born = born_days(here, mine, until)
    letters = ["M" if _under_21(born.get(employment), until) else "A" for employment in mine]
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [here, group.pk, group.scheme, number_array(mine), letters])
    analyse()


def _under_21(born: date | None, on: date) -> bool:
    return (
        born is not None
        and (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) < UNDER_21
    )


def who_is_paid(group: PayGroup, first: date, until: date) -> dict[int, int]:
    """The employments of the group that overlap the period, in a fixed order; with the person of
    each, or 0 for a person without another one here.
    """
    members = set(
        PayMember.objects.filter(
            organisation_id=group.organisation_id, pay_group=group
        ).values_list("employment_id", flat=True)
    )
    employed = employed_between(group.organisation_id, first, until)
    many = {person for person, n in Counter(row[2] for row in employed).items() if n > 1}
    return {
        employment: person if person in many else 0
        for employment, _, person in employed
        if employment in members
    }


def collect(pay_run: PayRun, employments: Sequence[int], known_at: datetime) -> Collected:
    """The inputs of some people of the run, as known at a moment."""
    shared = Shared.read(pay_run.inputs)
    here = pay_run.organisation_id
    facts = _facts(here, employments, shared, known_at)
    start = year_start(shared.day)
    given: dict[str, Any] = {"here": here, "ids": number_array(employments), "day": shared.day}
    given |= {"since": start, "year": start.year}
    given |= {"run": pay_run.pk or 0, "period": pay_run.period_id}
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, given)
        known = {row[0]: Before(*row) for row in cursor.fetchall()}
    before = of_the_day([known[one.employment_id] for one in facts], facts, shared.day)
    facts = [of_no_days(f) if b.had_basic else f for f, b in zip(facts, before, strict=True)]
    group = pay_run.period.pay_group
    member, employer = group.member_rate_percent, group.employer_rate_percent
    rates = int(member * PER_CENT), int(employer * PER_CENT)
    items, unrated = items_to_pay(
        pay_run, [one.employment_id for one in facts if one.pieces], shared, known_at
    )
    back = back_pay(pay_run, [one for one in facts if one.pieces], shared, known_at)
    liable = liable_before(pay_run, [one.employment_id for one in facts], shared)
    # What a pay day takes is taken by the first run of its period.
    first = [one.employment_id for one in before if not one.had_basic]
    orders = orders_to_take(pay_run, first, shared)
    notices = notices_to_take(pay_run, [one.employment_id for one in facts], shared)
    plans = plans_to_take(pay_run, first, shared)
    directors, undirected = directors_to_settle(pay_run, facts, before, shared)
    away = absences_to_pay(pay_run, facts, shared, known_at)
    inputs = [
        _inputs(
            f, b, rates, shared.day, {"loans": b.loans} | notices.get(f.employment_id, {}),
            items=items.get(f.employment_id, []), back=back.get(f.employment_id, []),
            orders=orders.get(f.employment_id, []), plans=plans.get(f.employment_id, []),
            liable_before=liable.get(f.employment_id, 0),
            director=directors.get(f.employment_id, []),
            lodging=_lodging(f, b, shared),
            **_away(pay_run, f, b, away),
        )
        for f, b in zip(facts, before, strict=True)
    ]  # fmt: skip
    inputs, standings = as_members(pay_run, shared, [one.employment_id for one in facts], inputs)
    return Collected(facts, before, inputs, unrated, away.problems, undirected, standings)


def _facts(
    here: int, employments: Sequence[int], shared: Shared, known_at: datetime
) -> list[PayFacts]:
    """What is known of people. Who left before the period has the jobs they left, of no days."""
    found = pay_facts(
        here, employments, first=shared.first, until=shared.until, on=shared.day, known_at=known_at
    )
    left = {f.employment_id: f.to_on for f in found if f.to_on and f.to_on <= shared.first}
    jobs = last_jobs(here, left, known_at)
    return [replace(f, pieces=jobs.get(f.employment_id, f.pieces)) for f in found]


def of_the_day(before: Sequence[Before], facts: Sequence[PayFacts], day: date) -> list[Before]:
    """With the letter that goes with the age on the pay day, but for whoever keeps theirs."""
    found = letters_of(before, facts, day).tolist()
    return [
        one if one.letter_kept or one.letter == letter else replace(one, letter=letter)
        for one, letter in zip(before, found, strict=True)
    ]


def letters_of(before: Sequence[Before], facts: Sequence[PayFacts], day: date) -> LetterRow:
    """The letters that go with the ages on a pay day."""
    return letters_by_age(
        np.array([one.letter for one in before], dtype="U1"),
        as_dates([one.born_on for one in facts]),
        np.array([one.apprentice_from is not None for one in before], dtype=bool),
        day,
    )


def of_no_days(facts: PayFacts) -> PayFacts:
    """The jobs as they stood at the end, of which no day is left to be paid."""
    last = {(piece[JOB], allowance_of(piece)): piece for piece in facts.pieces}
    pieces = [[*one[:FROM], one[UNTIL], *one[UNTIL:]] for one in last.values()]
    return replace(facts, pieces=pieces, placed=0, allowed=0)


def leavers_to_pay(pay_run: PayRun, known_at: datetime) -> list[int]:
    """Who left the group before the period and is owed pay for the time before they left, or
    statutory pay that goes on after it."""
    shared, here = Shared.read(pay_run.inputs), pay_run.organisation_id
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"here": here, "group": pay_run.period.pay_group_id}
        given["first"] = shared.first
        cursor.execute(_LEFT, given)
        people = [row[0] for row in cursor.fetchall()]
    if not people:
        return []
    facts = [one for one in _facts(here, people, shared, known_at) if one.pieces]
    items, _ = items_to_pay(pay_run, [one.employment_id for one in facts], shared, known_at)
    owed = statutory_owed(here, facts, shared, known_at)
    return sorted({*items, *back_pay(pay_run, facts, shared, known_at), *owed})


def _left(facts: PayFacts, before: Before, day: date) -> str:
    """The last day of whoever left before the pay day and was paid up to then."""
    if facts.to_on is None or before.paid_until is None or facts.to_on > day:
        return ""
    last = facts.to_on - ONE_DAY
    return last.isoformat() if last <= before.paid_until else ""


def _away(pay_run: PayRun, facts: PayFacts, before: Before, away: AwayFound) -> dict[str, Any]:
    """Absences are paid by the run that pays the days of the period; what is due before, now.

    To who had left by then that is the first run of the period.
    """
    mine = away.inputs.get(before.employment_id, {})
    gone = facts.to_on is not None and facts.to_on <= pay_run.period.starts_on
    paid = before.had_basic or (gone and pay_run.supplementary)
    return {**mine, "away": []} if mine and paid else mine


def _lodging(facts: PayFacts, before: Before, shared: Shared) -> list[int]:
    """Days of the period on which somebody lodges with the employer, and what these cost."""
    if before.lodged_from is None or before.had_basic:
        return []
    first = max(shared.first, before.lodged_from, facts.from_on)
    days = (min(shared.until, facts.to_on or shared.until) - first).days
    return [days, days * before.lodging] if days > 0 else []


def _inputs(
    facts: PayFacts,
    before: Before,
    rates: tuple[int, int],
    day: date,
    notice: dict[str, Any],
    **besides: Any,
) -> Inputs:
    code, left = facts.tax_code, _left(facts, before, day)
    if left or before.had_basic:
        # Given up and given away once a pay day, and by nobody who has left; loans go on.
        notice = {"loans": notice["loans"]}
    if left and not any(map(outlasts, besides.get("away", ()))):
        # Irregular pay after leaving is an earnings period of its own, statutory pay is regular.
        besides["liable_before"] = 0
    if left:
        # Pay after the P45 (PAYE Regulations 2003, regulation 37): no part of the allowance.
        code = f"{code[:1] if code.startswith(REGIMES) else ''}{NO_CODE}"
    return Inputs(
        code=code or NO_CODE,
        cumulative=bool(code) and not facts.non_cumulative and not left,
        left=left,
        letter=before.letter,
        scheme=before.scheme,
        half=before.half,
        member_rate=rates[0],
        employer_rate=rates[1],
        born_on=facts.born_on.isoformat() if facts.born_on else None,
        employed_from=facts.from_on.isoformat(),
        taxable_before=before.brought_pay + before.taxable,
        tax_before=before.brought_tax + before.tax,
        pieces=facts.pieces,
        apprentice_from=before.apprentice_from.isoformat() if before.apprentice_from else "",
        **notice,
        **besides,
    )
