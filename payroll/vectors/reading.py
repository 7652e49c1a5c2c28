"""Reads a file of test figures. Every refusal names the row, the column and the remedy."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from payroll.calculator.periods import Frequency

COLUMNS = (
    *("id", "area", "tax_year", "nation", "ni_category", "pay_frequency", "period", "tax_code"),
    *("w1m1", "loan_plans", "gross_pay", "taxable_pay_to_date", "tax_to_date_before"),
    *("expected_tax", "expected_tax_to_date", "expected_ee_nic", "expected_er_nic"),
    *("expected_at_lel_ytd", "expected_lel_to_pt_ytd", "expected_pt_to_uel_ytd"),
    *("expected_student_loan", "expected_pg_loan", "expected_other"),
    *("independent_check", "notes", "source"),
)
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_YEAR = re.compile(r"(20[0-9]{2})-([0-9]{2})")


class BadFile(Exception):
    """The file cannot be checked. The message is for whoever made it."""


@dataclass(frozen=True)
class Row:
    """One row: `line` counts from 1 for the headings, as a spreadsheet does."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def bad(self, column: str, why: str) -> BadFile:
        return BadFile(f"Row {self.line}, column {column}: {self[column]!r} {why}")

    def exact(self, column: str) -> Fraction:
        """The amount in pence, with any fraction of a penny."""
        text = self[column].replace(",", "")
        if not _AMOUNT.fullmatch(text):
            raise self.bad(column, "is not an amount. Write pounds like 1156.25.")
        pence = Fraction(Decimal(text)) * 100
        if abs(pence) > 10**10:
            raise self.bad(column, "is more than a payroll can hold. Write pounds, not pence.")
        return pence

    def pence(self, column: str) -> int:
        pence = self.exact(column)
        if pence.denominator != 1:
            raise self.bad(column, "has part of a penny. Write two decimals.")
        return int(pence)

    def pence_cut(self, column: str) -> int:
        """The amount, with a fraction of a penny dropped: pay is paid in whole pence."""
        return floor(self.exact(column))

    def pence_or_nought(self, column: str) -> int:
        return self.pence(column) if self[column] else 0

    def whole(self, column: str) -> int:
        if not self[column].isdecimal() or len(self[column]) > 4:
            raise self.bad(column, "is not a whole number. Write it in digits.")
        return int(self[column])

    def one_of(self, column: str, known: Mapping[str, str]) -> str:
        if self[column] not in known:
            raise self.bad(column, f"is not known. Use one of {', '.join(known)}.")
        return known[self[column]]

    @property
    def day(self) -> date:
        """The first day of the row's tax year: figures hold for the whole of it."""
        found = _YEAR.fullmatch(self["tax_year"])
        if not found or (int(found[1]) + 1) % 100 != int(found[2]):
            raise self.bad("tax_year", "is not a tax year. Write it like 2026-27.")
        return date(int(found[1]), 4, 6)

    @property
    def frequency(self) -> Frequency:
        return Frequency(self.one_of("pay_frequency", {one: one for one in Frequency}))

    def flag(self, column: str) -> bool:
        return self.one_of(column, {"Y": "Y", "N": "", "": ""}) == "Y"

    def others(self) -> dict[str, str]:
        """`expected_other` taken apart: name=value, with ; between."""
        found = {}
        for one in filter(None, self["expected_other"].split(";")):
            name, equals, value = one.strip().rpartition("=")
            if not equals or not name:
                raise self.bad("expected_other", f"has {one!r}. Write name=value, with ; between.")
            found[name] = value
        return found

    def other(self, name: str) -> int:
        """An amount of `expected_other` in pence."""
        text = self.others().get(name, "")
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", text):
            raise self.bad("expected_other", f"has no amount for {name}. Write pounds and pence.")
        return int(Fraction(Decimal(text)) * 100)


def read_rows(name: str, content: bytes) -> list[Row]:
    """All rows of a file. `BadFile` for one that is not a file of test figures."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not text in UTF-8. Save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise BadFile(f"{name} is not a text file. Save it as CSV in UTF-8.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        headings = [heading.strip() for heading in next(reader, [])]
        if missing := [column for column in COLUMNS if column not in headings]:
            raise BadFile(
                f"Row 1: column {missing[0]} is missing ({len(missing)} are). The headings are"
                f" {', '.join(COLUMNS)}."
            )
        if twice := {heading for heading in headings if headings.count(heading) > 1}:
            raise BadFile(f"Row 1: column {sorted(twice)[0]} stands there twice. Remove one.")
        rows, number = [], 1
        for cells in reader:
            number += 1
            if not any(cells):
                continue
            if len(cells) != len(headings):
                raise BadFile(
                    f"Row {number}: {len(cells)} cells under {len(headings)} headings. Put a value"
                    " with a comma in it between double quotes."
                )
            rows.append(Row(number, dict(zip(headings, map(str.strip, cells), strict=True))))
    except csv.Error as error:
        raise BadFile(f"{name}, line {reader.line_num}: {error}. Save it as CSV again.") from error
    if not rows:
        raise BadFile(f"{name} has headings and no rows. Add at least one.")
    _check_ids(rows)
    return rows


def _check_ids(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if not row["id"]:
            raise row.bad("id", "is empty. Give each row an id of its own.")
        if (earlier := seen.setdefault(row["id"], row.line)) != row.line:
            raise row.bad("id", f"stands in row {earlier} too. Give each row its own.")
