"""Tax codes: their grammar, what it means, and the columns in which a pay group holds them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.figures import EMERGENCY_CODE, FLAT_RATES, Regime
from payroll.calculator.rounding import Amounts, Flags
from payroll.rules import PRL02

# The order of the tables that rows are looked up in.
REGIMES = tuple(Regime)
FLAT_NAMES = ("BR", "D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8")
_CODE = re.compile(
    r"(?P<regime>[SC]?)"
    r"(?:(?P<number>[1-9][0-9]{0,5})(?P<suffix>[LMNPTY])|K(?P<k>[1-9][0-9]{0,5})"
    r"|(?P<flat>BR|D[0-8])|(?P<word>0T|NT))"
    r"(?P<basis>W1/?M1|W1|M1|X)?"
)


class Kind(IntEnum):
    SUFFIX = 0  # free pay, or none at all for 0T
    K = 1  # pay is added before tax
    FLAT = 2  # all pay at one rate
    NO_TAX = 3


@dataclass(frozen=True)
class TaxCode:
    """A code as it is stored: whose bands, what kind, which number, on which basis.

    `letters` is the suffix, or the whole word of a code without a number: BR, D0, 0T, NT.
    """

    regime: Regime
    kind: Kind
    number: int
    letters: str
    cumulative: bool

    def __str__(self) -> str:
        return self.text if self.cumulative else f"{self.text} X"

    @property
    def text(self) -> str:
        """The code as the FPS has it, without its basis; the regime stands before it."""
        if self.kind is Kind.K:
            return f"{self.regime}K{self.number}"
        return f"{self.regime}{self.number or ''}{self.letters}"


def parse_code(text: str, day: date | None = None, *, cumulative: bool = True) -> TaxCode:
    """The code that people write. PRL02 says what is wrong with it.

    Spaces and small letters do not matter. W1, M1, W1/M1, W1M1 or X after the code, or
    `cumulative` being false, makes it week 1 or month 1. With a pay date, `day`, a code of one rate
    must have that rate then.
    """
    found = _CODE.fullmatch("".join(text.split()).upper())
    if not found:
        raise PRL02.refuse(f"{text!r}: {_why_not(''.join(text.split()).upper())}")
    regime = Regime(found["regime"])
    basis = cumulative and not found["basis"]
    if number := found["k"]:
        return TaxCode(regime, Kind.K, int(number), "K", basis)
    if number := found["number"]:
        return TaxCode(regime, Kind.SUFFIX, int(number), found["suffix"], basis)
    if flat := found["flat"]:
        if day and flat not in FLAT_RATES[regime].on(day).rates:
            raise PRL02.refuse(
                f"{text!r}: {flat} has no rate in {regime.label} in this tax year."
                " Check the coding notice, or ask HMRC."
            )
        return TaxCode(regime, Kind.FLAT, 0, flat, basis)
    if found["word"] == "NT":
        if regime is not Regime.REST_OF_UK:
            raise PRL02.refuse(f"{text!r}: NT never has a letter before it. Write NT.")
        return TaxCode(regime, Kind.NO_TAX, 0, "NT", basis)
    return TaxCode(regime, Kind.SUFFIX, 0, "0T", basis)


def _why_not(code: str) -> str:
    core = re.sub(r"(W1/?M1|W1|M1|X)$", "", code.removeprefix("S").removeprefix("C"))
    if not code:
        return "it is empty. Use 0T week 1/month 1 until HMRC sends a code."
    if re.fullmatch(r"0+[LMNPTY]?|K0*", core):
        return "a code without allowance is written 0T."
    if re.fullmatch(r"0[0-9]+[LMNPTY]|K0[0-9]+", core):
        return "its number begins with a nought. Write it without."
    if re.fullmatch(r"K?[0-9]{7,}[LMNPTY]?", core):
        return "its number has more than six digits."
    if re.fullmatch(r"K?[0-9]+[A-Z]?", core):
        return "a number is followed by L, M, N or T, or has K before it."
    if re.fullmatch(r"D[0-9]+", core):
        return "after D stands one digit from 0 to 8."
    return (
        "it is no code of the kinds 1257L, K475, BR, D0, 0T or NT, with S or C before it for"
        " Scotland or Wales, and W1, M1 or X after it."
    )


def emergency_code(day: date, *, cumulative: bool) -> TaxCode:
    """The code of a new starter without a P45, cumulative (statement A) or not (statement B)."""
    number = EMERGENCY_CODE.on(day).number
    return TaxCode(Regime.REST_OF_UK, Kind.SUFFIX, number, "L", cumulative)


@dataclass(frozen=True)
class Codes:
    """The codes of a pay group in columns: places in `REGIMES`, `Kind`, `FLAT_NAMES`; letters."""

    regime: NDArray[np.int8]
    kind: NDArray[np.int8]
    number: Amounts
    flat: NDArray[np.int8]
    letters: NDArray[np.str_]
    cumulative: Flags

    def __len__(self) -> int:
        return len(self.kind)

    def code(self, row: int) -> TaxCode:
        return TaxCode(
            REGIMES[self.regime[row]], Kind(self.kind[row]), int(self.number[row]),
            str(self.letters[row]), bool(self.cumulative[row]),
        )  # fmt: skip


def columns(codes: Sequence[TaxCode]) -> Codes:
    """Codes of people, in their order, as columns."""
    flats = [FLAT_NAMES.index(c.letters) if c.kind is Kind.FLAT else 0 for c in codes]
    return Codes(
        regime=np.array([REGIMES.index(code.regime) for code in codes], dtype=np.int8),
        kind=np.array([code.kind for code in codes], dtype=np.int8),
        number=np.array([code.number for code in codes], dtype=np.int64),
        flat=np.array(flats, dtype=np.int8),
        letters=np.array([code.letters for code in codes], dtype="U2"),
        cumulative=np.array([code.cumulative for code in codes], dtype=np.bool_),
    )
