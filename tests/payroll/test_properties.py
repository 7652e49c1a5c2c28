"""What must be true of every year, every group and every person."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator.income_tax import income_tax, tax_law
from payroll.calculator.national_insurance import class_1, shared, thresholds
from payroll.calculator.periods import Frequency, TaxPeriod
from payroll.calculator.rounding import down, half_down, half_up, up
from payroll.calculator.tax_codes import columns, parse_code
from tests.payroll.groups import YEARS, row, taxed
from tests.payroll.twin import paye as slow

MONTHS = [TaxPeriod(Frequency.MONTHLY, number) for number in range(1, 13)]
pays = st.integers(0, 2_000_000)
codes = st.sampled_from(["1257L", "S1257L", "C1257L", "0T", "S500T", "K300", "SK585", "1001L"])


def year_of(code: str, payments: list[int]) -> tuple[int, bool]:
    """(tax of the year, whether the limit held some of it back to the end)."""
    paid = taken = 0
    limited = False
    for period, pay in zip(MONTHS, payments, strict=True):
        tax = taxed([code], [pay], period, before=[paid], taken=[taken])
        paid, taken, limited = paid + pay, taken + int(tax.tax[0]), bool(tax.limited[0])
    return taken, limited


@settings(max_examples=60, deadline=None)
@given(code=codes, payments=st.lists(pays, min_size=12, max_size=12), data=st.data())
def test_twelve_months_equal_the_year_in_any_order(
    code: str, payments: list[int], data: st.DataObject
) -> None:
    taken, limited = year_of(code, payments)
    again, limited_again = year_of(code, data.draw(st.permutations(payments)))
    assume(not limited and not limited_again)
    assert taken == again
    regime = code[0] if code[0] in "SC" else ""
    number = int("".join(filter(str.isdigit, code)))
    free = slow.first_free_pay(number, 12) * 12 * (-1 if "K" in code else 1)
    taxable = Decimal(sum(payments)) / 100 - free
    assert taken == slow.due_by_bands(taxable, slow.BANDS["2026-27", regime], 12, 12) * 100


def test_a_year_at_forty_thousand() -> None:
    """5,484.00 from twelve months, though the statute's year is 5,486.00."""
    assert year_of("1257L", [333_333] * 11 + [333_337]) == (548_400, False)


groups = st.lists(st.tuples(codes, pays, pays, st.integers(0, 500_000)), min_size=2, max_size=30)


@settings(max_examples=60, deadline=None)
@given(group=groups, number=st.integers(1, 12), data=st.data())
def test_neighbours_and_their_order_change_nothing(
    group: list, number: int, data: st.DataObject
) -> None:
    def taxes(people: list) -> list[int]:
        names, pay, before, taken = zip(*people, strict=True)
        period = TaxPeriod(Frequency.MONTHLY, number)
        return taxed(names, pay, period, before=before, taken=taken).tax.tolist()

    order = data.draw(st.permutations(range(len(group))))
    whole = taxes(group)
    assert taxes([group[place] for place in order]) == [whole[place] for place in order]
    assert [taxes([one])[0] for one in group] == whole


@settings(max_examples=200, deadline=None)
@given(group=groups, number=st.integers(1, 12), weekly=st.booleans(), bare=st.booleans())
def test_tax_never_takes_more_than_half(group: list, number: int, weekly: bool, bare: bool) -> None:
    names, pay, before, taken = zip(*group, strict=True)
    names = [f"{name} X" if bare else name for name in names]
    period = TaxPeriod(Frequency.WEEKLY if weekly else Frequency.MONTHLY, number)
    tax = taxed(names, pay, period, before=before, taken=taken)
    assert (tax.tax * 2 <= row(*pay)).all()
    assert not bare or (tax.tax >= 0).all()
    # What the limit holds back comes with the next payment, because less was taken.
    to_date = row(*taken) + tax.tax
    assert bare or (to_date <= tax.due_to_date).all()


def test_payrolled_benefits_do_not_raise_the_limit() -> None:
    given_ = {
        "pay": row(150_000), "pay_before": row(0), "tax_before": row(0), "period": MONTHS[0],
        "codes": columns([parse_code("K2000")]), "law": tax_law(YEARS["2026-27"]),
    }  # fmt: skip
    assert income_tax(**given_).limit.tolist() == [75_000]
    limited = income_tax(**given_, benefits=row(100_000))
    assert (limited.tax.tolist(), limited.limit.tolist()) == ([25_000], [25_000])


def test_a_late_p45_and_a_change_of_regime_count_the_whole_year() -> None:
    """Month 6: 12,000 and 1,300.00 of an earlier job arrive; then Scotland's bands take over."""
    may = TaxPeriod(Frequency.MONTHLY, 6)
    before = taxed(["1257L X"], [200_000], may, before=[400_000], taken=[39_000])
    assert before.tax.tolist() == [19_020]
    # 4,000 here and 12,000 there; free 6,289.56; 11,710 at 20% is 2,342.00, less 390 and 1,300.
    late = taxed(["1257L"], [200_000], may, before=[1_600_000], taken=[169_000])
    assert late.tax.tolist() == [65_200]
    # 376.8649 up to 1,983.50; 1,298.90 up to 8,478.00; 3,232 at 21% is 678.72.
    moved = taxed(["S1257L"], [200_000], may, before=[1_600_000], taken=[169_000])
    assert moved.due_to_date.tolist() == [167_576 + 67_872]


def test_contributions_without_pay_have_no_part() -> None:
    with pytest.raises(ValueError, match="totals must be nought"):
        shared(row(5), row(0, 0), row(1, 1), row(1))


def test_no_such_letter_is_refused_by_row() -> None:
    day = YEARS["2026-27"]
    with pytest.raises(Refused, match="Row 1: 'Q' is none of A, B") as refused:
        class_1(row(1, 2), np.array(["A", "Q"]), thresholds(day, Frequency.WEEKLY), day)
    assert refused.value.code == "PRL03"


def test_pay_taken_back_bears_no_contributions() -> None:
    day = YEARS["2026-27"]
    nic = class_1(row(-50_000), np.array(["A"]), thresholds(day, Frequency.WEEKLY), day)
    assert (nic.employee[0], nic.employer[0], nic.below_zero[0]) == (0, 0, True)


@given(parts=st.integers(-(10**12), 10**12), per=st.integers(1, 10**6))
def test_roundings_are_named_for_what_they_do(parts: int, per: int) -> None:
    values = row(parts)
    for rounding in (down, up, half_up, half_down):
        ours = int(rounding(values, per)[0])
        assert int(rounding(-values, per)[0]) == -ours
        assert abs(ours * per - parts) < per or parts == 0 or ours * per == parts
    assert abs(int(down(values, per)[0])) * per <= abs(parts) <= abs(int(up(values, per)[0])) * per
    near, nearer = int(half_up(values, per)[0]), int(half_down(values, per)[0])
    assert 2 * abs(near * per - parts) <= per >= 2 * abs(nearer * per - parts)
    assert abs(near) - abs(nearer) == (1 if 2 * (abs(parts) % per) == per else 0)


@pytest.mark.parametrize("bad", [[1.5], [[1]], ["1"], [-1], [10**11]])
def test_only_rows_of_pence_are_let_in(bad: list) -> None:
    day = YEARS["2026-27"]
    if bad == [-1]:
        with pytest.raises(ValueError, match="totals must be"):
            shared(row(-1), row(1), row(1), row(1))
    else:
        with pytest.raises(ValueError, match="pay must be"):
            class_1(np.array(bad), np.array(["A"]), thresholds(day, Frequency.WEEKLY), day)
