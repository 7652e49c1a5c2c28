"""How many people are paid, from a file or a program: all of it is taken, or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from events.services import record_about, record_each
from hr.models import Employment
from hr.selectors.jobs import employments_numbered
from payroll.calculator.figures import LETTERS
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency, period_of, year_label, year_start
from payroll.joined import NewParticulars, Wrong
from payroll.models import DirectorMethod, PayGroup, PayMember
from payroll.models.groups import SCHEMES
from payroll.permissions import KEEP_PARTICULARS
from payroll.rules import PRL63, PRL68
from payroll.selectors.members import groups_here
from payroll.services.particulars import FIGURES, NAMES

MOST_SAID = 20
DIRECTORS = dict(DirectorMethod.choices)
_KEEP = """
INSERT INTO payroll_paymember (organisation_id, employment_id, pay_group_id, letter, loans, scheme,
  half, brought_year, brought_pay_pence, brought_tax_pence, director_from, director_method,
  director_year, director_pay_pence, director_nic_pence, director_employer_nic_pence,
  apprentice_from, lodged_from, lodging_pence, letter_kept)
SELECT %s, employment, pay_group, letter, 0, scheme, half, year, pay, tax, director_from, method,
       director_year, director_pay, director_nic, employer_nic, apprentice_from, lodged_from,
       lodging, kept
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::boolean[], %s::int[],
              %s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::int[], %s::bigint[],
              %s::bigint[], %s::bigint[], %s::date[], %s::date[], %s::bigint[], %s::boolean[])
    AS t (employment, pay_group, letter, scheme, half, year, pay, tax, director_from, method,
          director_year, director_pay, director_nic, employer_nic, apprentice_from, lodged_from,
          lodging, kept)
    ON CONFLICT (organisation_id, employment_id) DO UPDATE
   SET pay_group_id = excluded.pay_group_id, letter = excluded.letter, scheme = excluded.scheme,
       half = excluded.half, brought_year = excluded.brought_year,
       brought_pay_pence = excluded.brought_pay_pence,
       brought_tax_pence = excluded.brought_tax_pence,
       director_from = excluded.director_from, director_method = excluded.director_method,
       director_year = excluded.director_year, director_pay_pence = excluded.director_pay_pence,
       director_nic_pence = excluded.director_nic_pence,
       director_employer_nic_pence = excluded.director_employer_nic_pence,
       apprentice_from = excluded.apprentice_from, lodged_from = excluded.lodged_from,
       lodging_pence = excluded.lodging_pence, letter_kept = excluded.letter_kept
"""
P45 = ("brought_year", "brought_pay_pence", "brought_tax_pence")
DIRECTOR = ("director_from", "director_method")
BESIDES = ("apprentice_from", "lodged_from", "lodging_pence", "letter_kept")
KEPT = (
    *("pay_group_id", "letter", "scheme", "half"), *P45, *DIRECTOR, "director_year", *FIGURES,
    *BESIDES,
)  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """How many people the rows were about, and how many of them are paid otherwise from now on."""

    people: int
    changed: int


def wrong_particulars(*, rows: Sequence[NewParticulars], by: Actor, at: datetime) -> list[Wrong]:
    """What of these rows does not fit the records, by row; reads only."""
    require(by, KEEP_PARTICULARS)
    today = timezone.localdate(at)
    known = _employments(rows, by)
    groups = {one.code: one for one in groups_here(by.organisation_id)}
    times = Counter(one.employee for one in rows)
    return [
        Wrong(one.row, field, remedy)
        for one in rows
        for field, remedy in (
            *_about_person(one, known.get(one.employee), times, by),
            *_about_terms(one, groups.get(one.group), today),
            *_about_p45(one, today),
            *_about_director(one),
            *_about_lodging(one),
        )
    ]


def load_particulars(
    *, rows: Sequence[NewParticulars], reason: str, by: Actor, at: datetime
) -> Joined:
    """Taken by every calculation from now on; who is in no group yet joins the one of their row.

    PRL68 with what is wrong by row: then nothing is taken. The same rows again change nothing.
    `reason` is that of the rows that say none of their own (PRL63).
    Event payroll.particulars.changed of each who is paid otherwise, payroll.particulars.loaded.
    """
    wrong = wrong_particulars(rows=rows, by=by, at=at)
    PRL63.check(reason.strip())
    PRL68.check(rows and not wrong, " ".join(map(str, wrong[:MOST_SAID])))
    known = _employments(rows, by)
    groups = {one.code: one for one in groups_here(by.organisation_id)}
    ids = [known[one.employee].pk for one in rows]
    here = {"organisation_id": by.organisation_id}
    before = {
        one.employment_id: one
        for one in PayMember.objects.select_for_update().filter(**here, employment_id__in=ids)
    }
    year = year_start(timezone.localdate(at)).year
    after = [
        _columns(one, groups[one.group], before.get(key), year)
        for one, key in zip(rows, ids, strict=True)
    ]
    columns = [[one[name] for one in after] for name in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [by.organisation_id, ids, *columns])
    said = [
        (key, _said(one, groups[one.group], new, what, reason.strip()[:200]))
        for one, key, new in zip(rows, ids, after, strict=True)
        if (what := _changed(before.get(key), new))
    ]
    record_each("payroll.particulars.changed", "hr.employment", said, by=by)
    about = "tenants.organisation", by.organisation_id
    given: dict[str, Any] = {"people": len(rows), "changed": len(said)}
    record_about("payroll.particulars.loaded", *about, by=by, at=at, **given)
    return Joined(len(rows), len(said))


def _employments(rows: Sequence[NewParticulars], by: Actor) -> dict[int, Employment]:
    found = employments_numbered(by.organisation_id, {one.employee for one in rows})
    return {one.number: one for one in found}


def _about_person(
    one: NewParticulars, whose: Employment | None, times: Counter[int], by: Actor
) -> Iterator[tuple[str, str]]:
    if whose is None:
        yield "employee", f"nobody here has the number {one.employee}; load the staff file first"
    elif by.person_id is not None and whose.person_id == by.person_id:
        yield "employee", "this is about your own pay; leave the row to a colleague"
    if times[one.employee] > 1:
        yield "employee", f"the number {one.employee} stands here twice; keep one row of a person"


def _about_terms(
    one: NewParticulars, group: PayGroup | None, today: date
) -> Iterator[tuple[str, str]]:
    if group is None:
        yield "pay_group", f"there is no pay group «{one.group}»; set it up under Pay runs first"
        return
    if one.letter not in LETTERS.on(today).letters:
        yield "letter", f"«{one.letter}» is no letter today; take that of the employer before"
    if one.half and _scheme(one, group) != Scheme.LGPS:
        yield "half", "it exists in the Local Government Pension Scheme only; write no"


def _about_p45(one: NewParticulars, today: date) -> Iterator[tuple[str, str]]:
    given = (one.pay_pence is not None, one.tax_pence is not None, one.period is not None)
    if not any(given):
        return
    for there, field in zip(given, ("pay_before", "tax_before", "period"), strict=True):
        if not there:
            yield field, "a P45 is copied whole; enter it as it stands there, 0.00 for nothing"
    if (one.tax_pence or 0) > (one.pay_pence or 0):
        yield "tax_before", "it is more than the pay before; look whether they were exchanged"
    if one.period is not None:
        unit, number = one.period
        frequency = Frequency.WEEKLY if unit == "week" else Frequency.MONTHLY
        if number > period_of(today, frequency).number:
            label = year_label(today)
            words = f"{unit} {number} of {label} is still to come; leave out a P45 of another year"
            yield "period", words


def _about_director(one: NewParticulars) -> Iterator[tuple[str, str]]:
    if one.director_from and not one.director_method:
        yield "director_method", "say how the year is settled: AN or AL"
    given = [getattr(one, name) is not None for name in FIGURES]
    if not one.director_from and (one.director_method or any(given)):
        yield "director_from", "say since when this person is a director"
    if any(given) and not all(given):
        yield "director_pay", "enter pay and both contributions, 0.00 for nothing"


def _about_lodging(one: NewParticulars) -> Iterator[tuple[str, str]]:
    if one.lodging_pence and not one.lodged_from:
        yield "lodged_from", "say since when this person lodges with the employer"


def _scheme(one: NewParticulars, group: PayGroup) -> int:
    return group.scheme if one.scheme is None else one.scheme


def _columns(
    one: NewParticulars, group: PayGroup, before: PayMember | None, year: int
) -> dict[str, Any]:
    """The row as it is kept. What it does not say of a P45, a director and the rest stays."""
    kept = {name: getattr(before or PayMember(), name) for name in KEPT[4:]}
    if one.pay_pence is not None:
        kept |= dict(zip(P45, (year, one.pay_pence, one.tax_pence), strict=True))
    if one.director_from is not None:
        kept |= {name: getattr(one, name) for name in DIRECTOR}
    if one.director_pay_pence is not None:
        kept |= {"director_year": year, **{name: getattr(one, name) for name in FIGURES}}
    kept |= {name: value for name in BESIDES if (value := getattr(one, name)) is not None}
    return {
        "pay_group_id": group.pk, "letter": one.letter, "scheme": _scheme(one, group),
        "half": one.half, **kept,
    }  # fmt: skip


def _changed(before: PayMember | None, after: dict[str, Any]) -> list[str]:
    """What is otherwise now, in words."""
    return [
        NAMES[name.removesuffix("_id")]
        for name, value in after.items()
        if before is None or getattr(before, name) != value
    ]


def _said(
    one: NewParticulars, group: PayGroup, new: dict[str, Any], what: Sequence[str], reason: str
) -> dict[str, Any]:
    """As the event of one person; the amounts of a P45 stay out of it."""
    return {
        "what": ", ".join(what), "comment": one.reason or reason, "letter": one.letter,
        "pay_group": group.code, "scheme": dict(SCHEMES)[new["scheme"]], "half": one.half,
        "director": DIRECTORS.get(new["director_method"], "No"),
    }  # fmt: skip
