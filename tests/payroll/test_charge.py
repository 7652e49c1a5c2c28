"""Contributions and loans on the pay of several employments, against a slow twin."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.calculator.charge import loans_due, national_insurance
from payroll.calculator.loans import plan_bits
from payroll.calculator.people import Jointly, People
from payroll.calculator.periods import Frequency
from payroll.case_columns import group_of, people_of
from tests.payroll.groups import YEARS, row
from tests.payroll.test_payment import PLAIN
from tests.payroll.twin import nic as slow

DAY = YEARS["2026-27"]
pays = st.one_of(st.integers(0, 300_000), st.integers(0, 1_500_000), st.integers(-80_000, 0))
# Employments of one person: pay now, paid before in the same period, whether it has a loan.
employed = st.lists(st.tuples(pays, st.integers(0, 200_000), st.booleans()), min_size=1, max_size=4)
GROUP = replace(group_of(PLAIN), day=DAY, frequency=Frequency.MONTHLY)


def people(everybody: list[list[tuple[int, int, bool]]], letter: str) -> tuple[People, np.ndarray]:
    """The pay group of these people's employments, one behind the other, and their pay."""
    flat = [one for person in everybody for one in person]
    ones, at = [], 0
    for person in everybody:
        for own in range(len(person)) if len(person) > 1 else ():
            ones += [
                (at + own, 100 + n, n == own, *((0, 0, 0) if n == own else (*each[:2], bits(each))))
                for n, each in enumerate(person)
            ]
        at += len(person)
    columns = [np.array(column) for column in zip(*ones, strict=True)]
    jointly = Jointly(*columns) if ones else Jointly(*[row()] * 2, row() == 0, *[row()] * 3)
    made = replace(
        people_of(PLAIN), letters=np.full(len(flat), letter), loans=row(*map(bits, flat)),
        liable_before=row(*(one[1] for one in flat)), jointly=jointly,
    )  # fmt: skip
    return made, row(*(one[0] for one in flat))


def bits(one: tuple[int, int, bool]) -> int:
    return plan_bits("2+PGL") if one[2] else 0


def slow_due(pay: int, letter: str) -> tuple[int, int]:
    limits = slow.LIMITS["2026-27", "monthly"]
    employee, employer, *_ = slow.class_1(Fraction(max(pay, 0), 100), letter, limits)
    return int(employee * 100), int(employer * 100)


@settings(max_examples=200, deadline=None)
@given(everybody=st.lists(employed, min_size=1, max_size=3), letter=st.sampled_from("AHJC"))
def test_the_charge_on_all_pay_is_borne_to_the_penny(everybody: list, letter: str) -> None:
    group, pay = people(everybody, letter)
    charge, at = national_insurance(GROUP, group, pay), 0
    for person in everybody:
        mine = slice(at, at + len(person))
        now, before = (sum(one[n] for one in person) for n in (0, 1))
        whole, had = slow_due(now + before, letter), slow_due(before, letter)
        for place, (due, borne) in enumerate(
            zip(charge.due, (charge.employee, charge.employer), strict=True)
        ):
            rest = whole[place] - had[place]
            assert due[mine].tolist() == [rest] * len(person)
            assert borne[mine].sum() == rest
            assert borne[mine].tolist() == slow.borne(rest, [one[0] for one in person])
        at += len(person)


@settings(max_examples=100, deadline=None)
@given(person=employed)
def test_loans_on_all_pay_are_borne_in_whole_pounds(person: list) -> None:
    group, pay = people([person], "A")
    loans = loans_due(GROUP, group, pay)
    now, before = (sum(one[n] for one in person) for n in (0, 1))
    plans = {"2", "PGL"} if any(one[2] for one in person) else set()
    both, had = (
        slow.loan(Fraction(max(amount, 0), 100), "2026-27", plans, "monthly")
        for amount in (now + before, before)
    )
    weights = [one[0] if one[2] else 0 for one in person]
    for place, taken in enumerate((loans.undergraduate, loans.postgraduate)):
        due = max(both[place] - had[place], 0)
        expected = slow.borne(due, weights)
        assert taken.tolist() == [pounds * 100 for pounds in expected]


@settings(max_examples=50, deadline=None)
@given(person=st.lists(st.tuples(pays, st.integers(0, 0), st.booleans()), min_size=2, max_size=4))
def test_a_payslip_comes_out_alone_as_among_the_others(person: list) -> None:
    """What counts beside it is in its own inputs: no other payslip is needed to work it out."""
    group, pay = people([person], "A")
    charge = national_insurance(GROUP, group, pay)
    for place in range(len(person)):
        mine = group.jointly.person == place
        columns = {name: one[mine] for name, one in vars(group.jointly).items()}
        alone = replace(
            group, letters=group.letters[[place]], loans=group.loans[[place]],
            liable_before=row(0), jointly=Jointly(**{**columns, "person": row(*[0] * mine.sum())}),
        )  # fmt: skip
        again = national_insurance(GROUP, alone, pay[[place]])
        assert (again.employee[0], again.employer[0]) == (
            charge.employee[place], charge.employer[place],
        )  # fmt: skip
