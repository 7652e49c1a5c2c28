"""Salary sacrifice: the minimum wage holds, the pension part of the year is counted."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator.salary_sacrifice import (
    PENSION_SACRIFICE_CAP,
    PensionCap,
    Sacrificed,
    Sacrifices,
    liable_to_nic,
    sacrifice,
)
from payroll.law import Pence, Status
from tests.payroll.law_of import NOVEMBER, row


def given_up(pay: int, least: int, bicycle: int, pension: int, before: int = 0) -> Sacrificed:
    return sacrifice(
        Sacrifices(
            row(pay), row(least), np.array([[bicycle], [pension]]), (False, True), row(before)
        )
    )


def test_all_that_is_asked_when_pay_allows() -> None:
    result = given_up(3_000_00, 2_000_00, 100_00, 150_00, before=450_00)
    assert (result.pay[0], result.pension[0], result.pension_to_date[0]) == (
        2_750_00, 150_00, 600_00,
    )  # fmt: skip


def test_the_first_arrangement_gives_way_before_the_pension() -> None:
    result = given_up(2_200_00, 2_000_00, 100_00, 150_00)
    assert result.allowed.tolist() == [[50_00], [150_00]]
    assert result.pay.tolist() == [2_000_00]
    assert result.workings(0) == [
        "Pay before salary sacrifice: £2,200.00.",
        "Arrangement 1 gives up £50.00.",
        "It asked for £100.00: pay may not fall below the minimum wage, £2,000.00.",
        "Arrangement 2 gives up £150.00.",
        "Given up for a pension this tax year: £150.00.",
    ]


def test_nothing_is_given_up_at_the_minimum_wage() -> None:
    assert given_up(1_900_00, 2_000_00, 100_00, 150_00).pay.tolist() == [1_900_00]


def test_the_cap_of_2029_is_known_but_not_in_force() -> None:
    with pytest.raises(Refused):
        PENSION_SACRIFICE_CAP.on(NOVEMBER)
    with pytest.raises(Refused, match="provisional"):
        PENSION_SACRIFICE_CAP.on(date(2029, 4, 30))
    cap = PENSION_SACRIFICE_CAP.on(date(2029, 4, 30), allow={Status.PROVISIONAL})
    assert cap.yearly == 2_000_00
    # 1,900 before and 300 now: 200 of it is above the cap.
    assert liable_to_nic(row(300_00, 300_00), row(2_200_00, 2_600_00), cap).tolist() == [
        200_00, 300_00,
    ]  # fmt: skip


money = st.integers(0, 5_000_00)


@given(st.lists(st.tuples(money, money, money, money, money), min_size=1))
def test_never_below_the_minimum_wage_and_nothing_lost(people: list) -> None:
    pay, least, *asked = (row(*column) for column in zip(*people, strict=True))
    result = sacrifice(Sacrifices(pay, least, np.stack(asked), (False, True, True), pay * 0))
    assert (result.pay >= np.minimum(pay, least)).all()
    assert (result.pay + result.allowed.sum(axis=0) == pay).all()
    assert ((result.allowed >= 0) & (result.allowed <= np.stack(asked))).all()
    for at, (mine, floor, *wanted) in enumerate(people):
        room = max(mine - floor, 0)
        for number in (2, 1, 0):  # plain Python: the last asks first
            taken = min(room, wanted[number])
            room -= taken
            assert result.allowed[number, at] == taken


@given(st.lists(st.integers(0, 1_000_00), min_size=1, max_size=12))
def test_months_above_the_cap_add_up_to_the_year(months: list[int]) -> None:
    cap = PensionCap(Pence(2_000_00))
    to_date = np.cumsum(months)
    over = liable_to_nic(row(*months), to_date, cap)
    assert over.sum() == max(sum(months) - cap.yearly, 0)
