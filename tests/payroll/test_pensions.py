"""Each scheme by its own band rule, with figures worked out by hand from the published tables."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator import pensions
from payroll.calculator.automatic_enrolment import AUTOMATIC_ENROLMENT, qualifying_earnings
from payroll.calculator.pension_schemes import Membership, Scheme, contributions
from payroll.calculator.pensions import MONTHLY, Contributions, Tiers
from payroll.calculator.periods import Frequency
from payroll.law import CONFIRMED
from tests.payroll.law_of import LAST_NOVEMBER, NOVEMBER, law, row
from tests.payroll.twin import pensions as twin

NHS = law(pensions.NHS_TIERS, LAST_NOVEMBER)
NHS_FIRST = law(pensions.NHS_TIERS_FIRST_ISSUED, LAST_NOVEMBER)
NHS_PAYS = law(pensions.NHS_EMPLOYER)
LGPS = law(pensions.LGPS_TIERS)
ALPHA = law(pensions.CIVIL_SERVICE_TIERS, LAST_NOVEMBER)
ALPHA_PAYS = law(pensions.CIVIL_SERVICE_EMPLOYER)
TEACHERS = law(pensions.TEACHERS_TIERS, LAST_NOVEMBER)
TEACHERS_PAY = law(pensions.TEACHERS_EMPLOYER)
EVERY_TABLE = (NHS, NHS_FIRST, LGPS, ALPHA, TEACHERS)


def nhs(pay: int, annual: int, tiers: Tiers = NHS) -> Contributions:
    return pensions.nhs(row(pay), row(annual), tiers, NHS_PAYS)


@pytest.mark.parametrize(
    ("annual", "rate"),
    [
        (13_259_99, 520), (13_260_00, 650), (27_797_99, 650), (27_798_00, 830),
        (33_868_00, 830), (33_869_00, 980), (50_845_99, 980), (50_846_00, 1070),
        (65_190_99, 1070), (65_191_00, 1250),
    ],
)  # fmt: skip
def test_nhs_bands(annual: int, rate: int) -> None:
    assert nhs(1000_00, annual).rate.tolist() == [rate]


def test_nhs_by_hand() -> None:
    """31,049 a year, a month is 2,587.42: 8.3% is 214.76, the employer's 23.7% is 613.22."""
    result = nhs(2_587_42, 31_049_00)
    assert (result.employee[0], result.employer[0]) == (214_76, 613_22)
    assert result.off_taxable_pay.tolist() == [214_76]
    assert result.workings(0) == [
        "Pensionable pay: £2,587.42.",
        "Annual pay that chooses the rate: £31,049.00.",
        "Contribution at 8.3%: £214.76.",
        "Deducted before tax is worked out: £214.76.",
        "The employer pays £613.22.",
    ]


def test_nhs_posts_that_count_together_are_banded_together() -> None:
    nought = row(0, 0, 0)
    members = Membership(
        scheme=nought + Scheme.NHS, annual=nought + 15_000_00,
        beside=row(15_000_00, 15_000_00, 0), half=nought > 0, without_sick_pay=nought > 0,
        arrears=nought, days=nought, rate=nought, employer_rate=nought,
    )  # fmt: skip
    result = contributions(
        nought + 1_250_00, members, date(2026, 3, 31), Frequency.MONTHLY, re_enrolment=False,
        allow=CONFIRMED,
    ).parts[Scheme.NHS].contributions  # fmt: skip
    assert result.rate.tolist() == [830, 830, 650]
    assert result.employee.tolist() == [103_75, 103_75, 81_25]
    said = "Annual pay that chooses the rate: £30,000.00, of which £15,000.00 in other employments"
    assert result.workings(0)[1] == f"{said} here."
    assert result.workings(2)[1] == "Annual pay that chooses the rate: £15,000.00."


def test_lgps_by_hand() -> None:
    """29,000.00 is in 5.8%, 29,001 in 6.5%; the 50/50 section pays half, the employer all."""
    result = pensions.lgps(
        row(2_416_67, 2_416_75, 2_416_75), row(29_000_99, 29_001_00, 29_001_00),
        np.array([False, False, True]), LGPS, row(20_00, 20_00, 20_00),
    )  # fmt: skip
    assert result.rate.tolist() == [580, 650, 325]
    assert result.employee.tolist() == [140_17, 157_09, 78_54]
    assert result.employer.tolist() == [483_33, 483_35, 483_35]


def test_what_ends_the_half_section() -> None:
    half, without_pay = np.array([True, True, False]), np.array([False, True, False])
    assert pensions.stays_in_half_section(half, False, without_pay).tolist() == [True, False, False]
    assert not pensions.stays_in_half_section(half, True, without_pay).any()


def test_civil_service_arrears_move_the_band_of_their_month() -> None:
    """EPN534: 55,000 a year is in 5.45%; a month with 250 of arrears is 58,000 and in 7.35%."""
    result = pensions.civil_service(
        row(4_583_33, 4_833_33), row(MONTHLY, MONTHLY), ALPHA, ALPHA_PAYS
    )
    assert result.annual.tolist() == [54_999_96, 57_999_96]
    assert result.employee.tolist() == [249_79, 355_25]
    assert result.employer.tolist() == [1_327_79, 1_400_22]


def test_civil_service_pay_of_days_is_made_annual_by_days() -> None:
    # 667.40 in 7 days is 34,800.14 a year; 667.39 is 34,799.62.
    result = pensions.civil_service(row(667_40, 667_39), row(7, 7), ALPHA, ALPHA_PAYS)
    assert result.rate.tolist() == [545, 460]
    # 3,528.83 in 23 days is 56,000.9978… a year, below the 56,001 that a nearest penny would make.
    below = pensions.civil_service(row(3_528_83), row(23), ALPHA, ALPHA_PAYS)
    assert (below.annual[0], below.rate[0]) == (56_000_99, 545)


def test_teachers_arrears_take_the_rate_of_regular_pay() -> None:
    """2,906.08 a month is 34,872.96 and in 7.4%, whatever the arrears."""
    result = pensions.teachers(row(2_906_08, 2_906_09), row(1_000_00, 0), TEACHERS, TEACHERS_PAY)
    assert result.rate.tolist() == [740, 890]
    assert result.employee.tolist() == [289_05, 258_64]


def test_relief_at_source_on_qualifying_earnings() -> None:
    """2,000 a month: 1,480 qualify; 5% is 74.00, of which 59.20 are deducted and 3% is 44.40."""
    minimum, levels = law(pensions.ENROLMENT_MINIMUM), law(AUTOMATIC_ENROLMENT).earnings["monthly"]
    result = pensions.relief_at_source(
        row(2_000_00, 500_00, 9_000_00), levels.lower, levels.upper,
        row(500, 500, 500), row(300, 300, 300), minimum.relief,
    )  # fmt: skip
    assert minimum.total - minimum.employer == 500
    assert result.pensionable.tolist() == [1_480_00, 0, 3_669_00]
    assert result.employee.tolist() == [74_00, 0, 183_45]
    assert (result.deducted[0], result.relief[0], result.employer[0]) == (59_20, 14_80, 44_40)
    assert result.off_taxable_pay.tolist() == [0, 0, 0]
    assert (
        result.pensionable == qualifying_earnings(row(2_000_00, 500_00, 9_000_00), levels)
    ).all()
    assert "Basic-rate tax relief claimed: £14.80." in result.workings(0)
    assert "Deducted after tax: £59.20." in result.workings(0)


def test_final_nhs_table_gives_back_for_closed_months() -> None:
    """27,500 a year was in 8.3% and belongs in 6.5%: 41.25 a month comes back."""
    pay = np.full((4, 1), 2_291_67)
    annual = np.full((4, 1), 27_500_00)
    taken = np.stack([nhs(2_291_67, 27_500_00, NHS_FIRST).employee] * 4)
    result = pensions.restate(pay, annual, taken, [NHS] * 4, np.array([False]))
    assert result.due.tolist() == [[148_96]] * 4
    assert result.difference.tolist() == [[-41_25]] * 4
    assert result.total.tolist() == [-165_00]
    assert result.workings(0)[0] == (
        "Closed period 1: £148.96 due, £190.21 taken, −£41.25 to correct."
    )
    again = pensions.restate(pay, annual, taken + result.difference, [NHS] * 4, np.array([False]))
    assert again.total.tolist() == [0]
    assert again.workings(0) == []


@pytest.mark.parametrize(
    ("parameter", "status"),
    [
        (pensions.NHS_TIERS, "derived"),
        (pensions.CIVIL_SERVICE_TIERS, "derived"),
        (pensions.TEACHERS_TIERS, "derived"),
    ],
)
def test_tables_that_were_not_seen_are_refused(parameter: pensions.Parameter, status: str) -> None:
    with pytest.raises(Refused, match=status):
        parameter.on(NOVEMBER)
    parameter.on(LAST_NOVEMBER)
    with pytest.raises(Refused):
        parameter.on(date(2027, 4, 1))


money = st.integers(0, 20_000_00)


@given(
    st.lists(st.tuples(money, st.integers(0, 250_000_00)), min_size=1), st.sampled_from(EVERY_TABLE)
)
def test_rates_and_contributions_equal_the_twin(people: list, tiers: Tiers) -> None:
    pay, annual = row(*(one for one, _ in people)), row(*(year for _, year in people))
    result = pensions.nhs(pay, annual, tiers, NHS_PAYS)
    half = pensions.lgps(pay, annual, np.ones(len(people), dtype=bool), tiers, pay * 0)
    for at, (one, year) in enumerate(people):
        percent = twin.band(Decimal(year), tiers)
        assert result.employee[at] == twin.contribution(one, percent)
        assert result.employer[at] == twin.contribution(one, Decimal("23.7"))
        if tiers is LGPS:
            assert half.employee[at] == twin.contribution(one, percent / 2)


@given(st.lists(st.tuples(money, st.integers(0, 35)), min_size=1))
def test_civil_service_equals_the_twin(people: list) -> None:
    result = pensions.civil_service(
        row(*(pay for pay, _ in people)), row(*(days for _, days in people)), ALPHA, ALPHA_PAYS
    )
    for at, (pay, days) in enumerate(people):
        percent = twin.band(twin.annual_from_days(pay, days), ALPHA)
        assert result.employee[at] == twin.contribution(pay, percent)


@given(st.lists(st.tuples(money, money), min_size=1, max_size=6), st.data())
def test_order_of_people_does_not_matter(people: list, data: st.DataObject) -> None:
    pay, annual = (row(*column) for column in zip(*people, strict=True))
    mixed = np.array(data.draw(st.permutations(range(len(people)))))
    one = pensions.nhs(pay, annual * 12, NHS, NHS_PAYS)
    other = pensions.nhs(pay[mixed], annual[mixed] * 12, NHS, NHS_PAYS)
    assert (one.employee[mixed] == other.employee).all()


@given(
    st.lists(st.tuples(money, money, money, st.booleans()), min_size=1),
)
def test_restating_twice_finds_nothing(periods: list) -> None:
    pay, annual, taken = (
        np.array([[one[at]] for one in periods], dtype=np.int64) for at in range(3)
    )
    halved, tables = np.array([periods[0][3]]), [LGPS] * len(periods)
    first = pensions.restate(pay, annual * 12, taken, tables, halved)
    second = pensions.restate(pay, annual * 12, taken + first.difference, tables, halved)
    assert second.total.tolist() == [0]
    assert (taken + first.difference == first.due).all()
