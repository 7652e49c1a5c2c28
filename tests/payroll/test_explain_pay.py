"""Any case explained: sentences whose sums add up to the net pay."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency
from payroll.calculator.tax_codes import parse_code
from payroll.case_columns import Case, Pension
from payroll.cases import answer
from payroll.law import Rate
from tests.payroll.groups import YEARS

MONEY = re.compile(r"(−?)£([0-9,]+\.[0-9]{2,4})")

AT = r" at [0-9.]+% is "


def explained(*options: str) -> str:
    out = io.StringIO()
    call_command("explain_pay", *options, stdout=out)
    return out.getvalue()


def amounts_in(sentence: str) -> list[Decimal]:
    found = MONEY.findall(sentence)
    return [Decimal(text.replace(",", "")) * (-1 if sign else 1) for sign, text in found]


def test_a_salary_in_november() -> None:
    text = explained(
        *("--salary", "62000", "--code", "s1257l", "--date", "2026-11-30", "--loan", "2+PGL"),
        *("--pension", "9.8"),
    )
    for said in (
        "Pay on 30 November 2026, month 8 of 2026-27",
        "A year's salary of £62,000.00, for 1 of 12 months, is £5,166.67.",
        "Contribution at 9.8%: £506.33.",
        "The earlier payments of the tax year are taken to be like this one.",
        "Code S1257L leaves £8,386.08 free of tax to month 8",
        "£8,168.00 at 42% is £3,430.56.",
        "£7,643.95 less the £6,688.45 already taken is £955.50.",
        "£977.67 above £4,189.00 at 2% is £19.55.",
        "Student loan plan 2: 9% of the pay above £2,448.75, down to the whole pound, is £244.00.",
        "Postgraduate loan: 6% of the pay above £1,750.00",
        "less £244.00 less £205.00 is £2,985.01.",
    ):
        assert said in text


def test_a_refund_after_an_earlier_job() -> None:
    text = explained(
        *("--pay", "500", "--code", "1257L", "--date", "2026-10-06", "--before", "9,000", "900")
    )
    assert "£432.40 less the £900.00 already taken is −£467.60." in text
    assert "£467.60 of tax is paid back." in text
    assert "It is not above £1,048.00, so the employee pays nothing." in text
    assert "£500.00 plus £467.60 is £967.60." in text


def test_the_limit_and_the_payday_too_many() -> None:
    limited = explained("--pay", "500", "--code", "K3000", "--date", "2026-04-30")
    assert "No more than £250.00 of this payment may go in tax" in limited
    assert "is held back and comes with later payments" in limited
    weekly = ("--pay", "500", "--code", "1257L", "--frequency", "weekly")
    assert "because week 53 is a payday more than" in explained(*weekly, "--date", "2027-04-05")
    bare = explained("--pay", "500", "--code", "K3000 X", "--date", "2026-04-30")
    assert "because the code is K3000 X" in bare
    assert "is not carried on" in bare


def test_a_director_settles_the_year() -> None:
    """5,000 a month for twelve months: 3,210.60, of which eleven months took 267.50 each."""
    pay = ("--pay", "5000", "--code", "1257L", "--date", "2027-03-31", "--director")
    settled = explained(*pay, "alternative")
    assert "on annual thresholds for 52 weeks: £55,000.00 paid before, and this pay." in settled
    assert "For the employee £3,210.60 less the £2,942.50 already taken is £268.10." in settled
    assert "For the employer £8,250.00 less the £7,561.95 already paid is £688.05." in settled
    before = ("--director-before", "55000", "2942.50", "7561.95")
    assert explained(*pay, "alternative", *before) == settled
    # Thresholds of four weeks (967, 3,867): 2,900 at 8% and 1,133 at 2%.
    late = explained(*pay, "standard", "--appointed", "49")
    assert "on annual thresholds for 4 weeks" in late
    assert "£254.66 less the £0.00 already taken is £254.66." in late
    june = ("--pay", "5000", "--code", "1257L", "--date", "2026-06-30", "--director")
    assert "The employee pays £267.50." in explained(*june, "alternative")


def test_a_director_of_no_week_is_refused() -> None:
    pay = ("--pay", "5000", "--code", "1257L", "--date", "2027-03-31", "--director", "standard")
    with pytest.raises(CommandError, match="no tax week 53"):
        explained(*pay, "--appointed", "53")


def test_the_emergency_code_stands_in_for_none() -> None:
    pay = ("--pay", "2000", "--date", "2026-06-30")
    assert explained(*pay) == explained(*pay, "--code", "1257L")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--code": "SD7"}, "D7 has no rate in Scotland"),
        ({"--date": "2027-04-06"}, "no confirmed figures"),
        ({"--letter": "Q"}, "'Q' is none of A, B"),
        ({"--loan": "3"}, "3 is none of 1, 2, 4, 5, PGL"),
        ({"--pay": "12.345"}, "not a whole number of pence"),
        ({"--pay": "-5"}, "below zero"),
        ({"--pension": "lots"}, "not an amount"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(change: dict[str, str], says: str) -> None:
    given_ = {"--pay": "500", "--code": "1257L", "--date": "2026-10-06"} | change
    with pytest.raises(CommandError, match=says):
        explained(*(f"{name}={value}" for name, value in given_.items()))


cases = st.builds(
    Case,
    day=st.sampled_from(sorted(YEARS.values())).flatmap(
        lambda day: st.integers(0, 364).map(lambda n: day.fromordinal(day.toordinal() + n))
    ),
    frequency=st.sampled_from(list(Frequency)),
    gross=st.integers(0, 2_000_000),
    gross_words=st.just("As given."),
    code=st.sampled_from(["1257L", "S1257L X", "SK585", "K100 X", "BR", "SD2", "NT", "0T"]).map(
        lambda text: parse_code(text)
    ),
    letter=st.sampled_from("ABCHJMX"),
    plans=st.integers(0, 31),
    pension=st.integers(0, 2000).map(lambda rate: Pension(Scheme.PERCENTAGE, Rate(rate))),
    before=st.one_of(st.none(), st.tuples(st.integers(0, 5_000_000), st.integers(0, 900_000))),
)


@settings(max_examples=150, deadline=None)
@given(case=cases)
def test_lines_add_up_and_so_do_their_sentences(case: Any) -> None:
    result = answer(case)
    assert result.net == sum(line.amount for line in result.lines)
    lines = {line.name: line for line in result.lines}
    tax = lines["Income tax"]
    bands = [amounts_in(said) for said in tax.workings if re.search(AT, said)]
    together = [amounts_in(said)[0] for said in tax.workings if said.startswith("Together")]
    if together:
        cut = Decimal("0.01")
        assert sum(tax for _, tax in bands) // cut * cut == together[0]
    for said in tax.workings:
        if " already taken is " in said:
            due, before, left = amounts_in(said)
            assert due - before == left
    assert abs(amounts_in(tax.workings[-1])[0]) == abs(Decimal(tax.amount)) / 100
    nic = lines["National Insurance"]
    parts = [amounts_in(said)[-1] for said in nic.workings if re.search(AT, said)]
    assert sum(parts) * 100 == -nic.amount
