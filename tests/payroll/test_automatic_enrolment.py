"""Automatic enrolment: categories, duties, letters and their dates, opting out, re-enrolment."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    Assessment,
    Category,
    Letter,
    Workers,
    assess,
    last_day_of_postponement,
    opt_outs,
    qualifying_earnings,
    re_enrol,
    re_enrolment_dates,
)
from payroll.calculator.dates import add_months, ages
from payroll.calculator.periods import Frequency
from tests.payroll.law_of import NOVEMBER, days, law, row
from tests.payroll.twin import enrolment as twin

LAW = law(AUTOMATIC_ENROLMENT)
TODAY = np.datetime64(NOVEMBER, "D")
WORDS = {
    Category.NOBODY: "nobody", Category.ENTITLED: "entitled",
    Category.NON_ELIGIBLE: "non-eligible", Category.ELIGIBLE: "eligible",
}  # fmt: skip


def worker(
    *, born: str = "1990-01-01", pension_age: str = "2058-01-01", earnings: int = 2_000_00,
    since: str = "2026-11-02", deferred_to: str | None = None, member: bool = False,
    opted_in: str | None = None, left: str | None = None, told: bool = False,
) -> Workers:  # fmt: skip
    return Workers(
        days(born), days(pension_age), row(earnings), days(since), days(deferred_to),
        np.array([member]), days(opted_in), days(left), np.array([told]),
    )  # fmt: skip


def assessed(on: str = "2026-11-30", **given: object) -> Assessment:
    return assess(worker(**given), np.datetime64(on), Frequency.MONTHLY, LAW)


def outcome(result: Assessment) -> tuple[str, str, str, str]:
    return (
        WORDS[Category(int(result.category[0]))], str(result.enrol_on[0]),
        Letter(int(result.letter[0])).name, str(result.letter_until[0]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("born", "pension_age", "earnings", "category"),
    [
        ("2004-11-30", "2072-01-01", 833_01, "eligible"),  # 22 today
        ("2004-12-01", "2072-01-01", 833_01, "non-eligible"),
        ("1990-01-01", "2058-01-01", 833_00, "non-eligible"),  # must be more than the trigger
        ("1990-01-01", "2058-01-01", 520_00, "entitled"),
        ("1960-01-01", "2026-11-30", 5_000_00, "non-eligible"),  # State Pension age today
        ("1960-01-01", "2026-12-01", 5_000_00, "eligible"),
        ("1951-11-30", "2016-11-30", 5_000_00, "nobody"),  # 75 today
        ("2010-12-01", "2078-01-01", 5_000_00, "nobody"),  # 15
    ],
)
def test_categories(born: str, pension_age: str, earnings: int, category: str) -> None:
    result = assessed(born=born, pension_age=pension_age, earnings=earnings)
    assert outcome(result)[0] == category


def test_an_eligible_jobholder_is_enrolled_from_the_first_day_with_a_letter() -> None:
    assert outcome(assessed()) == ("eligible", "2026-11-02", "ENROLMENT", "2026-12-14")
    assert assessed().workings(0) == [
        "Age 36, below State Pension age.",
        "Earnings of the period: £2,000.00, of which £1,480.00 are qualifying earnings.",
        "Eligible jobholder: must be enrolled.",
        "To be enrolled from 2 November 2026.",
        "Tell them that they are enrolled and how to opt out, by 14 December 2026.",
    ]


def test_postponement_puts_the_duty_off_to_its_last_day() -> None:
    started = days("2026-11-02")
    assert str(last_day_of_postponement(started, LAW)[0]) == "2027-02-02"
    waiting = {"deferred_to": "2027-02-02"}
    assert outcome(assessed(**waiting)) == ("eligible", "NaT", "POSTPONEMENT", "2026-12-14")
    assert outcome(assessed(told=True, **waiting))[1:3] == ("NaT", "NONE")
    assert outcome(assessed("2027-02-01", **waiting))[1] == "NaT"
    assert outcome(assessed("2027-02-02", **waiting)) == (
        "eligible", "2027-02-02", "ENROLMENT", "2027-03-16",
    )  # fmt: skip


def test_opting_in_overrides_postponement_and_needs_no_trigger() -> None:
    asked = {"opted_in": "2026-11-20"}
    assert outcome(assessed(deferred_to="2027-02-02", **asked))[1:3] == ("2026-11-20", "ENROLMENT")
    assert outcome(assessed(earnings=600_00, **asked))[1] == "2026-11-20"
    assert outcome(assessed(earnings=500_00, **asked))[1] == "NaT"  # only entitled to join


def test_letters_to_those_who_may_ask() -> None:
    assert outcome(assessed(earnings=600_00))[2:] == ("RIGHT_TO_OPT_IN", "2026-12-14")
    assert outcome(assessed(earnings=500_00))[2:] == ("RIGHT_TO_JOIN", "2026-12-14")
    assert outcome(assessed(earnings=500_00, told=True))[2:] == ("NONE", "NaT")


def test_members_and_those_who_left_are_left_alone() -> None:
    assert outcome(assessed(member=True))[1:3] == ("NaT", "NONE")
    assert outcome(assessed(left="2026-11-20"))[1:3] == ("NaT", "NONE")
    again = assessed(left="2026-11-10", opted_in="2026-11-20")
    assert outcome(again)[1] == "2026-11-20"
    assert outcome(assessed(left="2026-11-20", opted_in="2026-11-10"))[1] == "NaT"


def test_opting_out_within_a_month_of_the_later_of_membership_and_letter() -> None:
    member_from, told = days(*["2026-11-02"] * 4), days(*["2026-11-10"] * 4)
    notices = days("2026-11-09", "2026-12-09", "2026-12-10", None)
    result = opt_outs(member_from, told, notices, row(*[120_00] * 4), LAW)
    assert (str(result.opens_on[0]), str(result.closes_on[0])) == ("2026-11-10", "2026-12-09")
    assert result.valid.tolist() == [False, True, False, False]
    assert result.refund.tolist() == [0, 120_00, 0, 0]
    assert str(result.refund_until[1]) == "2027-01-09"
    assert result.workings(1) == [
        "Opting out was possible from 10 November 2026 to 9 December 2026.",
        "The notice was in time: £120.00 is refunded by 9 January 2027.",
    ]
    assert result.workings(2)[1] == "No notice came in that time, so nothing is refunded."


def test_re_enrolment_dates_as_the_regulator_gives_them() -> None:
    """From 1 October 2013: any day from 1 July to 31 December 2016, declared within five months."""
    result = re_enrolment_dates(days("2013-10-01", "2013-10-01"), days(None, "2016-11-15"), LAW)
    assert result.anniversary.tolist() == [date(2016, 10, 1), date(2019, 11, 15)]
    assert result.first_day.tolist() == [date(2016, 7, 1), date(2019, 8, 15)]
    assert result.last_day.tolist() == [date(2016, 12, 31), date(2020, 2, 14)]
    assert result.declare_until.tolist() == [date(2017, 2, 28), date(2020, 4, 14)]


@pytest.mark.parametrize(
    ("given_now", "again"),
    [
        ({"left": "2025-11-30"}, True),  # twelve months to the day
        ({"left": "2025-12-01"}, False),
        ({"left": None}, False),  # never enrolled: that is the ordinary duty
        ({"left": "2024-01-01", "member": True}, False),
        ({"left": "2024-01-01", "earnings": 800_00}, False),
    ],
)
def test_who_is_enrolled_again(given_now: dict, again: bool) -> None:
    result = re_enrol(worker(**given_now), TODAY, Frequency.MONTHLY, LAW)
    assert result.enrolled.tolist() == [again]
    assert result.letter_until.tolist() == [date(2027, 1, 11) if again else None]


def test_qualifying_earnings_by_frequency() -> None:
    bands = {
        name: qualifying_earnings(row(300_00, 9_999_00), levels).tolist()
        for name, levels in LAW.earnings.items()
    }
    assert bands == {
        "weekly": [180_00, 847_00], "fortnightly": [60_00, 1_694_00],
        "four_weekly": [0, 3_387_00], "monthly": [0, 3_669_00],
    }  # fmt: skip


def test_calendar_months_and_birthdays() -> None:
    starts = days("2026-01-31", "2028-01-31", "2026-11-30")
    assert add_months(starts, 1).tolist() == [
        date(2026, 2, 28),
        date(2028, 2, 29),
        date(2026, 12, 30),
    ]
    assert add_months(days("2026-03-31"), -1).tolist() == [date(2026, 2, 28)]
    born = days("2008-02-29", "2008-02-29", "2008-02-29")
    assert ages(born, days("2026-02-28", "2026-03-01", "2028-02-29")).tolist() == [17, 18, 20]


people = st.lists(
    st.tuples(
        st.dates(date(1940, 1, 1), date(2015, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        st.one_of(st.integers(0, 2_000_00), st.sampled_from([520_00, 520_01, 833_00, 833_01])),
    ), min_size=1,
)  # fmt: skip


@given(people, st.dates(date(2026, 4, 6), date(2027, 4, 5)))
def test_categories_equal_the_twin(rows: list, day: date) -> None:
    born, pension_age, earnings = zip(*rows, strict=True)
    count = len(rows)
    none = days(*[None] * count)
    workers = Workers(
        np.array(born, dtype="datetime64[D]"), np.array(pension_age, dtype="datetime64[D]"),
        row(*earnings), days(*["2026-04-06"] * count), none, np.zeros(count, dtype=bool), none,
        none, np.zeros(count, dtype=bool),
    )  # fmt: skip
    result = assess(workers, np.datetime64(day, "D"), Frequency.MONTHLY, LAW)
    expected = [twin.category(*one, day) for one in rows]
    assert [WORDS[Category(int(one))] for one in result.category] == expected
    # Nobody who is not a member is without either a letter or a reason to have none.
    assert ((result.letter == Letter.NONE) == (result.category == Category.NOBODY)).all()
    assert (~np.isnat(result.enrol_on) == (result.category == Category.ELIGIBLE)).all()
