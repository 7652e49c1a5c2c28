"""From the words of a published category to an account of the chart, with the reason in words.

`finance/data/category_accounts.csv` is read in its order; the first row with a word that begins a
word of the text decides. The rows come from general knowledge of how public bodies group spending.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SUSPENSE = "29000"
CAPITAL_ACCOUNT = "12800"
GENERAL_SUPPLIES = "54200"
CAPITAL_WORDS = frozenset({"capital", "cap", "c"})
_CSV = Path(__file__).resolve().parent.parent / "data" / "category_accounts.csv"


@dataclass(frozen=True)
class Choice:
    """An account and why, at most 200 characters."""

    account: str
    reason: str


@dataclass(frozen=True)
class _Row:
    account: str
    words: re.Pattern[str]
    because: str


@lru_cache(maxsize=1)
def _table() -> tuple[_Row, ...]:
    with _CSV.open(encoding="utf-8", newline="") as source:
        return tuple(
            _Row(row["account"], _pattern(row["words"].split(";")), row["because"])
            for row in csv.DictReader(source)
        )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![a-z0-9]){re.escape(word)}" for word in words))


@lru_cache(maxsize=20_000)
def account_of_words(text: str, what: str) -> Choice | None:
    """The account that a text suggests, or None; `what` names the text in the reason."""
    plain = " ".join(text.lower().split())
    for row in _table() if plain else ():
        if row.words.search(plain):
            return Choice(row.account, f"{what} '{text[:90]}' reads as {row.because}"[:200])
    return None


def capital_choice(text: str) -> Choice | None:
    """Assets under construction where the file itself says that the spending is capital."""
    if text.strip().lower() not in CAPITAL_WORDS:
        return None
    return Choice(CAPITAL_ACCOUNT, f"The file marks the row as capital ('{text}')")


def unknown_choice(category: str) -> Choice:
    """Suspense for a category that nobody knows; general supplies where none is stated."""
    if category:
        said = f"No rule knows the category '{category[:90]}': in suspense until coded"
        return Choice(SUSPENSE, said)
    return Choice(
        GENERAL_SUPPLIES,
        "No category is stated and no earlier line of the supplier is known: general supplies",
    )
