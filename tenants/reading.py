"""Cells of files that an administrator loads, as values, and what is wrong with them in words."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

T = TypeVar("T")

EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
MONTH = re.compile(r"(?P<month>0?[1-9]|1[0-2])/(?P<year>\d{4})")
NUMBER = re.compile(r"-?\d{1,10}(\.\d{1,4})?")
MOST_POUNDS = Decimal(10) ** 12


class Cells:
    """One row by its headings; what cannot be read is kept in `wrong`, with what to write."""

    def __init__(self, row: dict[str, str]) -> None:
        self.row, self.wrong = row, list[str]()

    def text(self, column: str, *, most: int, needed: bool = False) -> str:
        said = " ".join(self.row.get(column, "").split())
        if needed and not said:
            self._say(column, "enter a value.")
        if len(said) > most:
            self._say(column, f"at most {most} characters.")
        if "\x00" in said:
            self._say(column, "holds a character that cannot be kept.")
        return said

    def email(self, column: str, *, needed: bool = False) -> str:
        said = self.text(column, most=254, needed=needed).lower()
        if said and not EMAIL.fullmatch(said):
            self._say(column, "write an address like name@example.org.")
        return said

    def one_of(
        self, column: str, known: Mapping[str, T], named: Iterable[object], *, needed: bool = False
    ) -> T | None:
        """What a word means, whatever its capitals; `named` are the words that are told."""
        said = self.text(column, most=80).casefold()
        if said not in known and (said or needed):
            self._say(column, f"write one of {', '.join(map(str, named))}.")
        return known.get(said)

    def like(self, column: str, pattern: re.Pattern[str], example: str) -> str:
        said = self.text(column, most=40)
        if said and not pattern.fullmatch(said):
            self._say(column, f"«{said}» is not written like {example}.")
            return ""
        return said

    def day(self, column: str) -> date | None:
        said = self.text(column, most=40)
        if not said:
            return None
        form = "%d/%m/%Y" if "/" in said else "%Y-%m-%d"
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            self._say(column, f"«{said}» is not a date like 14/12/2026.")
            return None

    def after(self, column: str) -> date | None:
        """The day after the last one."""
        last = self.day(column)
        return last + timedelta(days=1) if last and last < date.max else last

    def month(self, column: str) -> date | None:
        """The first day of a month such as 04/2026, or of the one in which a day lies."""
        said = self.row.get(column, "").strip()
        found = MONTH.fullmatch(said)
        if not found:
            day = self.day(column)
            return day.replace(day=1) if day else None
        return date(int(found["year"]), int(found["month"]), 1)

    def number(self, column: str) -> Decimal | None:
        """A number of at most four places."""
        said = self.text(column, most=20).replace(",", "").removesuffix("%")
        if not said:
            return None
        if not NUMBER.fullmatch(said):
            self._say(column, f"«{said}» is not a number like 95.5.")
            return None
        return Decimal(said)

    def count(self, column: str, otherwise: int, *, most: int) -> int:
        """A whole number from one to `most`."""
        said = self.text(column, most=20)
        if not said:
            return otherwise
        if not said.isascii() or not said.isdecimal() or not 1 <= int(said) <= most:
            self._say(column, f"«{said}» is not a whole number from 1 to {most}.")
            return otherwise
        return int(said)

    def pence(self, column: str) -> int | None:
        said = self.text(column, most=40).replace(",", "").removeprefix("£")
        if not said:
            return None
        try:
            exact = Decimal(said) * 100
        except InvalidOperation:
            exact = Decimal(-1)
        if not exact.is_finite() or not 0 <= exact < MOST_POUNDS or exact != int(exact):
            self._say(column, f"«{said}» is not an amount like 1,250.00.")
            return None
        return int(exact)

    def _say(self, column: str, words: str) -> None:
        self.wrong.append(f"{column.replace('_', ' ').capitalize()}: {words}")
