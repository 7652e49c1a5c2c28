"""The one error of reading a file: it cannot be used, and why, in plain words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnReason:
    """Why one column was not taken: its spreadsheet letter, its header and the reason."""

    column: str
    header: str
    reason: str

    def __str__(self) -> str:
        heading = f"'{self.header}'" if self.header else "no heading"
        return f"Column {self.column} ({heading}): {self.reason}"


class Unreadable(ValueError):
    """A file is refused whole: `message` says what to do, `reasons` speaks for each column."""

    def __init__(self, message: str, reasons: tuple[ColumnReason, ...] = ()) -> None:
        self.message = message
        self.reasons = reasons
        super().__init__("\n".join([message, *map(str, reasons)]))


def column_letter(index: int) -> str:
    """The spreadsheet letter of a column counted from 0: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_place(letters: str) -> int:
    """The place from 0 of a spreadsheet letter: the inverse of `column_letter`."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
