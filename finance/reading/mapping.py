"""Which column plays which role: guessed from headers and cells, kept as JSON, found again.

A guess never overrides what the cells say: a column headed as a date whose cells are not dates is
left out with that reason. A layout without a supplier, an amount and a date is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from core.unreadable import ColumnReason, Unreadable, column_letter
from finance.reading.roles import (
    AMOUNT_ROLES,
    DATE_ROLES,
    DEBIT,
    ROLES,
    plain_header,
    role_of_header,
    spelt_header,
)
from finance.reading.values import NOTHING, looks_like_date, read_amount, read_date

SAMPLE_ROWS = 200
HEADER_WITHIN = 40
_ENOUGH_PERCENT = 60
_CREDIT = frozenset({"cr", "c", "credit", "credit note", "crn"})
_DEBIT = frozenset({"dr", "d", "debit", "invoice", "inv"})
_CAPITAL_WORDS = frozenset({"capital", "revenue", "cap", "rev", "c", "r"})


@dataclass(frozen=True)
class Guess:
    """One column: its place from 0, its header, the role it was given (None: not used), why, and
    how sure, in percent."""

    column: int
    header: str
    role: str | None
    reason: str
    confidence: int


@dataclass(frozen=True)
class Mapping:
    """The roles of a layout's columns. `columns` is role to column counted from 0."""

    headers: tuple[str, ...]
    columns: dict[str, int]
    guesses: tuple[Guess, ...] = ()

    @property
    def signature(self) -> str:
        """The layout's fingerprint: the same for the same headers, whatever blank columns."""
        return header_signature(self.headers)

    def to_json(self) -> str:
        """The mapping as JSON, the same text for the same mapping."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """The mapping again; `ValueError` when the text is not one or names an unknown role."""
        try:
            raw = json.loads(text)
            mapping = cls(
                headers=tuple(raw["headers"]),
                columns={str(role): int(column) for role, column in raw["columns"].items()},
                guesses=tuple(Guess(**guess) for guess in raw.get("guesses", ())),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"Not a column mapping: {error}") from error
        mapping._check()
        return mapping

    def with_roles(self, columns: dict[str, int]) -> Mapping:
        """The same layout with the columns a person chose in place of the guessed ones."""
        mapping = Mapping(self.headers, dict(columns), self.guesses)
        mapping._check()
        return mapping

    def _check(self) -> None:
        unknown = sorted(set(self.columns) - set(ROLES))
        if unknown:
            raise ValueError(f"Unknown role: {', '.join(unknown)}")
        outside = [c for c in self.columns.values() if not 0 <= c < len(self.headers)]
        if outside:
            raise ValueError(f"No such column: {outside[0]}")

    def missing(self) -> list[str]:
        """In words, what a payment must have and this layout does not."""
        return missing_of_table(self.columns)

    def require(self) -> None:
        """`Unreadable`, a reason for each column, without a supplier, an amount or any date."""
        missing = self.missing()
        if not missing:
            return
        reasons = tuple(
            ColumnReason(
                column_letter(guess.column),
                guess.header,
                f"taken as {ROLES[guess.role]}: {guess.reason}" if guess.role else guess.reason,
            )
            for guess in self.guesses
        )
        raise Unreadable(
            f"No column was found for {' or for '.join(missing)}. "
            "Choose the columns by hand, or correct the headings and send the file again.",
            reasons,
        )

    def fitted(self, headers: Sequence[str]) -> Mapping:
        """This mapping on a file whose columns may have moved: each is found by its header.

        Of several columns with one header the same one in order is taken. `Unreadable` with a
        reason for each column that is not there.
        """
        here = [plain_header(header) for header in headers]
        mine = [plain_header(header) for header in self.headers]
        if here == mine:
            return Mapping(tuple(headers), self.columns, self.guesses)
        found: dict[str, int] = {}
        missing = []
        for role, column in self.columns.items():
            nth = mine[: column + 1].count(mine[column]) - 1
            places = [index for index, name in enumerate(here) if name == mine[column]]
            if mine[column] and nth < len(places):
                found[role] = places[nth]
                continue
            reason = f"is mapped as {ROLES[role]} and is not in this file"
            missing.append(ColumnReason(column_letter(column), self.headers[column], reason))
        if missing:
            raise Unreadable(
                "The file does not have the columns of the mapping chosen. "
                "Choose another mapping or let the columns be guessed.",
                tuple(missing),
            )
        return Mapping(tuple(headers), found, ())


def missing_of_table(columns: Collection[str]) -> list[str]:
    """In words, what a payment must have and these columns do not."""
    missing = [ROLES[role] for role in ("supplier", "amount") if role not in columns]
    return missing if set(DATE_ROLES) & set(columns) else [*missing, "a date"]


def refuse_signs_apart(headers: Sequence[str], rows: list[list[str]], mapping: Mapping) -> None:
    """Refuse amounts whose sign stands in a column of its own: credits would load as payments."""
    place = mapping.columns.get("amount", mapping.columns.get("gross"))
    if place is None:
        return
    for column in set(range(len(headers))) - set(mapping.columns.values()):
        first = {row[column].strip().lower() for row in rows[:50] if len(row) > column}
        if not first <= _CREDIT | _DEBIT | {""}:
            continue
        said = [
            (row[column].strip().lower(), row[place])
            for row in rows
            if len(row) > max(column, place)
        ]
        if not {word for word, _ in said} <= _CREDIT | _DEBIT | {""}:
            continue
        positive = {word for word, amount in said if (read_amount(amount)[0] or 0) > 0}
        if positive & _CREDIT and positive & _DEBIT:
            raise Unreadable(
                f"Column {column_letter(column)} ('{headers[column]}') says which amounts are "
                "credits, and the amounts have no sign. Put a minus before the amounts of credits "
                "and send the file again."
            )


def header_signature(headers: Sequence[str]) -> str:
    """SHA-256 over the plain headers in order, without the blank ones."""
    names = [name for name in map(plain_header, headers) if name]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def find_header(rows: list[list[str]], mapping: Mapping | None = None) -> int:
    """The index of the header row: the one with the mapping's own headers, else of the first forty
    the one that suggests most roles.

    `Unreadable` when none suggests two different roles.
    """
    if mapping is not None:
        for index, row in enumerate(rows[:HEADER_WITHIN]):
            if header_signature(row) == mapping.signature:
                return index
    best, best_score = -1, 1
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        roles = {guess[0] for cell in row if (guess := role_of_header(cell))}
        if len(roles) > best_score:
            best, best_score = index, len(roles)
    if best < 0:
        raise Unreadable(
            f"No row of the first {HEADER_WITHIN} reads as column headings. "
            "Put one row of headings, such as Supplier Name, Payment Date and Net Amount, "
            "above the payments."
        )
    return best


@dataclass(frozen=True)
class _Cells:
    """What a sample of one column holds. Shares are percent of the cells that say something."""

    filled: int
    dates: int
    written_dates: int
    amounts: int
    pennies: int
    words: int
    codes: int
    capital: int
    links: int


def _survey(cells: list[str]) -> _Cells:
    said = [cell for cell in (c.strip() for c in cells) if cell.lower() not in NOTHING]

    def share(count: int) -> int:
        return count * 100 // len(said) if said else 0

    return _Cells(
        filled=len(said),
        dates=share(sum(read_date(cell) is not None for cell in said)),
        written_dates=share(sum(looks_like_date(cell) for cell in said)),
        amounts=share(sum(read_amount(cell)[1] in (None, "amount_fraction") for cell in said)),
        pennies=share(sum("." in cell and read_amount(cell)[0] is not None for cell in said)),
        words=share(sum(sum(map(str.isalpha, cell)) >= 3 for cell in said)),
        codes=share(sum(_is_code(cell) for cell in said)),
        capital=share(sum(cell.lower() in _CAPITAL_WORDS for cell in said)),
        links=share(sum(cell.startswith(("http://", "https://")) for cell in said)),
    )


def _is_code(cell: str) -> bool:
    """A number with at most two letters, as V00123 is and BT or 3M Company are not."""
    return any(map(str.isdigit, cell)) and sum(map(str.isalpha, cell)) < 3


def guess_mapping(headers: Sequence[str], rows: list[list[str]]) -> Mapping:
    """The likely mapping of a layout, from its headers and a sample of the rows beneath.

    `Unreadable`, with a reason for each column, when no column is the supplier, the amount or any
    date.
    """
    mapping = guess_columns(headers, rows)
    mapping.require()
    return mapping


def guess_columns(headers: Sequence[str], rows: list[list[str]]) -> Mapping:
    """As `guess_mapping`, but a layout without a supplier, an amount or a date is left to a person
    to complete."""
    sample = rows[:SAMPLE_ROWS]
    surveys = [
        _survey([row[index] if index < len(row) else "" for row in sample])
        for index in range(len(headers))
    ]
    guesses = [_guess(index, header, surveys[index]) for index, header in enumerate(headers)]
    guesses = _credits_beside_debits(_one_each(guesses, surveys))
    guesses = _from_cells_alone(guesses, surveys)
    columns = {guess.role: guess.column for guess in guesses if guess.role}
    return Mapping(tuple(headers), columns, tuple(guesses))


def _guess(column: int, header: str, cells: _Cells) -> Guess:
    name = header.strip()
    suggestion = role_of_header(header)
    if suggestion is None:
        said = "the heading is not one known here" if name else "it has no heading"
        return Guess(column, name, None, said, 0)
    role, confidence = suggestion
    spelt = spelt_header(header)
    reason = f"the heading says {ROLES[role]}"
    if spelt != plain_header(header):
        reason, confidence = f"{reason} (read as '{spelt}')", confidence - 5
    return _against_cells(Guess(column, name, role, reason, confidence), cells)


def _against_cells(guess: Guess, cells: _Cells) -> Guess:
    """The guess confirmed, changed or dropped by what the column holds."""
    role, reason, confidence = guess.role, guess.reason, guess.confidence
    if cells.filled == 0:
        reason, confidence = f"{reason}; its cells are empty", confidence // 2
    elif role in DATE_ROLES and cells.dates < _ENOUGH_PERCENT:
        role, confidence = None, 0
        reason += f", but only {cells.dates}% of its cells read as dates"
    elif role in AMOUNT_ROLES and cells.amounts < _ENOUGH_PERCENT:
        role, confidence = None, 0
        reason += f", but only {cells.amounts}% of its cells read as amounts"
    elif role == "capital_or_revenue" and cells.capital < _ENOUGH_PERCENT:
        role, confidence = None, 0
        reason += ", but its cells are other words"
    elif role == "body" and cells.links >= _ENOUGH_PERCENT:
        role, confidence = None, 0
        reason += ", but its cells are web addresses, not names"
    elif role == "supplier_code" and cells.words >= 90 and "number" not in guess.header.lower():
        # Some ledgers head the name with the name of the code: "Supplier ID(T)".
        role, confidence = "supplier", 70
        reason += ", but its cells are words, as names are"
    elif role == "supplier" and cells.codes > 100 - _ENOUGH_PERCENT:
        role, confidence = "supplier_code", 70
        reason += ", but its cells are numbers"
    elif role in DATE_ROLES or role in AMOUNT_ROLES:
        reason += " and its cells read so"
    return Guess(guess.column, guess.header, role, reason, confidence)


def _one_each(guesses: list[Guess], surveys: list[_Cells]) -> list[Guess]:
    """Each role to its surest column: by confidence, then the fuller, then the one to the left."""

    def rank(guess: Guess) -> tuple[int, int, int]:
        return guess.confidence, surveys[guess.column].filled, -guess.column

    best: dict[str, Guess] = {}
    for guess in guesses:
        if guess.role and (guess.role not in best or rank(guess) > rank(best[guess.role])):
            best[guess.role] = guess
    return [
        guess
        if guess.role is None or best[guess.role] is guess
        else Guess(
            guess.column,
            guess.header,
            None,
            f"{guess.reason}, but column {column_letter(best[guess.role].column)} fits better",
            0,
        )
        for guess in guesses
    ]


def _credits_beside_debits(guesses: list[Guess]) -> list[Guess]:
    """Credits are taken off debits only: an amount of another name has its credits in it."""
    amount = next((guess for guess in guesses if guess.role == "amount"), None)
    if amount is not None and re.fullmatch(DEBIT, spelt_header(amount.header)):
        return guesses
    reason = "the heading says credits, but no column of debits is used"
    return [
        Guess(guess.column, guess.header, None, reason, 0) if guess.role == "credit" else guess
        for guess in guesses
    ]


def _from_cells_alone(guesses: list[Guess], surveys: list[_Cells]) -> list[Guess]:
    """A missing date or amount given to the one free column whose cells are dates or pennies.

    Not to a column that is headed as something else: credits alone are not the amounts.
    """
    taken = {guess.role for guess in guesses}
    wanted = []
    if not taken & set(DATE_ROLES):
        wanted.append(("paid_on", "written_dates", "dates", 55))
    if "amount" not in taken and "gross" not in taken:
        wanted.append(("amount", "pennies", "amounts with pennies", 50))
    for role, measure, what, confidence in wanted:
        free = [
            guess
            for guess in guesses
            if guess.role is None
            and (role_of_header(guess.header) or (role,))[0] == role
            and getattr(surveys[guess.column], measure) >= 90
        ]
        if len(free) == 1:
            column = free[0].column
            reason = f"it is the only column whose cells are {what}"
            guesses = [
                Guess(g.column, g.header, role, reason, confidence) if g.column == column else g
                for g in guesses
            ]
    return guesses
