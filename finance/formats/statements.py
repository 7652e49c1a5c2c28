"""What a bank statement says, whatever its format: facts in pence, and the one error of readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.money import formatted

_AMOUNT = re.compile(r"([+-]?)([0-9]{0,13})(?:[.,]([0-9]*))?")


class NotAStatement(ValueError):
    """The file is refused whole; the message names the line or field and what to do."""


@dataclass(frozen=True)
class Line:
    """An entry of the account: pence above zero came in, below zero went out.

    `references` are those of the parties, of each part of a collective entry; `bank_reference` is
    the bank's own; `code` is the bank's word for the kind of entry.
    """

    number: int
    booked_on: date
    pence: int
    value_on: date | None = None
    code: str = ""
    references: tuple[str, ...] = ()
    bank_reference: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class Statement:
    """The entries of one account over some days. A balance that is not stated is None.

    Of the account as much is known as the format says: sort code and number, an IBAN, or one text.
    """

    format: str
    reference: str
    sequence: str
    account: str
    currency: str
    from_on: date
    to_on: date
    opening_pence: int | None
    closing_pence: int | None
    lines: tuple[Line, ...]

    @property
    def total_pence(self) -> int:
        """What the entries come to."""
        return sum(line.pence for line in self.lines)

    def checked(self) -> Statement:
        """This statement. `NotAStatement` unless its entries lead from balance to balance."""
        if self.opening_pence is None or self.closing_pence is None:
            return self
        reached = self.opening_pence + self.total_pence
        if reached != self.closing_pence:
            raise NotAStatement(
                f"Statement {self.reference} does not add up: it opens with"
                f" {formatted(self.opening_pence)}, its {len(self.lines):,} entries lead to"
                f" {formatted(reached)}, and it closes with {formatted(self.closing_pence)}."
                " An entry is missing or doubled: ask the bank for the statement again."
            )
        return self


def pence_of(text: str, where: str) -> int:
    """An amount with a point or a comma before at most two places that count, as pence."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        raise NotAStatement(f"{where}: '{text[:40]}' is not an amount. Ask the bank for it again.")
    whole, part = found[2] or "0", found[3] or ""
    if part[2:].strip("0"):
        raise NotAStatement(f"{where}: '{text[:40]}' holds a part of a penny. Ask the bank why.")
    pence = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    return -pence if found[1] == "-" else pence


def day_of(text: str, where: str) -> date:
    """A date written yyyy-mm-dd or yyyymmdd, whatever time stands behind it."""
    digits = text.strip()[:10].replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NotAStatement(
            f"{where}: '{text[:40]}' is not a date. Ask the bank for the file again."
        ) from None


def one_line(text: str) -> str:
    """A text of the bank without its line breaks and columns of blanks."""
    return " ".join(text.split())
