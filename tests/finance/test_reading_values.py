"""Amounts, dates and redactions, one text at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.reading.values import is_redacted, read_amount, read_amounts, read_date


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("831.78", 83178),
        ("990", 99000),
        ("8151.9", 815190),
        ("-0.01", -1),
        (".5", 50),
        ("12.", 1200),
        ("£1,234.56", 123456),
        (" £ 1 234.56 ", 123456),
        ("GBP 12.00", 1200),
        ("(45.10)", -4510),
        ("(£45.10)", -4510),
        ("-£45.10", -4510),
        ("£-45.10", -4510),
        ("45.10-", -4510),
        ("45.10 CR", -4510),
        ("45.10DR", 4510),
        ("\u221245.10", -4510),
        ("1,234,567.89", 123456789),
        ("1\u00a0234.00", 123400),
        ("79.9000", 7990),
        ("0", 0),
        ("", None),
        ("N/A", None),
        (" - ", None),
    ],
)
def test_amounts_taken(text: str, pence: int | None) -> None:
    assert read_amount(text) == (pence, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("79.895", "amount_fraction"),
        ("0.001", "amount_fraction"),
        ("1,23.00", "amount_unreadable"),
        ("12 34", "amount_unreadable"),
        ("1.2E+05", "amount_unreadable"),
        ("(12.00", "amount_unreadable"),
        ("(-12.00)", "amount_unreadable"),
        ("-12.00 CR", "amount_unreadable"),
        ("1.234,56", "amount_unreadable"),
        ("12345678901234", "amount_unreadable"),
        ("reversal of transaction 41249145", "amount_unreadable"),
        ("£", "amount_unreadable"),
        (".", "amount_unreadable"),
    ],
)
def test_amounts_held(text: str, code: str) -> None:
    assert read_amount(text) == (None, code)


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_an_amount_written_either_way_is_read_back(pence: int) -> None:
    pounds = Decimal(pence) / 100
    assert read_amount(f"{pounds:.2f}") == (pence, None)
    assert read_amount(f"£{pounds:,.2f}") == (pence, None)


@given(st.lists(st.sampled_from(["1.2", "-3", "£4.00", "", "x", "1.005", "(7.10)"]), max_size=30))
def test_a_column_is_read_as_its_cells_are(texts: list[str]) -> None:
    pence, codes = read_amounts(pd.Series(texts, dtype=object))
    single = [read_amount(text) for text in texts]
    assert pence.tolist() == [value or 0 for value, _ in single]
    assert codes.tolist() == [code or ("empty" if value is None else "") for value, code in single]


@pytest.mark.parametrize(
    "text",
    [
        "2019-04-03",
        "2019-04-03T00:00:00Z",
        "2019-04-03 13:05",
        "2019/4/3",
        "03/04/2019",
        "3.4.19",
        "03-04-2019 00:00:00",
        "3 April 2019",
        "3rd Apr 2019",
        "03-Apr-19",
        "20190403",
        "43558",
    ],
)
def test_dates_taken(text: str) -> None:
    assert read_date(text) == date(2019, 4, 3)


@pytest.mark.parametrize(
    "text", ["04/13/2019", "31/02/2019", "201901", "1066-10-14", "soon", "", "12345", "2019-13-01"]
)
def test_dates_held(text: str) -> None:
    assert read_date(text) is None


def test_redactions_are_told_from_names_like_them() -> None:
    redacted = [
        "REDACTED PERSONAL DATA",
        "Redacted - Personal Data",
        "REDACTED - Personal Information",
        "Redacted personal data",
        "Withheld under data protection",
        "Individual",
        "XXXX",
    ]
    named = [
        "REDACTIVE MEDIA SALES LIMITED",
        "PERSONAL CARE CONSULTANTS LTD",
        "DEVINE BODIES PERSONAL TRAINING",
        "PLACES FOR PEOPLE INDIVIDUAL SUPPORT",
        "ALBION PRIVATE HIRE",
        "",
    ]
    assert [name for name in redacted + named if is_redacted(name)] == redacted
