"""Pay days on banking days, and pay of a part of a period by each rule."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from payroll.calculator.periods import Frequency
from payroll.calendar import calendar
from payroll.paying.basic import pieces_of
from payroll.paying.costs import costs_of
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import Inputs, Shared

NOVEMBER = Shared(
    date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 30), Frequency.MONTHLY, "working", False
)
YEAR = 2_600_000


def piece(starts: str, ends: str, *, job: int = 1, split: Any = ((7, None, 10_000),)) -> list[Any]:
    return [job, "Clerk", "G2, 05", YEAR, 2_220, 2_220, starts, ends, [list(one) for one in split]]


def someone(*pieces: list[Any]) -> Inputs:
    return Inputs("1257L", True, "A", 0, 0, False, 0, "1980-01-01", "2020-01-01", 0, 0, pieces)


def paid(rule: str, *pieces: list[Any]) -> list[int]:
    shared = Shared(**{**vars(NOVEMBER), "pro_rata": rule})
    return pieces_of(shared, [someone(*pieces)]).amount.tolist()


def test_pay_days_lie_on_banking_days_with_time_for_bacs() -> None:
    days = calendar(
        Frequency.MONTHLY, date(2026, 10, 31), first=date(2026, 10, 1), count=3, cut_off_days=8
    )
    assert [one.pays_on for one in days] == [
        date(2026, 10, 30), date(2026, 11, 30), date(2026, 12, 31)
    ]  # fmt: skip
    november = days[1]
    assert (november.starts_on, november.ends_on) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (november.submit_on, november.approve_on) == (date(2026, 11, 26), date(2026, 11, 25))
    assert november.cut_off_on == date(2026, 11, 18)
    # Christmas lies between.
    assert days[2].submit_on == date(2026, 12, 29)


def test_weeks_end_on_the_pay_day() -> None:
    days = calendar(
        Frequency.FORTNIGHTLY, date(2026, 11, 6), first=date(2026, 11, 7), count=2, cut_off_days=4
    )
    assert [(one.starts_on, one.ends_on, one.pays_on) for one in days] == [
        (date(2026, 11, 7), date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 12, 4), date(2026, 12, 4)),
    ]


@pytest.mark.parametrize(
    ("rule", "pence"),
    [
        # 11 of the 21 working days, 15 of the 30 days of November, 11/260 and 15/365 of a year.
        ("working", 113_492),
        ("calendar", 108_333),
        ("per_260", 110_000),
        ("per_365", 106_849),
    ],
)
def test_a_starter_is_paid_by_the_rule_of_the_group(rule: str, pence: int) -> None:
    assert abs(paid(rule, piece("2026-11-16", "2026-12-01"))[0] - pence) <= 1


@pytest.mark.parametrize("rule", ["working", "calendar", "per_260", "per_365"])
def test_a_change_within_the_period_adds_up_to_the_whole(rule: str) -> None:
    whole = paid(rule, piece("2026-11-01", "2026-12-01"))
    assert whole == [216_667]
    parts = [piece(f"2026-11-{a:02}", f"2026-11-{b:02}") for a, b in ((1, 4), (4, 11), (11, 30))]
    assert sum(paid(rule, *parts, piece("2026-11-30", "2026-12-01"))) == whole[0]


def test_costs_are_shared_out_to_the_last_penny() -> None:
    thirds = ((7, None, 3_333), (8, None, 3_333), (None, 2, 3_334))
    people = [
        someone(piece("2026-11-01", "2026-12-01", split=thirds)),
        someone(piece("2026-11-01", "2026-11-16"), piece("2026-11-16", "2026-12-01", split=thirds)),
        someone(),
    ]
    pieces = pieces_of(NOVEMBER, people)
    total = np.array([100_000, 100_001, 0])
    costs = costs_of(people, pieces, total, total * 2, total * 0, total * 0)
    assert [int(costs.pay[costs.person == n].sum()) for n in range(3)] == [100_000, 100_001, 0]
    assert [int(costs.nic[costs.person == n].sum()) for n in range(2)] == [200_000, 200_002]
    assert list(zip(costs.unit.tolist(), costs.other.tolist(), strict=True))[:3] == [
        (0, 2), (7, 0), (8, 0)
    ]  # fmt: skip


def test_two_jobs_are_one_pay_and_each_its_own_line() -> None:
    month = ("2026-11-01", "2026-12-01")
    worked = work_out(NOVEMBER, [someone(piece(*month), piece(*month, job=2)), someone()])
    assert worked.jobs == (1, 2)
    assert worked.payment.gross.tolist() == [433_334, 0]
    assert worked.payment.statement.net[0] > 0
    assert worked.pieces.workings(0, 2)[-1] == "A twelfth of it is £2,166.67."


def test_the_figures_of_a_day_have_one_hash() -> None:
    assert law_on(date(2026, 11, 30)) == law_on(date(2026, 12, 31))
    assert law_on(date(2026, 11, 30)) != law_on(date(2026, 3, 31))
