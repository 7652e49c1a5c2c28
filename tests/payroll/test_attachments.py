"""Orders that attach earnings: the legal order, protected earnings, what is carried, the fee."""

from datetime import date, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator.attachment_tables import (
    COUNCIL_TAX_ENGLAND,
    COUNCIL_TAX_WALES,
    EARNINGS_ARRESTMENT,
    FINES,
    table_deduction,
)
from payroll.calculator.attachments import (
    ATTACHMENT_RULES,
    NO_END,
    Kind,
    Orders,
    Pay,
    Settled,
    settle,
)
from payroll.calculator.direct_attachments import direct_table
from payroll.calculator.periods import Frequency
from tests.payroll.law_of import NOVEMBER, law, row
from tests.payroll.twin import orders as twin

ENGLAND, WALES, FINE, ARRESTED = range(4)
TABLES = (
    law(COUNCIL_TAX_ENGLAND), law(COUNCIL_TAX_WALES), law(FINES), law(EARNINGS_ARRESTMENT),
)  # fmt: skip
KINDS = {
    "child": Kind.CHILD_MAINTENANCE, "court": Kind.COURT, "fine": Kind.FINE,
    "council tax": Kind.COUNCIL_TAX, "earnings arrestment": Kind.EARNINGS_ARRESTMENT,
    "maintenance arrestment": Kind.MAINTENANCE_ARRESTMENT, "direct": Kind.DIRECT_EARNINGS,
    "judgment": Kind.JUDGMENT,
}  # fmt: skip
NUMBERS = count(1)


def order(
    kind: str,
    made: str = "2026-01-01",
    table: int | None = None,
    higher: bool = False,
    **given: int,
) -> twin.Order:
    defaults = {
        "normal": 0, "days": 0, "protected": 0, "arrears": 0, "protected_arrears": 0,
        "outstanding": int(NO_END),
    }  # fmt: skip
    return twin.Order(
        kind=kind, made_on=date.fromisoformat(made), number=next(NUMBERS),
        table=None if table is None else TABLES[table], higher=higher, **(defaults | given),
    )  # fmt: skip


def columns(people: list[list[twin.Order]]) -> Orders:
    rows = [(person, one) for person, orders in enumerate(people) for one in orders]

    def column(name: str) -> np.ndarray:
        return np.array([getattr(one, name) for _, one in rows], dtype=np.int64)

    return Orders(
        person=np.array([person for person, _ in rows], dtype=np.int64),
        kind=np.array([KINDS[one.kind] for _, one in rows], dtype=np.int64),
        made_on=np.array([one.made_on for _, one in rows], dtype="datetime64[D]"),
        table=np.array(
            [-1 if one.table is None else TABLES.index(one.table) for _, one in rows],
            dtype=np.int64,
        ),
        higher=column("higher") == 1,
        **{
            name: column(name)
            for name in (
                *("number", "normal", "days", "protected", "arrears"),
                *("protected_arrears", "outstanding"),
            )
        },
    )


def settled(
    net: list[int], people: list[list[twin.Order]], frequency: Frequency = Frequency.MONTHLY,
    loans: list[tuple[int, int]] | None = None, floor: list[int] | None = None,
    fee: int = 100,
) -> Settled:  # fmt: skip
    given = loans or [(0, 0)] * len(net)
    pay = Pay(
        row(*net), row(*(one for one, _ in given)), row(*(other for _, other in given)),
        row(*(floor or [0] * len(net))),
    )  # fmt: skip
    direct = direct_table(NOVEMBER, frequency)
    return settle(pay, columns(people), TABLES, frequency, law(ATTACHMENT_RULES), direct, fee)


# The tables, read by hand.


@pytest.mark.parametrize(
    ("table", "frequency", "net", "takes"),
    [
        (ENGLAND, "monthly", 300_00, 0),
        (ENGLAND, "monthly", 300_01, 9_00),
        (ENGLAND, "monthly", 740_00, 37_00),
        (ENGLAND, "monthly", 2_020_00, 343_40),
        (ENGLAND, "monthly", 2_220_00, 443_40),  # 343.40 and half of 200
        (ENGLAND, "weekly", 505_00, 85_85),
        (ENGLAND, "fortnightly", 1_010_00, 171_70),  # twice a week of 505
        (WALES, "monthly", 430_00, 0),
        (WALES, "monthly", 780_00, 23_40),
        (WALES, "weekly", 815_00, 171_55),  # 121.55 and half of 100
        (FINE, "weekly", 100_00, 3_00),
        (FINE, "monthly", 1_680_00, 351_60),
        (ARRESTED, "monthly", 750_00, 0),
        (ARRESTED, "monthly", 750_01, 10_00),  # at least 10
        (ARRESTED, "monthly", 1_500_00, 112_50),
        (ARRESTED, "monthly", 3_750_00, 625_00),
        (ARRESTED, "weekly", 1_063_06, 243_84),
        (ARRESTED, "weekly", 345_22, 25_89),  # 15% of 172.61 is 25.8915
    ],
)
def test_tables_by_hand(table: int, frequency: str, net: int, takes: int) -> None:
    assert table_deduction(row(net), TABLES[table], Frequency(frequency)).tolist() == [takes]


def test_half_a_penny_stays_with_the_person() -> None:
    # 3% of 400.50 is 12.015.
    assert table_deduction(row(400_50), TABLES[ENGLAND], Frequency.MONTHLY).tolist() == [12_01]


def test_welsh_orders_of_before_april_2022_are_refused() -> None:
    with pytest.raises(Refused, match="1 April 2022"):
        COUNCIL_TAX_WALES.on(date(2022, 3, 31))


# Worked examples of the guides.


def test_direct_earnings_attachment_stops_at_forty_per_cent_of_all() -> None:
    """Rotherham's third example: 486.00 before it, 15% of 1,620 is 243.00, 162.00 is left."""
    court, direct = order("court", normal=486_00), order("direct")
    assert settled([1_620_00], [[court, direct]]).deducted.tolist() == [486_00, 162_00]


def test_direct_earnings_attachment_reads_all_of_net_earnings() -> None:
    """Their second example: 7% of 250, not of the 190 that child maintenance leaves."""
    result = settled([250_00], [[order("child", normal=60_00), order("direct")]], Frequency.WEEKLY)
    assert result.deducted.tolist() == [60_00, 17_50]


def test_child_maintenance_keeps_sixty_per_cent_and_carries_the_rest() -> None:
    """gov.uk: of 1,200 net 720 are protected, 150 goes. Of 200 only 80 can, 70 is carried."""
    result = settled([1_200_00, 200_00], [[order("child", normal=150_00)] for _ in range(2)])
    assert result.deducted.tolist() == [150_00, 80_00]
    assert result.arrears.tolist() == [0, 70_00]
    assert result.fee.tolist() == [100, 100]


def test_court_order_makes_good_protected_earnings_before_arrears() -> None:
    """Schedule 3, paragraph 6, over three pay days of an order for 100 that protects 800."""
    first = settled([700_00], [[order("court", normal=100_00, protected=800_00)]])
    assert (first.deducted[0], first.arrears[0], first.protected_arrears[0]) == (0, 100_00, 100_00)
    second = settled(
        [850_00],
        [[order("court", normal=100_00, protected=800_00, arrears=100_00,
                protected_arrears=100_00)]],
    )  # fmt: skip
    # 50 above what is protected goes to the person, who fell short by 100.
    assert (second.deducted[0], second.arrears[0], second.protected_arrears[0]) == (
        0, 200_00, 50_00,
    )  # fmt: skip
    third = settled(
        [1_200_00],
        [[order("court", normal=100_00, protected=800_00, arrears=200_00,
                protected_arrears=50_00)]],
    )  # fmt: skip
    assert (third.deducted[0], third.arrears[0], third.protected_arrears[0]) == (300_00, 0, 0)


def test_judgment_debt_carries_nothing() -> None:
    result = settled([850_00], [[order("judgment", normal=100_00, protected=800_00)]])
    assert (result.deducted[0], result.arrears[0]) == (50_00, 0)


def test_priority_orders_go_by_date_and_judgments_after_them() -> None:
    judgment = order("judgment", "2020-01-01", normal=50_00, protected=700_00)
    tax = order("council tax", "2026-03-01", ENGLAND)
    child = order("child", "2026-02-01", normal=200_00)
    result = settled([1_000_00], [[judgment, tax, child]])
    # Child maintenance first; the table is read at 800: 7% is 56; 744 are left, 700 protected.
    assert result.deducted.tolist() == [44_00, 56_00, 200_00]
    assert result.seen.tolist() == [744_00, 800_00, 1_000_00]


def test_scottish_maintenance_follows_the_arrestment() -> None:
    result = settled(
        [1_500_00],
        [[order("maintenance arrestment", normal=20_00, days=30),
          order("earnings arrestment", "2026-05-01", ARRESTED)]],
    )  # fmt: skip
    # 112.50 goes first; of 1,387.50 the 30 days protect 739.80, and 30 times 20 is asked.
    assert result.deducted.tolist() == [600_00, 112_50]


def test_loans_stop_for_percentages_and_arrestments_and_respect_protection() -> None:
    people = [
        [order("council tax", table=ENGLAND, outstanding=500_00)],
        [order("earnings arrestment", table=ARRESTED)],
        [order("child", normal=390_00)],
        [order("direct", higher=True)],
    ]
    loans = [(50_00, 20_00)] * 4
    result = settled([1_000_00] * 4, people, loans=loans)
    assert result.student_loan.tolist() == [0, 0, 10_00, 50_00]
    assert result.postgraduate_loan.tolist() == [0, 0, 0, 20_00]
    assert [result.loan_workings(person) for person in (0, 2, 3)] == [
        ["Loans: £0.00 of £70.00 is deducted: while an order by percentage or an arrestment runs,"
         " no loan is deducted."],
        ["Loans: £10.00 of £70.00 is deducted: orders come first and their protected earnings stay,"
         " in whole pounds."],
        [],
    ]  # fmt: skip
    # The loans come before the DEA, whose 14% is within the 40% that may go in all.
    assert result.deducted[3] == 140_00


def test_an_order_stops_at_its_debt() -> None:
    result = settled([2_000_00], [[order("council tax", table=ENGLAND, outstanding=12_34)]])
    assert (result.deducted[0], result.outstanding[0]) == (12_34, 0)


def test_the_fee_stops_at_the_minimum_wage() -> None:
    one = order("child", normal=100_00)
    assert settled([500_00], [[one]], floor=[399_40]).fee.tolist() == [60]


def test_the_employer_may_keep_less_than_the_fee_and_not_more() -> None:
    one = order("child", normal=100_00)
    assert settled([500_00], [[one]], fee=0).fee.tolist() == [0]
    with pytest.raises(ValueError, match=r"at most £1\.00"):
        settled([500_00], [[one]], fee=101)


def test_workings_say_what_is_carried() -> None:
    lines = settled([200_00], [[order("child", normal=150_00, arrears=10_00)]]).workings(0)
    assert lines == [
        "Earnings it is read against: £200.00.",
        "The order asks for £160.00, £10.00 of it from before.",
        "Protected earnings: £120.00.",
        "Deducted: £80.00, with a fee of £1.00.",
        "Carried to the next pay day: £80.00.",
    ]


@pytest.mark.parametrize(
    ("net", "kind", "table", "words"),
    [(-1, "child", None, "below zero"), (100, "fine", None, "needs its table")],
)
def test_what_cannot_be_worked_out_is_refused_by_row(
    net: int, kind: str, table: int | None, words: str
) -> None:
    with pytest.raises(ValueError, match=f"Row 0: .*{words}"):
        settled([net], [[order(kind, table=table)]])


# Properties.

pence = st.integers(0, 4_000_00)
some = st.integers(0, 300_00)


@st.composite
def an_order(draw: st.DrawFn) -> twin.Order:
    kind = draw(st.sampled_from(sorted(KINDS)))
    tables = {
        "fine": [FINE], "council tax": [ENGLAND, WALES], "earnings arrestment": [ARRESTED],
    }  # fmt: skip
    table = draw(st.sampled_from(tables[kind])) if kind in tables else None
    made = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 3)))
    states = kind in ("court", "judgment")
    return order(
        kind, made.isoformat(), table, normal=draw(some), days=draw(st.integers(0, 31)),
        protected=draw(pence) if states else 0, arrears=draw(some),
        protected_arrears=draw(some),
        outstanding=draw(st.one_of(st.just(int(NO_END)), some)), higher=draw(st.booleans()),
    )  # fmt: skip


person = st.tuples(
    pence, st.lists(an_order(), max_size=4), st.integers(0, 99), st.integers(0, 40),
    st.integers(0, 1_000_00),
)  # fmt: skip
group = st.lists(person, min_size=1, max_size=4)
frequencies = st.sampled_from(list(Frequency))


def of(people: list, frequency: Frequency) -> Settled:
    return settled(
        [one[0] for one in people], [one[1] for one in people], frequency,
        [(one[2] * 100, one[3] * 100) for one in people], [one[4] for one in people],
    )  # fmt: skip


@given(group, frequencies)
def test_columns_equal_the_twin(people: list, frequency: Frequency) -> None:
    result = of(people, frequency)
    at = 0
    for number, (net, orders, student, postgraduate, floor) in enumerate(people):
        done, loan, other, fees = twin.settle(
            net, student * 100, postgraduate * 100, floor, orders, frequency
        )
        for one in orders:
            expected = done[one.number]
            assert (
                result.deducted[at], result.fee[at], result.arrears[at],
                result.protected_arrears[at], result.outstanding[at], result.protected[at],
            ) == (
                expected.deducted, expected.fee, expected.arrears, expected.protected_arrears,
                expected.outstanding, expected.protected,
            )  # fmt: skip
            at += 1
        assert (result.student_loan[number], result.postgraduate_loan[number]) == (loan, other)
        assert (result.fees[number], result.taken[number]) == (
            fees, sum(one.deducted for one in done.values()),
        )  # fmt: skip


@given(group, frequencies)
def test_deductions_never_break_protected_earnings(people: list, frequency: Frequency) -> None:
    result = of(people, frequency)
    loans = result.student_loan + result.postgraduate_loan
    kept = result.pay.net - result.taken - loans
    assert (kept >= 0).all()
    assert (kept - result.fees >= np.minimum(kept, result.pay.least_after_fees)).all()
    assert (result.fee <= 100).all()
    assert (result.fee[result.deducted == 0] == 0).all()
    assert (result.deducted <= np.maximum(result.wanted, 0)).all()
    # What is left right after each deduction: net, less all that came before it, less itself.
    for net, orders, student, postgraduate, floor in people:
        done, *_ = twin.settle(net, student * 100, postgraduate * 100, floor, orders, frequency)
        for one in done.values():
            assert not one.deducted or one.kept >= one.protected


@given(group, frequencies, st.randoms(use_true_random=False))
def test_order_of_people_and_of_orders_does_not_matter(
    people: list, frequency: Frequency, random
) -> None:
    mixed = list(range(len(people)))
    random.shuffle(mixed)
    other = [
        (net, random.sample(orders, len(orders)), *rest)
        for net, orders, *rest in (people[at] for at in mixed)
    ]

    def answers(group: list) -> dict[int, tuple[int, ...]]:
        result = of(group, frequency)
        rows = zip(
            result.orders.number, result.deducted, result.fee, result.arrears, result.outstanding,
            strict=True,
        )  # fmt: skip
        return {int(number): tuple(map(int, rest)) for number, *rest in rows}

    assert answers(people) == answers(other)


def test_nobody_with_orders_is_no_trouble() -> None:
    assert settled([1_000_00], [[]]).taken.tolist() == [0]
