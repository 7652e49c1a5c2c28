"""Directors of a run: their pay and contributions of the tax year, and what nobody said of them."""

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
       coalesce(sum(l.pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       coalesce(sum(s.nic_pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       coalesce(sum(s.employer_nic_pence) FILTER (WHERE s.pays_on >= t.since), 0)::bigint,
       array_agg(DISTINCT s.inputs ->> 'letter') FILTER (WHERE s.pays_on >= t.since),
       min(s.pays_on), min(d.starts_on)
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
 GROUP BY t.employment
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
    """By payslips here: since they count as a director, and the first that there was."""

    pay: int = 0
    nic: int = 0
    employer_nic: int = 0
    letters: Sequence[str] | None = None
    first_on: date | None = None
    began_on: date | None = None


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
        paid = {row[0]: _Paid(*row[1:]) for row in cursor.fetchall()}
    last = is_last_of_year(pay_run, shared)
    found, problems = {}, {}
    for fact, other in zip(facts, before, strict=True):
        if (one := known.get(fact.employment_id)) is None:
            continue
        had = paid.get(fact.employment_id, _Paid())
        settles = last or (fact.to_on is not None and fact.to_on <= shared.until)
        found[fact.employment_id] = _entry(one, had, start, settles)
        problems[fact.employment_id] = " ".join(_problems(one, had, fact, other.letter, shared))
    return found, problems


def _entry(one: _Director, had: _Paid, start: date, settles: bool) -> list[Any]:
    since = counts_from(one.from_on, start)
    within = one.from_on >= start
    brought = (one.pay, one.nic, one.employer_nic) if one.stated else (0, 0, 0)
    here = (had.pay, had.nic, had.employer_nic)
    return [
        one.method, since.isoformat(), (since - start) // WEEK + 1 if within else 0,
        settles and one.method == DirectorMethod.ALTERNATIVE,
        *(a + b for a, b in zip(brought, here, strict=True)),
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


def _problems(one: _Director, had: _Paid, fact: PayFacts, letter: str, shared: Shared) -> list[str]:
    """What is not known: pay by the payroll that was left, and the year of another letter."""
    said, start = [], year_start(shared.day)
    first, began = had.first_on or shared.day, had.began_on or shared.first
    number = period_of(first, shared.frequency).number
    elsewhere = first >= start and number > shared.frequency.span
    if elsewhere and not one.stated and max(fact.from_on, one.from_on) < began:
        said.append(
            f"Was a director here before {date_words(began)}: enter pay and contributions of the"
            " tax year until then, from the payroll that was left; 0 where there were none."
        )
    if others := sorted(set(had.letters or ()) - {letter}):
        said.append(
            f"Letter {letter} now, {', '.join(others)} earlier in the tax year: contributions of"
            f" the whole year are worked out by {letter}."
        )
    return said
