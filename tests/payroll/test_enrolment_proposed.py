"""What a run proposes for one worker, at every threshold of age, pay and day."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payroll.calculator.dates import as_dates
from payroll.calculator.pensions import Contributions, for_days, given_back
from payroll.calculator.periods import Frequency
from payroll.calculator.state_pension import STATE_PENSION_AGE, pensionable_from
from payroll.paying.enrolment import Rule, Standing, member_days, proposed
from payroll.paying.inputs import Inputs, Shared
from tests.payroll.law_of import days, law, row

NOVEMBER = Shared(
    date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 30), Frequency.MONTHLY, "working", False
)
RULE = Rule(
    duties_from=date(2020, 1, 1), scheme=5, member_rate=500, employer_rate=300,
    postponement_months=0, re_enrol_on=None,
)  # fmt: skip
FIRST, NEW = "2026-11-01", Standing(1)
PIECE = [1, "Clerk", "05", 1, 2220, 2220, FIRST, "2026-12-01", []]


def worker(born: str = "1990-01-01", since: str = "2025-04-01", scheme: int = 0) -> Inputs:
    return Inputs(
        code="1257L", cumulative=True, letter="A", loans=0, scheme=scheme, half=False,
        employer_rate=0, born_on=born, employed_from=since, taxable_before=0, tax_before=0,
        pieces=[PIECE],
    )  # fmt: skip


def found(pay: int = 2_000_00, known: Standing = NEW, rule: Rule = RULE, **given: Any) -> Inputs:
    return proposed(rule, NOVEMBER, [worker(**given)], [known], row(pay))[0]


def became(pay: int = 2_000_00, **given: Any) -> tuple[Any, ...]:
    """What becomes of them, their category, from which day, and the letter; or nothing."""
    entry = found(pay, **given).enrolment
    return (*entry[:3], entry[6]) if entry else ()


@pytest.mark.parametrize(
    ("pay", "given", "result"),
    [
        (833_01, {}, ("enrolled", 3, FIRST, 3)),
        (833_00, {}, ("assessed", 2, FIRST, 2)),
        (520_01, {}, ("assessed", 2, FIRST, 2)),
        (520_00, {}, ("assessed", 1, FIRST, 1)),
        (0, {}, ("assessed", 1, FIRST, 1)),
        # 22 on a day of the period, and the day after it.
        (833_01, {"born": "2004-11-30"}, ("enrolled", 3, "2026-11-30", 3)),
        (833_01, {"born": "2004-12-01"}, ("assessed", 2, FIRST, 2)),
        # State Pension age: 66 years and 4 months for these two, 66 and 3 for the last.
        (833_01, {"born": "1960-08-05"}, ("enrolled", 3, FIRST, 3)),
        (833_01, {"born": "1960-07-31"}, ("enrolled", 3, FIRST, 3)),
        (833_01, {"born": "1960-07-05"}, ("assessed", 2, FIRST, 2)),
        (833_01, {"born": "2010-11-01"}, ("assessed", 2, FIRST, 2)),
        (833_01, {"born": "2010-11-02"}, ()),
        (833_01, {"born": "1951-11-02"}, ("assessed", 2, FIRST, 2)),
        (833_01, {"born": "1951-11-01"}, ()),
        (833_01, {"since": "2026-11-16"}, ("enrolled", 3, "2026-11-16", 3)),
        (833_01, {"scheme": 2}, ("assessed", 3, FIRST, 0)),
    ],
)
def test_by_age_and_pay(pay: int, given: dict[str, Any], result: tuple[Any, ...]) -> None:
    assert became(pay, **given) == result


def test_by_the_day_of_the_duties_and_what_is_known() -> None:
    later = replace(RULE, duties_from=date(2026, 11, 20))
    assert became(rule=later) == ("enrolled", 3, "2026-11-20", 3)
    assert became(rule=replace(RULE, duties_from=date(2026, 12, 1))) == ()
    # Told before: nothing new. Joining already: nothing at all.
    assert became(600_00, known=Standing(1, 7, category=2)) == ()
    assert became(600_00, known=Standing(1, 7, category=1)) == ("assessed", 2, FIRST, 2)
    assert became(known=Standing(1, 7, category=2, coming=True)) == ()
    gone = Standing(1, 7, category=3, event="opted_out", left_on=date(2026, 12, 9))
    assert became(known=gone) == ()


def test_by_postponement() -> None:
    months = replace(RULE, postponement_months=3)
    entry = found(rule=months).enrolment
    assert entry == ["postponed", 3, FIRST, "2027-02-01", 0, 2_000_00, 4, "2026-12-13", 0]
    waits = Standing(1, 7, category=3, deferred_to=date(2026, 12, 1))
    assert became(rule=months, known=waits) == ()
    over = replace(waits, deferred_to=date(2026, 11, 11))
    assert became(rule=months, known=over) == ("enrolled", 3, "2026-11-11", 3)
    assert became(833_00, rule=months, known=over) == ("assessed", 2, FIRST, 2)


def test_by_the_re_enrolment_date() -> None:
    rule = replace(RULE, re_enrol_on=date(2026, 11, 20))
    left = Standing(1, 7, category=3, event="ceased", left_on=date(2025, 11, 20))
    assert became(rule=rule, known=left) == ("re_enrolled", 3, "2026-11-20", 3)
    assert found(rule=rule, known=left).member_days == [11, 30]
    assert became(rule=rule, known=replace(left, left_on=date(2025, 11, 21))) == ()
    assert became(833_00, rule=rule, known=left) == ("assessed", 2, FIRST, 0)


def test_who_is_enrolled_is_a_member_from_that_day_on() -> None:
    one = found(since="2026-11-16")
    assert (one.scheme, one.member_rate, one.employer_rate) == (5, 500, 300)
    assert found(600_00).scheme == 0
    assert member_days([PIECE], date(2026, 11, 1)) == []
    assert member_days([PIECE], date(2026, 11, 30)) == [1, 30]
    assert member_days([PIECE, PIECE], date(2026, 11, 21)) == [20, 60]


def test_state_pension_age_by_date_of_birth() -> None:
    table = law(STATE_PENSION_AGE)
    born = days("1954-10-06", "1960-04-05", "1960-04-06", "1960-07-31", "1961-03-05", "1961-03-06",
                "1950-01-01")  # fmt: skip
    assert [str(one) for one in pensionable_from(born, table)] == [
        "2020-10-06", "2026-04-05", "2026-05-06", "2026-11-30", "2028-02-05", "2028-03-06",
        "2016-01-01",
    ]  # fmt: skip
    assert pensionable_from(as_dates(["1960-09-06"]), table)[0] == as_dates("2027-03-06")


def test_a_share_of_days_and_a_refund() -> None:
    whole = Contributions(
        row(1_000_00), row(0), row(500), row(50_01), row(10_00), row(30_00),
        net_pay_arrangement=False,
    )  # fmt: skip
    part = for_days(whole, row(10), row(30))
    assert [int(c[0]) for c in (part.pensionable, part.employee, part.relief, part.employer)] == [
        333_33, 16_67, 3_33, 10_00
    ]  # fmt: skip
    back = given_back(for_days(whole, row(0), row(1)), row(40_00), row(30_00))
    assert (int(back.deducted[0]), int(back.employer[0])) == (-40_00, -30_00)
    assert back.workings(0) == ["Given back after opting out: £40.00."]
