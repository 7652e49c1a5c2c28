"""The catalogue of indicators as it ships: `data/indicators.csv` and what the apps declare live."""

import csv
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sla.registry import LIVE, NOT_LIVE, Kind, Live

FILE = Path(__file__).parent / "data" / "indicators.csv"
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?:/\d\d)?(?![\d,])")
_STATISTICS = {
    "reference_low": "Weaker",
    "reference_median": "Middle",
    "reference_top": "Stronger",
}
_UNITS = {"index": "", "score 0-10": ""}


@dataclass(frozen=True)
class Entry:
    """One definition as the catalogue has it now."""

    code: str
    name: str
    function: str
    formula: str
    unit: str
    polarity: str
    frequency: str
    kind: str = Kind.KPI
    numerator: str = ""
    denominator: str = ""
    factor: Decimal = Decimal(100)
    missing: str = ""
    not_live: str = ""
    board: int = 0
    references: list[dict[str, str]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Changes with anything that the definition says."""
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def entries() -> list[Entry]:
    """Every definition: those of the file in its order, then those that only apps declare."""
    with FILE.open(newline="", encoding="utf-8") as file:
        listed = [_listed(row) for row in csv.DictReader(file)]
    known = {entry.code for entry in listed}
    return listed + [_declared(live) for live in LIVE.values() if live.code not in known]


def _listed(row: dict[str, str]) -> Entry:
    live = LIVE.get(row["id"])
    fed = _feeds(live) if live else {"not_live": _why_not(row)}
    return Entry(
        code=row["id"],
        name=row["name"],
        function=row["function"],
        formula=row["formula"],
        unit=_UNITS.get(row["unit"], row["unit"].replace("GBP", "£")),
        polarity=row["polarity"],
        frequency=row["frequency"],
        references=_references(row),
        **fed,
    )


def _declared(live: Live) -> Entry:
    return Entry(
        code=live.code,
        name=live.name,
        function=live.function,
        formula=live.formula,
        unit=live.unit,
        polarity=live.polarity,
        frequency=live.frequency,
        **_feeds(live),
    )


def _feeds(live: Live) -> dict[str, Any]:
    return {
        "kind": str(live.kind),
        "numerator": live.numerator,
        "denominator": live.denominator,
        "factor": live.factor,
        "missing": live.missing,
        "board": live.board,
    }


def _why_not(row: dict[str, str]) -> str:
    return NOT_LIVE.get(row["id"]) or f"Nothing records yet what it needs: {row['formula']}."


def _references(row: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "statistic": words,
            "value": row[column],
            "year": year_of(row[column], row["source"]),
            "source": row["source"],
        }
        for column, words in _STATISTICS.items()
        if row[column]
    ]


def year_of(value: str, source: str) -> str:
    """The year that stands nearest to the value in the text of its source; "" if none does."""
    years = list(_YEAR.finditer(source))
    place = re.search(rf"(?<![\d.]){re.escape(value)}(?![\d])", source)
    if not years:
        return ""
    if place is None:
        return years[-1].group()
    return min(years, key=lambda year: abs(year.start() - place.start())).group()
