"""Automatic enrolment: who must be enrolled, who may ask, which letter is due and until when.

Nobody is enrolled by this module. It says what the duty is on the day of the assessment, from the
ages, the earnings of the pay reference period and what has happened before. A postponed worker is
assessed, and enrolled, on the last day of the postponement. A month is a calendar month. A day that
"until" names is the last one on which something may still be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from payroll.calculator.dates import Dates, Whole, add_months, ages
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import Flags
from payroll.calculator.wording import day_text, money
from payroll.law import Parameter, Pence

ONE_DAY = np.timedelta64(1, "D")
ONE_WEEK = np.timedelta64(7, "D")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Levels:
    """Earnings of one pay period; more than `trigger` enrols, more than `lower` allows."""

    lower: Pence
    trigger: Pence
    upper: Pence


@dataclass(frozen=True)
class Enrolment:
    eligible_from_age: int
    youngest: int
    below_age: int
    postponement_months: int
    letter_weeks: int
    opt_out_months: int
    refund_months: int
    re_enrolment_years: int
    re_enrolment_margin_months: int
    re_declaration_months: int
    recent_opt_out_months: int
    earnings: Mapping[str, Levels]


AUTOMATIC_ENROLMENT = Parameter("automatic_enrolment", Enrolment)


class Category(IntEnum):
    NOBODY = 0  # too young or too old
    ENTITLED = 1  # may join a scheme, without an employer contribution
    NON_ELIGIBLE = 2  # may opt in, with one
    ELIGIBLE = 3  # must be enrolled


class Letter(IntEnum):
    NONE = 0
    RIGHT_TO_JOIN = 1
    RIGHT_TO_OPT_IN = 2
    ENROLMENT = 3
    POSTPONEMENT = 4


class Event(StrEnum):
    """What became of an employment under automatic enrolment."""

    ASSESSED = "assessed"
    POSTPONED = "postponed"
    ENROLLED = "enrolled"
    RE_ENROLLED = "re_enrolled"
    OPTED_IN = "opted_in"
    JOINED = "joined"
    OPTED_OUT = "opted_out"
    CEASED = "ceased"


IN_SCHEME = (Event.ENROLLED, Event.RE_ENROLLED, Event.OPTED_IN, Event.JOINED)
OUT_OF_SCHEME = (Event.OPTED_OUT, Event.CEASED)
EVENT_WORDS = {
    Event.ASSESSED: "Assessed",
    Event.POSTPONED: "Postponed",
    Event.ENROLLED: "Enrolled",
    Event.RE_ENROLLED: "Re-enrolled",
    Event.OPTED_IN: "Opted in",
    Event.JOINED: "Joined",
    Event.OPTED_OUT: "Opted out",
    Event.CEASED: "Ceased membership",
}
LETTER_WORDS = {
    Letter.NONE: "No letter is due.",
    Letter.RIGHT_TO_JOIN: "Tell them that they may join a pension scheme",
    Letter.RIGHT_TO_OPT_IN: "Tell them that they may opt in to the pension scheme",
    Letter.ENROLMENT: "Tell them that they are enrolled and how to opt out",
    Letter.POSTPONEMENT: "Tell them that enrolment is postponed and that they may opt in",
}
CATEGORY_WORDS = {
    Category.NOBODY: "Outside the ages of automatic enrolment.",
    Category.ENTITLED: "Entitled worker: may ask to join a scheme.",
    Category.NON_ELIGIBLE: "Non-eligible jobholder: may opt in.",
    Category.ELIGIBLE: "Eligible jobholder: must be enrolled.",
}


@dataclass(frozen=True)
class Workers:
    """One row a worker, as known on the day of the assessment; NaT where it has not happened."""

    born: Dates
    pensionable_on: Dates  # the day they reach State Pension age
    earnings: Whole  # all that is payable in the pay reference period
    duties_from: Dates  # first day of work, or the first day the criteria were met
    deferred_to: Dates  # last day of a postponement of which they were told
    member: Flags
    opted_in_on: Dates
    left_on: Dates  # last opted out of or left the scheme
    written_to: Flags  # already told what belongs to their category


@dataclass(frozen=True)
class Assessment:
    given: Workers
    assessed_on: np.datetime64 | Dates
    category: Whole
    qualifying: Whole  # qualifying earnings, in pence
    enrol_on: Dates  # membership begins, or NaT
    letter: Whole
    letter_until: Dates

    def workings(self, i: int) -> list[str]:
        day = np.broadcast_to(self.assessed_on, self.given.born.shape)[i]
        age = int(ages(self.given.born[i : i + 1], np.array([day]))[0])
        of_pension_age = self.given.pensionable_on[i] <= day
        lines = [
            f"Age {age}, {'from' if of_pension_age else 'below'} State Pension age.",
            f"Earnings of the period: {money(self.given.earnings[i])}, of which"
            f" {money(self.qualifying[i])} are qualifying earnings.",
            CATEGORY_WORDS[Category(int(self.category[i]))],
        ]
        if not np.isnat(self.enrol_on[i]):
            lines.append(f"To be enrolled from {day_text(self.enrol_on[i])}.")
        words = LETTER_WORDS[Letter(int(self.letter[i]))]
        lines.append(f"{words}, by {day_text(self.letter_until[i])}." if self.letter[i] else words)
        return lines


def categories(
    workers: Workers, on: np.datetime64 | Dates, levels: Levels, law: Enrolment
) -> Whole:
    """Each worker's `Category` on that day, the same for all or one of each."""
    day = np.broadcast_to(on, workers.born.shape)
    age = ages(workers.born, day)
    covered = (age >= law.youngest) & (age < law.below_age)
    working_age = (age >= law.eligible_from_age) & (day < workers.pensionable_on)
    eligible = covered & working_age & (workers.earnings > levels.trigger)
    jobholder = covered & (workers.earnings > levels.lower)
    return np.select(
        [eligible, jobholder, covered],
        [Category.ELIGIBLE, Category.NON_ELIGIBLE, Category.ENTITLED],
        Category.NOBODY,
    ).astype(np.int64)


def qualifying_earnings(earnings: Whole, levels: Levels) -> Whole:
    """The part of the period's earnings between the lower and the upper level."""
    return np.maximum(np.minimum(earnings, levels.upper) - levels.lower, 0)


def assess(
    workers: Workers, on: np.datetime64 | Dates, frequency: Frequency, law: Enrolment
) -> Assessment:
    """What each worker's position asks for on the day `on`, the same for all or one of each.

    Somebody who left a scheme is not enrolled again here: that is for the re-enrolment date. A
    postponement hides the duty until its last day; opting in overrides it.
    """
    levels = law.earnings[frequency]
    category = categories(workers, on, levels, law)
    postponed = workers.deferred_to > on
    opted_in = workers.opted_in_on <= on
    out = workers.left_on <= on
    again = opted_in & ~(workers.opted_in_on < workers.left_on)
    duty = (category == Category.ELIGIBLE) & ~postponed & ~out
    asks = (category >= Category.NON_ELIGIBLE) & opted_in & (~out | again)
    enrol = ~workers.member & (duty | asks)
    start = np.fmax(workers.deferred_to, workers.duties_from)
    enrol_on = np.where(enrol, np.where(asks & ~duty, workers.opted_in_on, start), NO_DAY)
    waits = ~workers.member & ~enrol & ~workers.written_to & ~out
    letter = np.select(
        [
            enrol,
            waits & postponed,
            waits & (category == Category.NON_ELIGIBLE),
            waits & (category == Category.ENTITLED),
        ],
        [Letter.ENROLMENT, Letter.POSTPONEMENT, Letter.RIGHT_TO_OPT_IN, Letter.RIGHT_TO_JOIN],
        Letter.NONE,
    ).astype(np.int64)
    counted_from = np.where(enrol, enrol_on, workers.duties_from)
    until = np.where(letter != Letter.NONE, counted_from + law.letter_weeks * ONE_WEEK, NO_DAY)
    qualifying = qualifying_earnings(workers.earnings, levels)
    return Assessment(workers, on, category, qualifying, enrol_on, letter, until)


def last_day_of_postponement(starts_on: Dates, law: Enrolment) -> Dates:
    """The latest day to which assessment may be put off from `starts_on`."""
    return add_months(starts_on, law.postponement_months)


@dataclass(frozen=True)
class OptOut:
    """The window for opting out, whether a notice was in time, and the refund it calls for."""

    opens_on: Dates
    closes_on: Dates
    valid: Flags
    refund: Whole
    refund_until: Dates

    def workings(self, i: int) -> list[str]:
        opens, closes = day_text(self.opens_on[i]), day_text(self.closes_on[i])
        window = f"Opting out was possible from {opens} to {closes}."
        if not self.valid[i]:
            return [window, "No notice came in that time, so nothing is refunded."]
        refund = money(self.refund[i])
        return [
            window,
            f"The notice was in time: {refund} is refunded by {day_text(self.refund_until[i])}.",
        ]


def opt_outs(
    member_from: Dates, told_on: Dates, notice_on: Dates, contributions: Whole, law: Enrolment
) -> OptOut:
    """The window is one month from membership or from the enrolment letter, whichever is later.

    A notice in time gives back everything the member paid, within a month of the notice. After it,
    leaving is not opting out and the scheme's own rules decide.
    """
    opens = np.maximum(member_from, told_on)
    closes = add_months(opens, law.opt_out_months) - ONE_DAY
    valid = (notice_on >= opens) & (notice_on <= closes)
    refund_until = np.where(valid, add_months(notice_on, law.refund_months), NO_DAY)
    return OptOut(opens, closes, valid, np.where(valid, contributions, 0), refund_until)


@dataclass(frozen=True)
class ReEnrolmentDates:
    """One row an employer: the third anniversary, the window around it and the declaration."""

    anniversary: Dates
    first_day: Dates
    last_day: Dates
    declare_until: Dates


def re_enrolment_dates(started_on: Dates, previous_on: Dates, law: Enrolment) -> ReEnrolmentDates:
    """From the duties start date, or from the last re-enrolment date once there is one (not NaT).

    The last day follows the six-month example of the regulator: with 1 October as anniversary the
    window runs from 1 July to 31 December.
    """
    base = np.where(np.isnat(previous_on), started_on, previous_on)
    anniversary = add_months(base, law.re_enrolment_years * 12)
    return ReEnrolmentDates(
        anniversary=anniversary,
        first_day=add_months(anniversary, -law.re_enrolment_margin_months),
        last_day=add_months(anniversary, law.re_enrolment_margin_months) - ONE_DAY,
        declare_until=add_months(anniversary, law.re_declaration_months) - ONE_DAY,
    )


@dataclass(frozen=True)
class ReEnrolment:
    """Who is enrolled again from the re-enrolment date, and the last day to tell them."""

    enrolled: Flags
    letter_until: Dates


def re_enrol(
    workers: Workers, on: np.datetime64, frequency: Frequency, law: Enrolment
) -> ReEnrolment:
    """Enrols again on the re-enrolment date: eligible, outside, and not just left.

    Whoever opted out or left within the twelve months before may stay out. Nothing postpones it.
    """
    eligible = categories(workers, on, law.earnings[frequency], law) == Category.ELIGIBLE
    recent = add_months(workers.left_on, law.recent_opt_out_months) > on
    enrolled = eligible & ~workers.member & ~np.isnat(workers.left_on) & ~recent
    return ReEnrolment(enrolled, np.where(enrolled, on + law.letter_weeks * ONE_WEEK, NO_DAY))
