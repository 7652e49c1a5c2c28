"""The calculator equals a slow, independent one to the penny, over whatever people there may be."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.calculator.directors import directors_nic, weeks_from
from payroll.calculator.loans import loan_deductions, loan_table, plan_bits
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency, TaxPeriod
from tests.payroll.groups import YEARS, row, taxed
from tests.payroll.twin import nic as slow_nic
from tests.payroll.twin import paye as slow_paye

years = st.sampled_from(sorted(YEARS))
frequencies = st.sampled_from(list(Frequency))
# Around every limit of a band and at the sizes of ordinary pay, down to single pennies.
# Pay taken back is below zero.
signed = st.integers(-500_000, 2_000_000)
pays = st.one_of(st.integers(0, 2_000_000), st.integers(0, 100_000), st.integers(0, 30_000_000))
numbers = st.one_of(st.integers(1, 2600), st.sampled_from([500, 501, 1000, 1001, 1257, 999_999]))
codes = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["", "S", "C"]), numbers, st.sampled_from("LMNT")),
    st.builds("{}K{}".format, st.sampled_from(["", "S", "C"]), numbers),
    st.sampled_from([*slow_paye.ONE_RATE, "0T", "S0T", "C0T", "NT"]),
)


@st.composite
def periods(draw: st.DrawFn) -> TaxPeriod:
    frequency = draw(frequencies)
    extra = 0 if frequency is Frequency.MONTHLY else 1
    count = frequency.in_year // frequency.span + extra
    return TaxPeriod(frequency, draw(st.integers(1, count)) * frequency.span)


any_pay = pays | signed
person = st.tuples(codes, st.booleans(), any_pay, any_pay, st.integers(0, 5_000_000))
people = st.lists(person, min_size=1, max_size=8)


@settings(max_examples=400, deadline=None)
@given(year=years, period=periods(), group=people)
def test_income_tax_equals_the_twin(year: str, period: TaxPeriod, group: list) -> None:
    ours = taxed(
        [code if cumulative else f"{code} X" for code, cumulative, *_ in group],
        [pay for _, _, pay, _, _ in group],
        period,
        before=[before for _, _, _, before, _ in group],
        taken=[taken for *_, taken in group],
        year=year,
    )
    for place, (code, cumulative, pay, before, taken) in enumerate(group):
        theirs = slow_paye.tax(
            year=year,
            code=code,
            cumulative=cumulative,
            frequency=period.frequency,
            number=period.number,
            pay=Decimal(pay) / 100,
            pay_before=Decimal(before) / 100,
            tax_before=Decimal(taken) / 100,
        )
        assert ours.tax[place] == theirs * 100, (code, cumulative, pay, before, taken)


letters = st.sampled_from("ABCDEFHIJKLMNSVXZ")


@settings(max_examples=400, deadline=None)
@given(
    year=years,
    frequency=frequencies,
    group=st.lists(st.tuples(letters, pays), min_size=1, max_size=8),
)
def test_contributions_equal_the_twin(year: str, frequency: Frequency, group: list) -> None:
    day = YEARS[year]
    ours = class_1(
        row(*(pay for _, pay in group)),
        np.array([letter for letter, _ in group]),
        thresholds(day, frequency),
        day,
    )
    rows = (
        ours.employee,
        ours.employer,
        ours.at_lower,
        ours.lower_to_primary,
        ours.primary_to_upper,
    )
    for place, (letter, pay) in enumerate(group):
        theirs = slow_nic.class_1(Fraction(pay, 100), letter, slow_nic.LIMITS[year, frequency])
        assert [int(one[place]) for one in rows] == [100 * one for one in theirs], (letter, pay)


@settings(max_examples=200, deadline=None)
@given(
    year=years,
    frequency=frequencies,
    plans=st.sets(st.sampled_from(["1", "2", "4", "5", "PGL"])),
    pay=pays,
)
def test_loans_equal_the_twin(year: str, frequency: Frequency, plans: set[str], pay: int) -> None:
    bits = row(plan_bits("+".join(plans)))
    ours = loan_deductions(row(pay), bits, loan_table(YEARS[year], frequency))
    theirs = slow_nic.loan(Fraction(pay, 100), year, plans, frequency)
    assert (ours.undergraduate[0], ours.postgraduate[0]) == (theirs[0] * 100, theirs[1] * 100)


@settings(max_examples=100, deadline=None)
@given(
    year=years,
    letter=letters,
    appointed=st.integers(1, 52),
    alternative=st.booleans(),
    payments=st.lists(pays, min_size=1, max_size=6),
)
def test_directors_pay_what_the_year_comes_to(
    year: str, letter: str, appointed: int, alternative: bool, payments: list[int]
) -> None:
    day = YEARS[year]
    before = employee = employer = 0
    for place, pay in enumerate(payments):
        result = directors_nic(
            pay=row(pay),
            pay_before=row(before),
            employee_before=row(employee),
            employer_before=row(employer),
            letters=np.array([letter]),
            weeks=weeks_from(row(appointed)),
            alternative=np.array([alternative]),
            final=np.array([place == len(payments) - 1]),
            frequency=Frequency.MONTHLY,
            day=day,
        )
        before += pay
        employee += int(result.employee[0])
        employer += int(result.employer[0])
    limits = slow_nic.annual_limits(year, 53 - appointed)
    theirs = slow_nic.class_1(Fraction(before, 100), letter, limits)
    assert (employee, employer) == (theirs[0] * 100, theirs[1] * 100)
