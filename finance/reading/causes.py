"""Why a row is held: each code, the words for the person who mends it, and the remedy."""

from __future__ import annotations

# The words name the row, the column and the value as they stand in the file.
CAUSES: dict[str, str] = {
    "not_a_payment": (
        "Row {row} has no supplier, amount or date. "
        "Delete it if it is a note, or fill in the payment."
    ),
    "amount_missing": "Row {row}: {column} is empty. Enter the amount.",
    "amount_unreadable": (
        "Row {row}: {column} holds '{value}', which is not an amount. "
        "Enter pounds and pence, such as 1,234.56."
    ),
    "amount_fraction": (
        "Row {row}: {column} holds '{value}', which has a part of a penny. "
        "Enter the amount paid in whole pence."
    ),
    "amount_zero": "Row {row}: {column} is nil. Leave the row out, or enter the amount paid.",
    "date_missing": "Row {row}: {column} is empty. Enter the date.",
    "date_unreadable": (
        "Row {row}: {column} holds '{value}', which is not a date from 1990 to 2099. "
        "Enter it as day/month/year, such as 30/04/2019."
    ),
    "supplier_missing": (
        "Row {row}: {column} is empty. Enter the supplier, or 'Redacted personal data' "
        "where the name may not be published."
    ),
    "vat_unreadable": (
        "Row {row}: {column} holds '{value}', which is not an amount of whole pence. "
        "Enter pounds and pence, or leave it empty."
    ),
    "total_differs": (
        "Row {row} states a total of {value} and the rows above it come to another. "
        "Check that no row is missing before this file is used."
    ),
}


def cause_text(code: str, *, row: int, column: str, value: str) -> str:
    """The sentence for one row; a long value is cut so the sentence can be read."""
    shown = value if len(value) <= 60 else value[:57] + "..."
    return CAUSES[code].format(row=row, column=column, value=shown)
