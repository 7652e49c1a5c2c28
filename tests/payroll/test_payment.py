"""From gross to net in one call: the lines add up, protected earnings hold, many are as one."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator.attachments import Kind
from payroll.calculator.payment import pay_group
from payroll.calculator.payslip import employer_lines, payslip_lines
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.people import Element, People
from payroll.calculator.periods import Frequency
from payroll.calculator.tax_codes import parse_code
from payroll.case_columns import (
    Case,
    Order,
    Overpayment,
    ParentalLeave,
    Pension,
    Sickness,
    Work,
    group_of,
    people_of,
)
from payroll.cases import answer
from payroll.law import CONFIRMED, Rate

DAY = date(2026, 11, 30)
MADE = date(2026, 1, 5)
PLAIN = Case(DAY, Frequency.MONTHLY, 300_000, "As given.", parse_code("1257L"), "A")
BORN = Work(born=date(1990, 2, 3))

orders = st.builds(
    Order,
    kind=st.sampled_from(list(Kind)),
    made_on=st.dates(date(2024, 1, 1), DAY),
    higher=st.booleans(),
    normal=st.integers(0, 60_000),
    protected=st.integers(0, 150_000),
    arrears=st.integers(0, 20_000),
    outstanding=st.integers(0, 400_000),
).map(
    lambda order: replace(
        order,
        table={Kind.COUNCIL_TAX: 0, Kind.FINE: 2, Kind.EARNINGS_ARRESTMENT: 3}.get(order.kind, -1),
    )
)
overpayments = st.builds(
    Overpayment,
    gross_owed=st.integers(0, 300_000),
    net_owed=st.integers(0, 200_000),
    instalment=st.integers(0, 100_000),
    same_tax_year=st.booleans(),
    protected=st.integers(0, 200_000),
)
cases = st.builds(
    Case,
    day=st.just(DAY),
    frequency=st.just(Frequency.MONTHLY),
    gross=st.integers(0, 1_500_000),
    gross_words=st.just("As given."),
    code=st.sampled_from(["1257L", "S1257L X", "K100 X", "BR", "0T", "NT"]).map(parse_code),
    letter=st.sampled_from("ABCHJMX"),
    plans=st.integers(0, 31),
    other_pay=st.integers(0, 50_000),
    before=st.tuples(st.integers(0, 5_000_000), st.integers(0, 900_000)),
    sacrifice=st.integers(0, 50_000),
    pension_sacrifice=st.integers(0, 50_000),
    pension=st.one_of(
        st.none(),
        st.builds(
            Pension,
            scheme=st.sampled_from(list(Scheme)),
            rate=st.integers(0, 1200).map(Rate),
            employer_rate=st.integers(0, 2500).map(Rate),
            half=st.booleans(),
        ),
    ),
    gift=st.integers(0, 20_000),
    orders=st.lists(orders, max_size=3).map(tuple),
    order_fee=st.integers(0, 100),
    overpaid=st.one_of(st.none(), overpayments),
    work=st.one_of(
        st.none(), st.builds(Work, born=st.just(date(1990, 2, 3)), minutes=st.integers(0, 12_000))
    ),
)


@settings(max_examples=150, deadline=None)
@given(case=cases)
def test_lines_add_up_to_net_and_protected_earnings_hold(case: Case) -> None:
    group, people = group_of(case), people_of(case)
    payment = pay_group(group, people)
    lines = payslip_lines(payment, 0)
    net = int(payment.statement.net[0])
    assert sum(line.amount for line in lines) == net == payment.statement.lines.sum()
    assert all(line.workings for line in lines)
    settled = payment.settled
    left = settled.seen - settled.deducted
    assert (left >= settled.protected)[settled.deducted > 0].all()
    if len(case.orders) == 1 and settled.deducted[0]:
        # A fee may go below; what is seen alone is all of net earnings.
        assert settled.pay.net[0] - settled.taken[0] >= settled.protected[0]
    assert settled.deducted.sum() == settled.taken[0]
    if payment.net_recovered.total[0]:
        assert case.overpaid
        assert net >= max(case.overpaid.protected, *settled.protected, 0)
    if payment.sacrificed.allowed.any():
        assert payment.minimum_wage.counted[0] >= payment.minimum_wage.required[0]
    assert all(line.workings for line in employer_lines(payment, 0))
    cost = sum(line.amount for line in employer_lines(payment, 0))
    given_up = int(payment.sacrificed.allowed.sum())
    employer = int(payment.employer_nic[0] + payment.pensions.employer[0])
    assert cost == int(payment.pay[0]) + given_up + employer


def joined(rows: list[Any]) -> Any:
    """The columns of several people one behind the other."""
    first = rows[0]
    if is_dataclass(first):
        return type(first)(
            **{f.name: joined([getattr(row, f.name) for row in rows]) for f in fields(first)}
        )
    if isinstance(first, np.ndarray):
        return np.concatenate(rows, axis=-1)
    return first


def many(people: list[People]) -> People:
    """One pay group of them, positions of people counted on."""
    for number, person in enumerate(people):
        at = np.int64(number)
        people[number] = replace(
            person,
            elements=(),
            orders=replace(
                person.orders,
                person=person.orders.person + at,
                number=person.orders.number + 10 * at,
            ),
            directors=replace(person.directors, person=person.directors.person + at),
            overpaid_person=person.overpaid_person + at,
        )
    return joined(people)


@settings(max_examples=60, deadline=None)
@given(several=st.lists(cases, min_size=2, max_size=5))
def test_a_pay_group_is_paid_as_each_of_its_people_alone(several: list[Case]) -> None:
    several = [replace(case, order_fee=100, other_pay=0) for case in several]
    group = group_of(several[0])
    alone = [pay_group(group, people_of(case)) for case in several]
    gross = np.array([case.gross for case in several], dtype=np.int64)
    pay = Element("Gross pay", gross, lambda i: ["As given."])
    together = pay_group(
        group, replace(many([people_of(case) for case in several]), elements=(pay,))
    )
    for i, one in enumerate(alone):
        assert payslip_lines(together, i) == payslip_lines(one, 0)
        assert employer_lines(together, i) == employer_lines(one, 0)
        assert together.enrolment.workings(i) == one.enrolment.workings(0)


def amount(case: Case, name: str) -> int:
    return {line.name: line.amount for line in answer(case).lines}.get(name, 0)


def test_each_scheme_takes_its_own_part() -> None:
    """3,000.00 a month: 36,000 a year."""
    taken = {
        scheme: -amount(
            replace(PLAIN, pension=Pension(scheme, Rate(500), Rate(300))), "Pension contribution"
        )
        for scheme in Scheme
    }
    assert taken == {
        Scheme.NONE: 0,
        Scheme.NHS: 29_400,  # 9.8%
        Scheme.LGPS: 19_500,  # 6.5%
        Scheme.CIVIL_SERVICE: 13_800,  # 4.6%
        Scheme.TEACHERS: 22_200,  # 7.4%
        Scheme.MONEY_PURCHASE: 9_920,  # 5% of 2,480.00 above the lower level, less a fifth
        Scheme.PERCENTAGE: 15_000,
    }


def test_the_re_enrolment_date_ends_the_half_section() -> None:
    half = replace(PLAIN, pension=Pension(Scheme.LGPS, half=True))
    whole = replace(half, re_enrolment=True)
    assert amount(half, "Pension contribution") * 2 == amount(whole, "Pension contribution")


def test_what_is_given_up_is_neither_taxed_nor_pensionable() -> None:
    pension = Pension(Scheme.PERCENTAGE, Rate(1000))
    given_up = replace(PLAIN, sacrifice=20_000, pension_sacrifice=30_000, pension=pension)
    less = replace(PLAIN, gross=250_000, pension=pension)
    for name in ("Pension contribution", "Income tax", "National Insurance"):
        assert amount(given_up, name) == amount(less, name)
    assert answer(given_up).employer_cost == answer(less).employer_cost + 50_000


def test_the_pension_gives_way_last_where_the_minimum_wage_stops_a_sacrifice() -> None:
    """150 hours at 12.71 need 1,906.50 of 2,000.00."""
    case = replace(
        PLAIN, gross=200_000, sacrifice=5_000, pension_sacrifice=6_000,
        work=replace(BORN, minutes=150 * 60),
    )  # fmt: skip
    sacrificed = answer(case).payment.sacrificed
    assert sacrificed.allowed[:, 0].tolist() == [3_350, 6_000]


def test_gross_taken_back_lowers_tax_and_net_taken_back_does_not() -> None:
    owed = Overpayment(50_000, 36_000, 10_000, same_tax_year=True)
    gross = replace(PLAIN, before=(0, 0), overpaid=owed)
    net = replace(gross, overpaid=replace(owed, same_tax_year=False))
    plain = replace(PLAIN, before=(0, 0), gross=290_000)
    assert amount(gross, "National Insurance") == amount(plain, "National Insurance")
    assert amount(net, "National Insurance") == amount(
        replace(PLAIN, before=(0, 0)), "National Insurance"
    )
    assert answer(net).net == answer(replace(PLAIN, before=(0, 0))).net - 10_000


def test_sick_days_stop_pay_and_bring_sick_pay() -> None:
    """Monday 2 to Friday 6 November of 21 working days, at the weekly rate."""
    case = replace(PLAIN, sickness=Sickness(date(2026, 11, 2), date(2026, 11, 6)))
    assert amount(case, "Time away") == -71_429
    assert amount(case, "Statutory sick pay") == 12_325


def test_parental_pay_bears_loans_and_no_order() -> None:
    """Four weeks and two days at 90% of 3,000 times 12 over 52 weeks, of which 92% comes back."""
    leave = ParentalLeave("maternity", date(2026, 11, 1), 5)
    case = replace(
        PLAIN, parental=leave, plans=16, orders=(Order(Kind.COURT, MADE, normal=10_000),)
    )
    lines = {line.name: line for line in answer(case).lines}
    assert lines["Time away"].amount == -300_000
    assert lines["Statutory maternity pay"].amount == 267_035
    assert lines["Court order (priority)"].amount == 0
    unordered = answer(replace(case, orders=()))
    assert {line.name: line.amount for line in unordered.lines}["Postgraduate loan"] == -5_500
    back = {line.name: line.amount for line in unordered.employer}["Parental pay recovered"]
    assert back == -245_672


def test_average_earnings_come_from_the_earlier_paydays() -> None:
    """Two months of 1,000.00: 90% of 230.77 a week is paid, not of what this payment would give."""
    leave = ParentalLeave("maternity", date(2026, 11, 2), 1, due_on=date(2026, 12, 28))
    case = replace(
        PLAIN,
        parental=leave,
        work=replace(BORN, employed_from=date(2020, 1, 1)),
        paid=tuple((date(2026, month, 28), 100_000) for month in range(6, 11)),
    )
    assert amount(case, "Statutory maternity pay") == 20_770
    with pytest.raises(ValueError, match="day the child is due"):
        answer(replace(case, parental=replace(leave, due_on=None)))
    with pytest.raises(ValueError, match="first day of the employment"):
        answer(replace(case, work=None))


def test_enrolment_waits_for_a_postponement_and_the_re_enrolment_date_ends_an_opt_out() -> None:
    started = replace(BORN, employed_from=date(2026, 11, 2))
    said = answer(replace(PLAIN, work=started)).checks["Automatic enrolment"]
    assert "To be enrolled from 2 November 2026." in said
    said = answer(replace(PLAIN, work=replace(started, postponed=True))).checks
    assert any("enrolment is postponed" in one for one in said["Automatic enrolment"])
    left = replace(started, employed_from=date(2020, 1, 1), left_scheme_on=date(2024, 1, 1))
    said = answer(replace(PLAIN, work=left, re_enrolment=True)).checks
    assert any("enrols them again" in one for one in said["Automatic enrolment"])
    recent = replace(left, left_scheme_on=date(2026, 6, 1))
    said = answer(replace(PLAIN, work=recent, re_enrolment=True)).checks
    assert "The re-enrolment date does not enrol them again." in said["Automatic enrolment"]


def test_state_pension_age_is_asked_where_it_can_matter() -> None:
    old = Work(born=date(1958, 1, 1))
    with pytest.raises(ValueError, match="State Pension age"):
        answer(replace(PLAIN, work=old))
    said = answer(replace(PLAIN, work=replace(old, state_pension_on=date(2024, 1, 1)))).checks
    assert "Age 68, from State Pension age." in said["Automatic enrolment"]


def test_a_pay_run_uses_confirmed_pension_figures_only() -> None:
    case = replace(PLAIN, pension=Pension(Scheme.NHS))
    with pytest.raises(Refused, match="only derived"):
        pay_group(replace(group_of(case), allow=CONFIRMED), people_of(case))
    pension = answer(case).lines[1]
    assert "Some figures of the scheme are derived, not yet confirmed." in pension.workings
