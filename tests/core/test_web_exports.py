"""Files that leave: harmless cells, facts above, exact amounts."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from core.web.exports import csv_response, neutral, xlsx_response

FACTS = {"Made by": "Priya Nair", "Filter": "=all"}
ROWS = [["=1+1", Decimal("-12.50"), date(2026, 6, 15)], ["Plain", Decimal("3"), None]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_become_text(start: str) -> None:
    assert neutral(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_numbers_dates_and_words_stay() -> None:
    kept = [Decimal("-1.00"), -5, date(2026, 1, 1), "A-1", "", "5=5"]
    assert [neutral(value) for value in kept] == kept
    assert neutral(None) == ""


def test_csv_has_facts_then_columns_then_rows() -> None:
    answer = csv_response("list", ["Name", "Amount", "On"], ROWS, FACTS)
    assert answer["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert answer.content.decode("utf-8-sig").split("\r\n") == [
        "Made by,Priya Nair",
        "Filter,'=all",
        "",
        "Name,Amount,On",
        "'=1+1,-12.50,2026-06-15",
        "Plain,3,",
        "",
    ]


def test_xlsx_has_rows_and_facts_on_two_sheets() -> None:
    answer = xlsx_response("list", ["Name", "Amount", "On"], ROWS, FACTS)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["About", "Rows"]
    assert [[cell.value for cell in row] for row in book["About"]] == [
        ["Made by", "Priya Nair"],
        ["Filter", "'=all"],
    ]
    values = [[cell.value for cell in row] for row in book["Rows"]]
    assert values[0] == ["Name", "Amount", "On"]
    assert values[1][0] == "'=1+1"
    assert {cell.data_type for row in book["Rows"] for cell in row} <= {"s", "n", "d"}
