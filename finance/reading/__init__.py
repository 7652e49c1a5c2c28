"""Reading any CSV or workbook of published payments or supplier invoices.

`read_file` is the entry: bytes in, a `Reading` out, or `Unreadable` with a reason per column.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pandas as pd

from core.sheets import Sheet, read_sheets
from core.unreadable import ColumnReason, Unreadable
from finance.reading.causes import CAUSES
from finance.reading.mapping import (
    Guess,
    Mapping,
    find_header,
    guess_columns,
    guess_mapping,
    header_signature,
    refuse_signs_apart,
)
from finance.reading.names import NameGuess, name_guess
from finance.reading.parse import KINDS, parse
from finance.reading.roles import AMOUNT_ROLES, DATE_ROLES, ROLES

__all__ = [
    "AMOUNT_ROLES",
    "CAUSES",
    "DATE_ROLES",
    "KINDS",
    "ROLES",
    "ColumnReason",
    "Guess",
    "Mapping",
    "NameGuess",
    "Reading",
    "Unreadable",
    "guess_layout",
    "guess_mapping",
    "header_signature",
    "name_guess",
    "read_file",
    "rows_beneath",
]


# More could not be confirmed on one page.
MAX_COLUMNS = 200


@dataclass(frozen=True)
class Reading:
    """One file, read whole. `header_row` is the row number from 1; `delimiter` is empty for a
    workbook and `sheet` for a CSV. The frame is described at `finance.reading.parse.parse`.
    """

    name: str
    sha256: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: list[list[str]] = field(repr=False)
    mapping: Mapping = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    counts: dict[str, int]
    clean_pence: int
    held_pence: int
    organisation: NameGuess

    @property
    def total_pence(self) -> int:
        """Pence of all payments in the file, usable and held; stated totals are not added."""
        return self.clean_pence + self.held_pence


def _to_read(sheets: list[Sheet], mapping: Mapping | None) -> tuple[Sheet, int]:
    """The sheet that holds the payments, and its header row.

    Of two such sheets neither is read: one would be loaded and the other forgotten.
    """
    found: list[tuple[Sheet, int]] = []
    problem = Unreadable("The file is empty.")
    for sheet in reversed(sheets):
        try:
            found.insert(0, (sheet, find_header(sheet.rows, mapping)))
        except Unreadable as error:
            problem = error
    if not found:
        raise problem
    full = [pair for pair in found if len(found) == 1 or _holds_payments(*pair, mapping)]
    if len(full) > 1:
        names = " and ".join(f"'{sheet.sheet}'" for sheet, _ in full)
        raise Unreadable(
            f"More than one sheet of the workbook holds payments: {names}. "
            "Put them on one sheet under one row of headings, or send each as a file of its own."
        )
    sheet, header = (full or found)[0]
    headed = sum(bool(cell.strip()) for cell in sheet.rows[header])
    if headed > MAX_COLUMNS:
        raise Unreadable(
            f"The file has {headed:,} columns with a heading; the most taken is {MAX_COLUMNS}. "
            "Delete those that do not describe the payments."
        )
    return sheet, header


def _holds_payments(sheet: Sheet, header: int, mapping: Mapping | None) -> bool:
    """Whether it has the headings of the mapping, or all that payments need, and rows beneath."""
    beneath = sheet.rows[header + 1 :]
    if not any(cell.strip() for row in beneath for cell in row):
        return False
    if mapping is not None:
        return header_signature(sheet.rows[header]) == mapping.signature
    return not guess_columns(sheet.rows[header], beneath).missing()


def guess_layout(data: bytes) -> Mapping:
    """The columns of a file as far as they can be guessed, to be completed by a person.

    Raises `Unreadable` when the bytes are no table or no row reads as headings.
    """
    sheet, header = _to_read(read_sheets(data), None)
    return guess_columns(sheet.rows[header], sheet.rows[header + 1 :])


def rows_beneath(data: bytes, mapping: Mapping, most: int) -> list[list[str]]:
    """The first rows beneath the headings of a file whose payments cannot be read yet."""
    try:
        sheet, header = _to_read(read_sheets(data), mapping)
    except Unreadable:
        return []
    return sheet.rows[header + 1 : header + 1 + most]


def read_file(name: str, data: bytes, mapping: Mapping | None = None) -> Reading:
    """Read, map and parse a file. A mapping given is used as it is, fitted to moved columns.

    `counts` has "clean", "held", "header", "total", "blank" and "preamble", which add up to the
    rows. Raises `Unreadable`.
    """
    sheet, header = _to_read(read_sheets(data), mapping)
    headers = sheet.rows[header]
    if mapping is None:
        mapping = guess_mapping(headers, sheet.rows[header + 1 :])
    else:
        mapping = mapping.fitted(headers)
        mapping.require()
    refuse_signs_apart(headers, sheet.rows[header + 1 :], mapping)
    frame = parse(sheet.rows, header, mapping)
    is_data = frame["kind"] == "data"
    if not is_data.any():
        raise Unreadable(f"There is no payment below the headings in row {header + 1}.")
    clean, held = is_data & frame["cause"].isna(), is_data & frame["cause"].notna()
    counts = {"clean": int(clean.sum()), "held": int(held.sum())}
    counts |= {kind: int((frame["kind"] == kind).sum()) for kind in KINDS if kind != "data"}
    return Reading(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        sheet=sheet.sheet,
        header_row=header + 1,
        headers=tuple(headers),
        rows=sheet.rows,
        mapping=mapping,
        frame=frame,
        counts=counts,
        clean_pence=int(frame.loc[clean, "amount_pence"].sum()),
        held_pence=int(frame.loc[held, "amount_pence"].sum()),
        organisation=name_guess(name, frame.loc[is_data, "body"]),
    )
