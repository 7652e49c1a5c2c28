"""Banking days across weekends and Christmas, and the characters of a Bacs field."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.formats.bank_days import (
    add_banking_days,
    bacs_processing_day,
    is_banking_day,
    next_banking_day,
    previous_banking_day,
)
from finance.formats.text import clean, field18

CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})


def test_neighbours_pass_over_weekends_and_holidays() -> None:
    assert next_banking_day(date(2026, 12, 24), CHRISTMAS) == date(2026, 12, 29)
    assert previous_banking_day(date(2026, 12, 29), CHRISTMAS) == date(2026, 12, 24)
    assert bacs_processing_day(date(2026, 12, 29), CHRISTMAS) == date(2026, 12, 24)
    assert add_banking_days(date(2026, 12, 24), 4, CHRISTMAS) == date(2027, 1, 4)
    assert add_banking_days(date(2027, 1, 4), -4, CHRISTMAS) == date(2026, 12, 24)
    assert add_banking_days(date(2026, 12, 26), 0, CHRISTMAS) == date(2026, 12, 26)


def test_no_value_on_a_day_without_banking() -> None:
    with pytest.raises(ValueError, match="25 December 2026 is not a banking day"):
        bacs_processing_day(date(2026, 12, 25), CHRISTMAS)


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_next_and_previous_undo_each_other(day: date) -> None:
    after = next_banking_day(day, CHRISTMAS)
    assert is_banking_day(after, CHRISTMAS)
    if is_banking_day(day, CHRISTMAS):
        assert previous_banking_day(after, CHRISTMAS) == day


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("O'Neil & Sons", "O NEIL & SONS"),
        ("Café Zoë", "CAFE ZOE"),
        ("Straße", "STRASSE"),
        ("  A   B  ", "A B"),
        ("Inv. 12/34-5", "INV. 12/34-5"),
        ("Wythenshawe Forum Trust Ltd", "WYTHENSHAWE FORUM"),
        ("£$%", ""),
        ("\u0661\u0662", ""),
    ],
)
def test_fields(text: str, field: str) -> None:
    assert field18(text) == field


@given(st.text())
def test_cleaned_text_is_allowed_and_clean_again(text: str) -> None:
    assert re.fullmatch(r"[A-Z0-9.&/\- ]*", clean(text))
    assert clean(clean(text)) == clean(text)
    assert len(field18(text)) <= 18
