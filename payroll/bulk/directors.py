"""Directors of a run: their pay and contributions of the tax year, and what nobody said of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.db import connection

from core.db.arrays import number_array
from core.templatetags.web import day as date_words
from hr.selectors.pay import PayFacts
from payroll.bulk.earlier import LIABLE
from payroll.calculator.periods import MONTHS, Frequency, period_of, year_start
from payroll.models import DirectorMethod, PayPeriod, PayRun
from payroll.paying.inputs import Shared

WEEK = timedelta(days=7)
_DIRECTORS = """
SELECT employment_id, director_from, director_method, director_year = %(year)s,
       director_pay_pence, director_nic_pence, director_employer_nic_pence
  FROM payroll_paymember
 WHERE organisation_id = %(here)s AND employment_id = ANY (%(ids)s) AND director_from <= %(latest)s
"""
_PAID = """
SELECT t.employment,
       s.inputs ->> 'letter',
       coalesce(sum(l.pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       coalesce(sum(s.nic_pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       coalesce(sum(s.employer_nic_pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       min(s.pays_on), min(d.starts_on),
       min(s.pays_on) FILTER (WHERE s.pays_on >= t.since)
  FROM unnest(%(ids)s::bigint[], %(since)s::date[]) AS t (employment, since)
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.employment_id = t.employment
   AND s.pays_on <= %(day)s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid') AND r.id <> %(run)s
  JOIN payroll_payperiod d ON d.organisation_id = %(here)s AND d.id = r.period_id
  LEFT JOIN LATERAL (
    SELECT sum(l.amount_pence) AS pence FROM payroll_payslipline l
     WHERE l.organisation_id = %(here)s AND l.payslip_id = s.id AND l.kind = ANY (%(kinds)s)
  ) l ON true
 GROUP BY 1, 2
 ORDER BY 1, min(s.pays_on) FILTER (WHERE s.pays_on >= t.since) NULLS LAST, 2
"""


class Lettered(Protocol):
    """What is asked of what payroll knows of somebody."""

    @property
    def letter(self) -> str: ...


@dataclass(frozen=True)
class _Director:
    employment_id: int
    from_on: date
    method: str
    stated: bool  # the figures of this tax year from before the first payslip here
    pay: int
    nic: int
    employer_nic: int


@dataclass(frozen=True)
class _Paid:
    """By payslips of one letter: since they count as a director, and the first that there was."""

    letter: str
    pay: int
    nic: int
    employer_nic: int
    first_on: date
    began_on: date
    counted_on: date | None  # the first that counts


def directors_to_settle(
    pay_run: PayRun, facts: Sequence[PayFacts], before: Sequence[Lettered], shared: Shared
) -> tuple[dict[int, list[Any]], dict[int, str]]:
    """The directorships of these people by employment, and what to look at of some of them."""
    start = year_start(shared.day)
    given: dict[str, Any] = {
        "here": pay_run.organisation_id, "run": pay_run.pk or 0, "day": shared.day,
        "year": start.year, "latest": week_of(shared.day) + WEEK - timedelta(days=1),
        "ids": number_array([one.employment_id for one in facts]), "kinds": list(LIABLE),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DIRECTORS, given)
        known = {row[0]: _Director(*row) for row in cursor.fetchall()}
        if not known:
            return {}, {}
        since = [counts_from(one.from_on, start) for one in known.values()]
        cursor.execute(_PAID, {**given, "ids": number_array(known), "since": since})
        paid = defaultdict[int, list[_Paid]](list)
        for employment, *row in cursor.fetchall():
            paid[employment].append(_Paid(*row))
    last = is_last_of_year(pay_run, shared)
    found, problems = {}, {}
    for fact, other in zip(facts, before, strict=True):
        if (one := known.get(fact.employment_id)) is None:
            continue
        had = paid[fact.employment_id]
        settles = last or (fact.to_on is not None and fact.to_on <= shared.until)
        found[fact.employment_id] = _entry(one, had, start, settles, other.letter)
        problems[fact.employment_id] = _problem(one, had, fact, shared)
    return found, problems


def _entry(
    one: _Director, had: Sequence[_Paid], start: date, settles: bool, letter: str
) -> list[Any]:
    since = counts_from(one.from_on, start)
    within = one.from_on >= start
    brought = (one.pay, one.nic, one.employer_nic) if one.stated else (0, 0, 0)
    counted = [paid for paid in had if paid.counted_on is not None]
    by_letter = Counter[str]({paid.letter: paid.pay for paid in counted})
    # What was paid before the first payslip here is taken to have had the letter of that payslip.
    by_letter[counted[0].letter if counted else letter] += brought[0]
    del by_letter[letter]
    sums = (sum(getattr(paid, name) for paid in counted) for name in ("pay", "nic", "employer_nic"))
    others = [[other, pence] for other, pence in by_letter.items() if pence]
    return [
        one.method, since.isoformat(), (since - start) // WEEK + 1 if within else 0,
        settles and one.method == DirectorMethod.ALTERNATIVE,
        *(a + b for a, b in zip(brought, sums, strict=True)), *([others] if others else []),
    ]  # fmt: skip


def week_of(day: date) -> date:
    """The day on which the tax week of a day began."""
    start = year_start(day)
    return start + (day - start) // WEEK * WEEK


def counts_from(appointed: date, start: date) -> date:
    """The first day of a tax year whose pay is a director's: the week of the appointment counts."""
    return max(week_of(appointed), start)


def is_last_of_year(pay_run: PayRun, shared: Shared) -> bool:
    """Whether the group has no further pay day in the tax year."""
    start = year_start(shared.day)
    after = start.replace(year=start.year + 1)
    later = PayPeriod.objects.filter(
        organisation_id=pay_run.organisation_id, pay_group_id=pay_run.period.pay_group_id,
        pays_on__gt=shared.day, pays_on__lt=after,
    )  # fmt: skip
    if shared.frequency is Frequency.MONTHLY:
        ended = period_of(shared.day, shared.frequency).number == MONTHS
    else:
        ended = shared.day + WEEK * shared.frequency.span >= after
    return ended and not later.exists()


def _problem(one: _Director, had: Sequence[_Paid], fact: PayFacts, shared: Shared) -> str:
    """Pay by the payroll that was left, which nobody entered."""
    start = year_start(shared.day)
    first = min((paid.first_on for paid in had), default=shared.day)
    began = min((paid.began_on for paid in had), default=shared.first)
    number = period_of(first, shared.frequency).number
    elsewhere = first >= start and number > shared.frequency.span
    if not elsewhere or one.stated or max(fact.from_on, one.from_on) >= began:
        return ""
    return (
        f"Was a director here before {date_words(began)}: enter pay and contributions of the"
        " tax year until then, from the payroll that was left; 0 where there were none."
    )
