"""Single values: which texts are amounts, dates, redactions, and what they amount to.

Amounts are pounds and pence held as int64 pence and never rounded. A third decimal that is not
zero has no pence to be held in, so the amount is refused with the code `amount_fraction`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd

# Marks that stand for "nothing here" in an amount or a date cell.
NOTHING = frozenset({"", "-", "n/a", "na", "nil", "none", "null", "#n/a"})

_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<minus>-)?(?P<whole>\d{1,3}(?:[, ]\d{3})+|\d*)(?:\.(?P<part>\d*))?"
    r"(?P<after>-)?(?P<close>\))?(?P<side>CR|DR)?"
)
_PLAIN_AMOUNT = re.compile(r"-?\d{1,13}(?:\.\d{1,2})?")
_CURRENCY = re.compile(r"£|GBP|^\s*'")
_SPACES = re.compile(r"\s+")  # the narrow and the non-breaking ones included
_LOOSE_SPACE = re.compile(r"(?<!\d) | (?!\d)")
_MINUS_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-"})
_GROUPS = str.maketrans("", "", ", ")
_MAX_WHOLE_DIGITS = 13

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASH_ISO = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
_UK_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_NAMED_DATE = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ \-/]([a-z]{3,9})\.?,?[ \-/](\d{4}|\d{2})", re.I
)
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL_DATE = re.compile(r"\d{5}(?:\.0+)?")
_TIME = re.compile(
    r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$", re.I
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_SERIAL_START = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2099
_MONTH_FIRST_PERCENT = 10  # of real dates three in five have a day above the twelfth

_REDACTED = re.compile(
    r"\bredacted\b|\bwithheld\b|\bpersonal (?:data|information|details)\b|\bdata protect"
    r"|\bnot disclosed\b|\bname (?:removed|suppressed)\b|^(?:private|named) individual$"
    r"|^(?:an )?individual$|^confidential$|^x{3,}$|^\*{3,}$",
    re.I,
)


def read_amount(text: str) -> tuple[int | None, str | None]:
    """(pence, None), (None, None) for an empty cell, or (None, code of the cause).

    Taken: thousands commas, spaces, £ and GBP, parentheses or a minus before or after, CR as minus
    (a credit to the payer) and DR as plus, further decimals when they are zeros.
    """
    if text.strip().lower() in NOTHING:
        return None, None
    core = _CURRENCY.sub("", text.translate(_MINUS_SIGNS).upper())
    core = _LOOSE_SPACE.sub("", _SPACES.sub(" ", core.strip()))
    found = _AMOUNT.fullmatch(core)
    if found is None or not (found["whole"] or found["part"]):
        return None, "amount_unreadable"
    whole, part = (found["whole"] or "0").translate(_GROUPS), found["part"] or ""
    signs = [bool(found["open"]), bool(found["minus"]), bool(found["after"])]
    unclear = bool(found["open"]) != bool(found["close"]) or sum(signs) > 1
    if unclear or (found["side"] and any(signs)) or len(whole) > _MAX_WHOLE_DIGITS:
        return None, "amount_unreadable"
    if part[2:].strip("0"):
        return None, "amount_fraction"
    pence = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    return (-pence if any(signs) or found["side"] == "CR" else pence), None


def read_amounts(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of texts as (int64 pence, codes): code "" is read, "empty", or a cause.

    Pence are 0 where the code is not "". Plain numbers are done at once over the column; the rest
    go through `read_amount`, once for each different text.
    """
    places, different = pd.factorize(column.to_numpy(dtype=object))
    read = np.zeros(len(different), dtype=np.int64)
    said = np.full(len(different), "", dtype=object)
    for index, text in enumerate(different):
        if _PLAIN_AMOUNT.fullmatch(text):
            whole, _, part = text.partition(".")
            read[index] = int(whole + part.ljust(2, "0"))
            continue
        value, code = read_amount(text)
        read[index] = value or 0
        said[index] = code or ("empty" if value is None else "")
    return read[places], said[places]


def read_date(text: str) -> date | None:
    """A date written as ISO, as day/month/year, with a named month, as yyyymmdd or as a
    spreadsheet's day number; a time after it is left off. None when it is none of these.

    Month first is never guessed: 04/13/2019 is unreadable, not 13 April.
    """
    core = _TIME.sub("", text.strip())
    for pattern in (_ISO_DATE, _SLASH_ISO, _COMPACT_DATE):
        if found := pattern.fullmatch(core):
            return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _UK_DATE.fullmatch(core):
        return _date(_year(found[3]), int(found[2]), int(found[1]))
    if found := _NAMED_DATE.fullmatch(core):
        month = _MONTHS.get(found[2][:3].lower())
        return _date(_year(found[3]), month, int(found[1])) if month else None
    if _SERIAL_DATE.fullmatch(core):
        return _SERIAL_START + timedelta(days=int(core[:5])) if core >= "33000" else None
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_dates(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of texts as (datetime64[s], codes): "" is read, "empty" or "date_unreadable"."""
    places, different = pd.factorize(column.to_numpy(dtype=object))
    read = np.full(len(different), np.datetime64("NaT"), dtype="datetime64[s]")
    codes = np.full(len(different), "", dtype=object)
    for index, text in enumerate(different):
        if text.strip().lower() in NOTHING:
            codes[index] = "empty"
        elif (day := read_date(text)) is not None:
            read[index] = np.datetime64(day)
        else:
            codes[index] = "date_unreadable"
    return read[places], codes[places]


def is_month_first(column: pd.Series) -> bool:
    """Whether the dates of a whole column are evidently written month first, as 04/30/2019.

    One such date among many is a slip and no custom; a single one that must be day first decides.
    """
    places, different = pd.factorize(column.to_numpy(dtype=object))
    dates = months = 0
    for text, count in zip(different, np.bincount(places), strict=True):
        if found := _UK_DATE.fullmatch(_TIME.sub("", text.strip())):
            first, second = int(found[1]), int(found[2])
            if first > 12:
                return False
            dates += count
            months += count if 12 < second <= 31 else 0
    return months * 100 >= dates * _MONTH_FIRST_PERCENT > 0


def is_redacted(text: str) -> bool:
    """Whether a supplier's name was taken out by the publisher to protect a person.

    "Redacted personal data" is; Redactive Media Ltd and Albion Private Hire are not.
    """
    return _REDACTED.search(text.strip()) is not None


def looks_like_date(text: str) -> bool:
    """A date by its form alone; a bare day number or eight digits could be any number."""
    return not text.strip().isdigit() and read_date(text) is not None
