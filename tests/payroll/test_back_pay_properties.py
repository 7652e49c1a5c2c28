"""Back pay of any history: known late or in time, in any order, reversed and reversed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.calculator.periods import Frequency
from payroll.paying.back import differences, within
from payroll.paying.basic import pieces_of
from payroll.paying.inputs import DIFFERENCE, PERIOD, Shared

# Few examples: each works several months out many times.
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MONTHS = [date(2026, month, 1) for month in (5, 6, 7, 8)]
LAST = date(2026, 9, 1)
BASE = 24_000_00


@dataclass(frozen=True)
class Change:
    """From a day on a job is worth that a year; it became known in the month of that number."""

    from_on: date
    annual: int
    known: int


@dataclass(frozen=True)
class Person:
    pieces: Sequence[Sequence[Any]]


changes = st.lists(
    st.builds(
        Change,
        st.integers(0, 122).map(lambda n: MONTHS[0] + timedelta(days=n)),
        st.integers(10_000_00, 60_000_00),
        st.integers(0, len(MONTHS)),
    ),
    max_size=4,
)


def shared(month: int, pro_rata: str) -> Shared:
    first = MONTHS[month]
    until = MONTHS[month + 1] if month + 1 < len(MONTHS) else LAST
    last = until - timedelta(days=1)
    return Shared(last, first, last, Frequency.MONTHLY, pro_rata, False)


def known_pieces(period: Shared, known: Sequence[Change]) -> list[list[Any]]:
    """A job's pieces in a period; what was recorded later says what holds from its day on."""
    days = [period.first + timedelta(days=n) for n in range((period.until - period.first).days)]
    worth = [BASE] * len(days)
    for one in known:
        worth = [
            one.annual if day >= one.from_on else was for day, was in zip(days, worth, strict=True)
        ]
    found: list[list[Any]] = []
    for day, annual in zip(days, worth, strict=True):
        if not found or found[-1][3] != annual:
            found.append([1, "Clerk", "G2, 05", annual, 2220, 2220, day.isoformat(), "", []])
        found[-1][7] = (day + timedelta(days=1)).isoformat()
    return found


def basic(period: Shared, pieces: list[list[Any]]) -> int:
    return int(pieces_of(period, [Person(pieces)]).amount.sum())


def paid_by_period(history: Sequence[Change], pro_rata: str, order: Sequence[int]) -> list[int]:
    """What each month was paid in the end, when closed months are corrected in an order."""
    paid = [0] * len(MONTHS)
    told: list[list[list[Any]]] = [[] for _ in MONTHS]
    for month in range(len(MONTHS) + 1):
        known = [one for one in history if one.known <= month]
        for closed in (one for one in order if one < month):
            period = shared(closed, pro_rata)
            people = [Person(known_pieces(period, known))]
            given_ = ([{1: paid[closed]}], [told[closed]])
            for _, entry in differences(closed, period, people, *given_):
                paid[closed] += entry[DIFFERENCE]
        if month < len(MONTHS):
            period = shared(month, pro_rata)
            told[month] = known_pieces(period, known)
            paid[month] = basic(period, told[month])
    return paid


rules = st.sampled_from(["working", "calendar", "per_260", "per_365"])


@few
@given(history=changes, pro_rata=rules, data=st.data())
def test_a_change_known_late_pays_in_the_end_what_it_would_have_paid_in_time(
    history: list[Change], pro_rata: str, data: st.DataObject
) -> None:
    recorded = sorted(history, key=lambda one: one.known)
    order = data.draw(st.permutations(range(len(MONTHS))))
    late = paid_by_period(recorded, pro_rata, order)
    in_time = [
        basic(shared(month, pro_rata), known_pieces(shared(month, pro_rata), recorded))
        for month in range(len(MONTHS))
    ]
    assert late == in_time
    assert late == paid_by_period(recorded, pro_rata, range(len(MONTHS)))


@few
@given(change=st.builds(Change, st.just(MONTHS[0]), st.integers(10_000_00, 60_000_00), st.just(1)))
def test_a_reversal_takes_back_all_and_its_own_reversal_gives_it_again(change: Change) -> None:
    before = Change(MONTHS[0], BASE, 2)
    anew = Change(MONTHS[0], change.annual, 3)
    plain, once, twice, thrice = (
        paid_by_period(history, "working", range(len(MONTHS)))[0]
        for history in ([], [change], [change, before], [change, before, anew])
    )
    assert (twice, thrice) == (plain, once)


@few
@given(
    amounts=st.lists(st.integers(-3_000_00, 3_000_00).filter(bool), min_size=1, max_size=5),
    pay=st.integers(1, 2_000_00),
)
def test_what_is_taken_in_parts_is_taken_whole_and_no_more(amounts: list[int], pay: int) -> None:
    """Month after month, up to the pay of each, until nothing is owed to either side."""
    owed = dict(enumerate(amounts))
    for _ in range(sum(map(abs, amounts)) // pay + 2):
        entries = [
            [n, f"2026-0{n + 1}-01", "", 1, 0, 0, pence, "why"]
            for n, pence in owed.items()
            if pence
        ]
        kept = within(entries, pay)
        assert sum(one[DIFFERENCE] for one in kept) >= -pay
        for one in kept:
            owed[one[PERIOD]] -= one[DIFFERENCE]
        if not any(owed.values()):
            break
    assert not any(owed.values())
