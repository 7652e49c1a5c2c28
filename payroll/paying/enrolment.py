"""What a pay run proposes under automatic enrolment, from pay and what went before.

The pay reference period is the pay period. A jobholder is assessed on the first day of it on which
the duties, the employment or their age let them be, and a postponed one on the last day of the
postponement. Who becomes a member is one from that day, and contributes from it on, in this run:
the Pensions Act 2008, section 3, and regulations 6 and 7 of SI 2010/772 leave six weeks for the
paperwork, not for the first contribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    ONE_DAY,
    ONE_WEEK,
    Assessment,
    Category,
    Enrolment,
    Event,
    Letter,
    Workers,
    assess,
    categories,
    re_enrol,
)
from payroll.calculator.dates import NEVER, Dates, add_months, ages, as_dates
from payroll.calculator.rounding import Amounts, Flags
from payroll.paying.basic import has_days
from payroll.paying.group import workers_of
from payroll.paying.inputs import (
    FROM,
    FROM_ON,
    PENSION_SCHEME,
    UNTIL,
    Inputs,
    Shared,
    basic_of,
)


@dataclass(frozen=True)
class Rule:
    """How the employer enrols; rates in hundredths of one per cent."""

    duties_from: date
    scheme: int
    member_rate: int
    employer_rate: int
    postponement_months: int
    re_enrol_on: date | None


@dataclass(frozen=True)
class Standing:
    """What the record says of an employment as of a day; `seen` is its newest entry.

    `event`, `scheme` and `from_on` are those of joining or leaving the scheme, if either happened.
    `coming` says that they join on a later day.
    """

    employment_id: int
    seen: int = 0
    category: int = Category.NOBODY
    event: str = ""
    scheme: int = 0
    from_on: date | None = None
    deferred_to: date | None = None
    left_on: date | None = None
    coming: bool = False


def member_days(pieces: Sequence[Sequence[Any]], joined_on: date) -> list[int]:
    """Days paid from the day of joining on, and all that are paid; empty if they are the same."""
    spans = [
        (date.fromisoformat(one[FROM]), date.fromisoformat(one[UNTIL])) for one in basic_of(pieces)
    ]
    every = sum((until - first).days for first, until in spans)
    mine = sum(max((until - max(first, joined_on)).days, 0) for first, until in spans)
    return [mine, every] if mine < every else []


def proposed(
    rule: Rule, shared: Shared, people: Sequence[Inputs], known: Sequence[Standing], pay: Amounts
) -> list[Inputs]:
    """The people with what becomes of them; who is enrolled, as a member from that day on.

    `pay` is all that each is paid for the period. Nothing becomes of who has no day of it, and of
    who already asked to join.
    """
    law = AUTOMATIC_ENROLMENT.on(shared.first)
    workers, on = _workers(rule, shared, people, known, pay)
    levels = law.earnings[shared.frequency]
    category = categories(workers, on, levels, law)
    told = category == np.array([one.category for one in known], dtype=np.int64)
    found = assess(replace(workers, written_to=told), on, shared.frequency, law)
    again = _re_enrolled(rule, shared, workers, law)
    events = _events(rule, workers, found, again, told)
    beyond = (on > np.datetime64(shared.last, "D")).tolist()
    skipped = [
        late or one.coming or bool(person.left) or not has_days(person.pieces)
        for one, person, late in zip(known, people, beyond, strict=True)
    ]
    joins = as_dates([rule.re_enrol_on if event == Event.RE_ENROLLED else None for event in events])
    joins = np.where(np.isnat(joins), found.enrol_on, joins)
    return [
        person if skipped[i] or not events[i]
        else _with(person, rule, _entry(rule, found, events[i], joins[i], known[i], i, law))
        for i, person in enumerate(people)
    ]  # fmt: skip


def _workers(
    rule: Rule, shared: Shared, people: Sequence[Inputs], known: Sequence[Standing], pay: Amounts
) -> tuple[Workers, Dates]:
    """Everybody, and the day on which each is assessed."""
    law = AUTOMATIC_ENROLMENT.on(shared.first)
    workers = workers_of(people, shared.day)
    first, last = (np.datetime64(day, "D") for day in (shared.first, shared.last))
    start = np.maximum(workers.duties_from, np.maximum(first, np.datetime64(rule.duties_from, "D")))
    birthday = add_months(workers.born, law.eligible_from_age * 12)
    birthday = np.where(ages(workers.born, birthday) < law.eligible_from_age, birthday + ONE_DAY,
                        birthday)  # fmt: skip
    start = np.where((birthday > start) & (birthday <= last), birthday, start)
    deferred = as_dates([one.deferred_to for one in known])
    on = np.where((deferred > start) & (deferred <= last), deferred, start)
    # A notice given after the day of the assessment counts for it: the record says that they left.
    left = np.minimum(as_dates([one.left_on for one in known]), on)
    filled = replace(
        workers, earnings=pay, duties_from=start, deferred_to=deferred, left_on=left
    )  # fmt: skip
    return filled, on


def _re_enrolled(rule: Rule, shared: Shared, workers: Workers, law: Enrolment) -> Flags:
    if rule.re_enrol_on is None or not shared.first <= rule.re_enrol_on <= shared.last:
        return np.zeros(len(workers.born), dtype=bool)
    on = np.datetime64(rule.re_enrol_on, "D")
    return re_enrol(workers, on, shared.frequency, law).enrolled


def _events(
    rule: Rule, workers: Workers, found: Assessment, again: Flags, told: Flags
) -> list[str]:
    """What becomes of each, or nothing: nothing new is recorded while a postponement runs."""
    joins = ~np.isnat(found.enrol_on)
    postponed = joins & np.isnat(workers.deferred_to) & (rule.postponement_months > 0)
    waiting = workers.deferred_to > found.assessed_on
    kinds = [Event.RE_ENROLLED.value, Event.POSTPONED.value, Event.ENROLLED.value,
             Event.ASSESSED.value]  # fmt: skip
    chosen = np.select([again, postponed, joins, ~told & ~waiting], kinds, "")
    return [str(one) for one in chosen]


def _entry(
    rule: Rule, found: Assessment, event: str, joins: Any, known: Standing, i: int, law: Enrolment
) -> list[Any]:
    """In the places of `paying.inputs`."""
    letter, scheme, from_on = int(found.letter[i]), 0, found.given.duties_from[i]
    until: Any = NEVER
    if event == Event.POSTPONED:
        letter, until = Letter.POSTPONEMENT, add_months(from_on, rule.postponement_months)
    elif event != Event.ASSESSED:
        letter, scheme, from_on = Letter.ENROLMENT, rule.scheme, joins
    due = from_on + law.letter_weeks * ONE_WEEK
    return [
        event, int(found.category[i]), str(from_on), _text(until), scheme,
        int(found.given.earnings[i]), int(letter), _text(due if letter else NEVER), known.seen,
    ]  # fmt: skip


def _text(day: Any) -> str | None:
    return None if np.isnat(day) else str(day)


def _with(person: Inputs, rule: Rule, entry: list[Any]) -> Inputs:
    from_on, scheme = entry[FROM_ON], entry[PENSION_SCHEME]
    if not scheme:
        return replace(person, enrolment=entry)
    return replace(
        person, enrolment=entry, scheme=rule.scheme, member_rate=rule.member_rate,
        employer_rate=rule.employer_rate,
        member_days=member_days(person.pieces, date.fromisoformat(from_on)),
    )  # fmt: skip
