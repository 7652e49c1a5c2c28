"""From rows of text to payments: one frame row for each row of the file, nothing left out.

Amounts are int64 pence. A row that cannot be used keeps its place with kind "data", the code of
the first thing wrong in `cause` and every thing wrong, in words, in `cause_text`.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from core.unreadable import Unreadable, column_letter
from finance.reading.causes import cause_text
from finance.reading.mapping import Mapping
from finance.reading.roles import AMOUNT_ROLES, DATE_ROLES, ROLES, plain_header
from finance.reading.values import is_month_first, is_redacted, read_amounts, read_dates

KINDS = ("data", "header", "total", "blank", "preamble")
TEXT_ROLES = tuple(role for role in ROLES if role not in (*AMOUNT_ROLES, *DATE_ROLES))
FRAME_COLUMNS = (
    *("row_no", "kind", "cause", "cause_text", "dated_on"),
    *DATE_ROLES,
    *(f"{role}_pence" for role in AMOUNT_ROLES),
    *("redacted", *TEXT_ROLES),
)
_TOTAL_WORDS = re.compile(r"(grand |sub ?-?|report |page |overall |net )?totals?\b.{0,40}", re.I)
# "1036863 - 4" and "46279931_1": a number of five or more digits, then its line.
_NUMBER_AND_LINE = r"^(\d{5,})(?: - |_)(\d{1,5})$"
_SPLIT_PERCENT = 80


def parse(rows: list[list[str]], header_row: int, mapping: Mapping) -> pd.DataFrame:
    """The Parsed frame of a file. `header_row` and the mapping's columns count from 0.

    Columns: row_no (from 1), kind, cause and cause_text (None where all is well), dated_on (the
    first of paid_on, invoice_on, received_on the layout has), those three as datetime64[s],
    amount_pence (less credit_pence where there is such a column), irrecoverable_vat_pence,
    vat_pence, gross_pence as Int64, redacted, and every other role as text, "" when absent.
    """
    frame = pd.DataFrame({"row_no": np.arange(1, len(rows) + 1, dtype=np.int64)})
    kinds = _plain_kinds(rows, header_row)
    texts = {
        role: pd.Series(_column(rows, mapping.columns.get(role)), dtype=object) for role in ROLES
    }
    issues = _Issues(mapping)
    _add_amounts(frame, texts, mapping, issues)
    for role in TEXT_ROLES:
        frame[role] = texts[role]
    _split_transactions(frame, kinds)
    frame["redacted"] = _redacted(frame["supplier"])
    issues.add("supplier_missing", "supplier", texts["supplier"], frame["supplier"] == "")
    _add_dates(frame, texts, mapping, issues)
    bare = issues.bare(len(frame))
    kinds = _find_totals(rows, frame, kinds)
    frame["kind"] = pd.Series(kinds, dtype=object)
    causes, words = issues.settle(frame, bare)
    frame["cause"] = pd.Series(causes, dtype=object)
    frame["cause_text"] = pd.Series(words, dtype=object)
    _check_totals(frame)
    return frame[list(FRAME_COLUMNS)]


def _column(rows: list[list[str]], column: int | None) -> list[str]:
    if column is None:
        return [""] * len(rows)
    return [" ".join(row[column].split()) if column < len(row) else "" for row in rows]


def _plain_kinds(rows: list[list[str]], header_row: int) -> np.ndarray:
    """Kinds that need no reading: blank, preamble, the header and its repeats further down."""
    kinds = np.full(len(rows), "data", dtype=object)
    header = [plain_header(cell) for cell in rows[header_row]]
    first = next(cell for cell in rows[header_row] if cell.strip())
    for index, row in enumerate(rows):
        if not "".join(row).strip():
            kinds[index] = "blank"
        elif index < header_row:
            kinds[index] = "preamble"
        elif first in row and [plain_header(cell) for cell in row] == header:
            kinds[index] = "header"
    return kinds


class _Issues:
    """What is wrong, gathered over whole columns; words are made only for the rows concerned."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.found: list[tuple[str, str, pd.Series, np.ndarray]] = []

    def add(self, code: str, role: str, texts: pd.Series, where: pd.Series | np.ndarray) -> None:
        self.found.append((code, role, texts, np.asarray(where, dtype=bool)))

    def bare(self, length: int) -> np.ndarray:
        """Rows with neither supplier, amount nor date: not payments at all."""
        bare = np.ones(length, dtype=bool)
        for code in ("supplier_missing", "amount_missing", "date_missing"):
            bare &= np.any([w for c, _, _, w in self.found if c == code], axis=0)
        return bare

    def settle(self, frame: pd.DataFrame, bare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(codes, words) for data rows; None where nothing is wrong."""
        data = (frame["kind"] == "data").to_numpy()
        codes = np.full(len(frame), None, dtype=object)
        words = np.full(len(frame), None, dtype=object)
        for index in np.flatnonzero(bare & data):
            codes[index] = "not_a_payment"
            words[index] = cause_text("not_a_payment", row=int(index) + 1, column="", value="")
        for code, role, texts, where in self.found:
            column = self._name(role)
            for index in np.flatnonzero(where & data & ~bare):
                said = cause_text(code, row=int(index) + 1, column=column, value=texts[index])
                codes[index] = codes[index] or code
                words[index] = f"{words[index]} {said}" if words[index] else said
        return codes, words

    def _name(self, role: str) -> str:
        place = self.mapping.columns[role]
        header = self.mapping.headers[place].strip()
        return header or f"column {column_letter(place)}"


def _add_dates(
    frame: pd.DataFrame, texts: dict[str, pd.Series], mapping: Mapping, issues: _Issues
) -> None:
    present = [role for role in DATE_ROLES if role in mapping.columns]
    for role in DATE_ROLES:
        days, codes = read_dates(texts[role])
        frame[role] = days
        if role not in present:
            continue
        if is_month_first(texts[role]):
            raise Unreadable(
                f"The dates of column {column_letter(mapping.columns[role])} "
                f"('{mapping.headers[mapping.columns[role]].strip()}') are written month first, "
                "and some could be read as another day. Write them as day/month/year, such as "
                "30/04/2019, and send the file again."
            )
        issues.add("date_unreadable", role, texts[role], codes == "date_unreadable")
        if role == present[0]:
            issues.add("date_missing", role, texts[role], codes == "empty")
    frame["dated_on"] = frame[present[0]]


def _add_amounts(
    frame: pd.DataFrame, texts: dict[str, pd.Series], mapping: Mapping, issues: _Issues
) -> None:
    for role in AMOUNT_ROLES:
        pence, codes = read_amounts(texts[role])
        if role == "amount" and "credit" in mapping.columns:
            pence, codes = _less_credits(pence, codes, *read_amounts(texts["credit"]))
        frame[f"{role}_pence"] = pd.arrays.IntegerArray(pence, codes != "")
        if role not in mapping.columns:
            continue
        if role == "amount":
            for code in ("amount_unreadable", "amount_fraction"):
                issues.add(code, role, texts[role], codes == code)
            issues.add("amount_missing", role, texts[role], codes == "empty")
            issues.add("amount_zero", role, texts[role], (codes == "") & (pence == 0))
        elif role == "credit":
            wrong = (codes != "") & (codes != "empty")
            issues.add("amount_unreadable", role, texts[role], wrong)
        else:
            issues.add("vat_unreadable", role, texts[role], (codes != "") & (codes != "empty"))


def _less_credits(
    pence: np.ndarray, codes: np.ndarray, credit: np.ndarray, credit_codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Debits with the credits of the column beside them taken off; either cell may be empty.

    A column that writes every credit with a minus has taken them off already.
    """
    both = (credit_codes == "") & ((codes == "") | (codes == "empty"))
    signed = np.where(both, credit if not (credit > 0).any() else -credit, 0)
    return pence + signed, np.where(both, "", codes)


def _split_transactions(frame: pd.DataFrame, kinds: np.ndarray) -> None:
    """Divide number and line where the layout writes them in one cell, judged over the column.

    One number that happens to have that form, in a column of others, is left as it is.
    """
    if (frame["line_no"] != "").any():
        return
    parts = frame["transaction"].str.extract(_NUMBER_AND_LINE)
    fits = parts[0].notna()
    said = (frame["transaction"] != "") & (kinds == "data")
    if not said.any() or (fits & said).sum() * 100 < said.sum() * _SPLIT_PERCENT:
        return
    frame["line_no"] = parts[1].where(fits, "").astype(object)
    frame["transaction"] = parts[0].where(fits, frame["transaction"]).astype(object)


def _redacted(suppliers: pd.Series) -> np.ndarray:
    places, different = pd.factorize(suppliers.to_numpy(dtype=object))
    return np.array([is_redacted(name) for name in different], dtype=bool)[places]


def _find_totals(rows: list[list[str]], frame: pd.DataFrame, kinds: np.ndarray) -> np.ndarray:
    """Mark total rows: an amount without date or transaction that is called a total, or that
    stands alone and is the sum of what is above. Any other lone amount stays data, and is held.
    """
    kinds = kinds.copy()
    amounts = frame["amount_pence"].fillna(0).to_numpy(dtype=np.int64)
    undated = frame["dated_on"].isna() & frame["amount_pence"].notna()
    for index in np.flatnonzero((kinds == "data") & undated & (frame["transaction"] == "")):
        said = [cell.strip() for cell in rows[index] if cell.strip()]
        called = any(_TOTAL_WORDS.fullmatch(cell) for cell in said)
        above = amounts[:index][kinds[:index] == "data"].sum()
        if called or (len(said) == 1 and amounts[index] == above):
            kinds[index] = "total"
    return kinds


def _check_totals(frame: pd.DataFrame) -> None:
    """Note a stated total that is the sum neither of all rows above nor of those since the last."""
    kinds = frame["kind"].to_numpy()
    amounts = frame["amount_pence"].fillna(0).to_numpy(dtype=np.int64)
    running = np.cumsum(np.where(kinds == "data", amounts, 0))
    since = 0
    for index in np.flatnonzero(kinds == "total"):
        if amounts[index] not in (running[index], running[index] - since):
            value = f"£{abs(amounts[index]) // 100:,}.{abs(amounts[index]) % 100:02d}"
            value = f"-{value}" if amounts[index] < 0 else value
            frame.loc[index, "cause"] = "total_differs"
            frame.loc[index, "cause_text"] = cause_text(
                "total_differs", row=int(index) + 1, column="", value=value
            )
        since = running[index]
