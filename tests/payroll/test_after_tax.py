"""Overpayments, payroll giving, employer charges, and that the lines of a payslip add up to net."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.calculator import pensions
from payroll.calculator.employer_charges import (
    APPRENTICESHIP_LEVY,
    EMPLOYMENT_ALLOWANCE,
    apprenticeship_levy,
    employment_allowance,
)
from payroll.calculator.net_pay import attachable_earnings, net_pay
from payroll.calculator.overpayments import Plans, Recovery, recover
from payroll.calculator.payroll_giving import payroll_giving
from payroll.calculator.periods import Frequency
from tests.payroll.law_of import NOVEMBER, law, row
from tests.payroll.test_attachments import group, of

LEVY = law(APPRENTICESHIP_LEVY)
FULL = row(LEVY.yearly_allowance)


def plan(
    gross: int, net: int, instalment: int, available: int, protected: int, *,
    agreed: bool = True, same_year: bool = False,
) -> Recovery:  # fmt: skip
    return recover(
        Plans(row(gross), row(net), row(instalment), np.array([agreed]), np.array([same_year]),
              row(available), row(protected))
    )  # fmt: skip


def test_recovery_in_the_same_tax_year_is_gross() -> None:
    """1,000 gross was 680 net; 250 gross back leaves 750 and 510."""
    result = plan(1_000_00, 680_00, 250_00, 2_000_00, 1_500_00, same_year=True)
    assert (result.gross_line[0], result.net_line[0]) == (250_00, 0)
    assert (result.gross_left[0], result.net_left[0]) == (750_00, 510_00)
    assert result.workings(0) == [
        "Recovered gross, in the tax year of the mistake: £250.00 of an instalment of £250.00;"
        " £1,500.00 must be left.",
        "Still owed: £750.00 gross, £510.00 net.",
    ]


def test_recovery_after_the_tax_year_is_net_and_stops_at_what_is_protected() -> None:
    result = plan(1_000_00, 680_00, 170_00, 1_600_00, 1_500_00)
    assert (result.gross_line[0], result.net_line[0]) == (0, 100_00)
    assert (result.gross_left[0], result.net_left[0]) == (852_94, 580_00)


def test_nothing_is_recovered_without_agreement() -> None:
    result = plan(1_000_00, 680_00, 170_00, 9_000_00, 0, agreed=False)
    assert (result.net_line[0], result.net_left[0]) == (0, 680_00)
    assert "no agreement" in result.workings(0)[0]


amount = st.integers(0, 5_000_00)


@given(
    st.lists(
        st.tuples(amount, amount, amount, st.booleans(), st.booleans(), amount, amount), min_size=1
    )
)
def test_a_plan_never_takes_more_than_is_owed_or_free(plans: list) -> None:
    gross, net, instalment, agreed, same, available, protected = (
        np.array(column) for column in zip(*plans, strict=True)
    )
    result = recover(Plans(gross, net, instalment, agreed, same, available, protected))
    taken = result.gross_line + result.net_line
    owed = np.where(same, gross, net)
    assert (available - taken >= np.minimum(available, protected)).all()
    assert ((taken >= 0) & (taken <= owed) & (taken <= instalment)).all()
    assert (taken + np.where(same, result.gross_left, result.net_left) == owed).all()
    assert (taken[~agreed] == 0).all()
    cleared = (taken == owed) & (owed > 0)
    assert (result.gross_left[cleared] + result.net_left[cleared] == 0).all()


def test_gifts_come_off_taxable_pay_as_far_as_it_goes() -> None:
    result = payroll_giving(row(2_000_00, 30_00, -5_00), row(50_00, 50_00, 50_00))
    assert result.deducted.tolist() == [50_00, 30_00, 0]
    assert result.taxable.tolist() == [1_950_00, 0, -5_00]
    assert result.workings(1) == [
        "Given before tax: £30.00.",
        "The authority is for £50.00; taxable pay does not reach that far.",
        "Taxable pay after the gift: £0.00.",
    ]


def test_the_levy_is_cumulative() -> None:
    """400,000 a month is 2,000 of levy less 1,250: 750. A month without pay gives 750 - 0 back."""
    first = apprenticeship_levy(row(400_000_00), 1, FULL, row(0), LEVY)
    assert first.due.tolist() == [750_00]
    second = apprenticeship_levy(row(400_000_00), 2, FULL, row(750_00), LEVY)
    assert second.due.tolist() == [-750_00]
    assert second.workings(0) == [
        "Levy on the pay bill of the year so far: £2,000.00.",
        "Less allowance so far: £2,500.00.",
        "Due so far: £0.00, of which £750.00 in earlier months.",
        "Due this month: −£750.00.",
    ]


def test_levy_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="tax month 13"):
        apprenticeship_levy(row(0), 13, FULL, row(0), LEVY)
    with pytest.raises(ValueError, match="larger than the allowance"):
        apprenticeship_levy(row(0), 1, FULL + 1, row(0), LEVY)


@given(st.lists(st.integers(0, 900_000_00), min_size=12, max_size=12), st.integers(0, 15_000_00))
def test_twelve_months_of_levy_are_the_year(months: list[int], allowance: int) -> None:
    before = row(0)
    for month in range(1, 13):
        bill = row(sum(months[:month]))
        before = before + apprenticeship_levy(bill, month, row(allowance), before, LEVY).due
    assert before[0] == max(int(Fraction(sum(months), 200)) - allowance, 0)


def test_public_authorities_have_no_employment_allowance() -> None:
    allowance = EMPLOYMENT_ALLOWANCE.on(NOVEMBER)
    used = employment_allowance(
        row(4_000_00, 4_000_00, 4_000_00), row(0, 8_000_00, 8_000_00),
        np.array([False, True, False]), allowance,
    )  # fmt: skip
    assert used.tolist() == [0, 2_500_00, 0]


@given(group, st.sampled_from([Frequency.WEEKLY, Frequency.MONTHLY]))
def test_the_lines_of_a_payslip_add_up_to_net(people: list, frequency: Frequency) -> None:
    """The whole way down: earnings, pension, gift, tax, NIC, loans, orders and fees, a plan."""
    count = len(people)
    pay = row(*(one[0] for one in people))
    scheme = pensions.lgps(
        pay, pay * 12, np.zeros(count, dtype=bool), law(pensions.LGPS_TIERS), pay * 0 + 2_000
    )
    gift = payroll_giving(pay - scheme.off_taxable_pay, pay // 50)
    tax, nic = gift.taxable // 5, pay // 12
    attachable = attachable_earnings(pay, pay * 0, tax, nic, scheme.deducted)
    settled = of(
        [(int(net), *rest[1:]) for net, rest in zip(attachable, people, strict=True)], frequency
    )
    left = attachable - settled.taken - settled.fees
    left = left - settled.student_loan - settled.postgraduate_loan - gift.deducted
    plans = recover(
        Plans(pay, pay, pay // 10, np.ones(count, dtype=bool), np.zeros(count, dtype=bool), left,
              attachable // 2)
    )  # fmt: skip
    statement = net_pay(
        {"Basic pay": pay},
        {
            "Pension": scheme.deducted, "Payroll giving": gift.deducted, "Tax": tax, "NIC": nic,
            "Student loan": settled.student_loan, "Postgraduate loan": settled.postgraduate_loan,
            "Orders": settled.taken, "Fees": settled.fees, "Overpayment": plans.net_line,
        },
    )  # fmt: skip
    assert (statement.lines.sum(axis=0) == statement.net).all()
    plain = [
        int(pay[at]) - sum(int(line[at]) for line in (
            scheme.deducted, gift.deducted, tax, nic, settled.student_loan,
            settled.postgraduate_loan, settled.taken, settled.fees, plans.net_line,
        ))
        for at in range(count)
    ]  # fmt: skip
    assert statement.net.tolist() == plain
    assert statement.net.tolist() == (left - plans.net_line).tolist()
    assert (statement.net >= np.minimum(left, attachable // 2)).all()


def test_parental_pay_is_not_attached() -> None:
    earnings, parental = row(1_000_00, 1_000_00), row(0, 900_00)
    tax, nic, pension = row(100_00, 100_00), row(50_00, 50_00), row(60_00, 60_00)
    assert attachable_earnings(earnings, parental, tax, nic, pension).tolist() == [790_00, 0]


def test_a_payslip_in_words() -> None:
    statement = net_pay({"Basic pay": row(2_000_00)}, {"Tax": row(190_00), "Refund": row(-10_00)})
    assert statement.workings(0) == [
        "Basic pay: £2,000.00", "Tax: −£190.00", "Refund: £10.00", "Net pay: £1,820.00",
    ]  # fmt: skip
