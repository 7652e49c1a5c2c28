"""The cost centres and services that a file names, found among the units or made under one root."""

from datetime import date

import numpy as np
import pandas as pd

from core.actors import Actor
from tenants.models import Unit
from tenants.services import create_units, next_number

ROOT_CODE, ROOT_NAME = "PUBLISHED", "Published services"
MADE_PREFIX = "PUB-"
SINCE = date(2000, 1, 1)
_CODE_LENGTH, _NAME_LENGTH = 24, 120


def unit_labels(lines: pd.DataFrame) -> pd.DataFrame:
    """Code and name of each line's unit: its cost centre, else its service, else its directorate.

    Both are "" where the file says nothing.
    """
    named = lines["cost_centre_name"]
    for other in ("service", "directorate", "cost_centre"):
        named = named.where(named != "", lines[other])
    code = lines["cost_centre"].where(lines["cost_centre"].str.len() <= _CODE_LENGTH, "")
    return pd.DataFrame({"code": code, "name": named.str[:_NAME_LENGTH]})


def units_of(lines: pd.DataFrame, *, by: Actor) -> tuple[np.ndarray, list[Unit]]:
    """The place of each line's unit in the list of units that follows."""
    labels = unit_labels(lines)
    # A code alone tells units apart; names of one code may differ from month to month.
    keys = ("C" + labels["code"]).where(labels["code"] != "", "N" + labels["name"])
    places, _ = pd.factorize(keys)
    first = labels.assign(place=places).drop_duplicates("place")
    wanted = list(zip(first["code"].tolist(), first["name"].tolist(), strict=True))
    return places, _find_or_make(wanted, by)


def _find_or_make(wanted: list[tuple[str, str]], by: Actor) -> list[Unit]:
    known = create_units(rows=[(ROOT_CODE, ROOT_NAME, None)], since=SINCE)
    by_name = {unit.name.casefold(): unit.code for unit in known.values()}
    codes = [
        code if code in known else ("" if code else by_name.get(name.casefold(), ""))
        for code, name in wanted
    ]
    codes = [
        ROOT_CODE if not code and not name else found
        for found, (code, name) in zip(codes, wanted, strict=True)
    ]
    unnamed = sum(not found and not code for found, (code, _) in zip(codes, wanted, strict=True))
    number = next_number("published_unit", by=by, count=unnamed) if unnamed else 0
    new = []
    for place, (code, name) in enumerate(wanted):
        if codes[place]:
            continue
        if code:
            codes[place] = code
        else:
            codes[place], number = f"{MADE_PREFIX}{number:05}", number + 1
        new.append((codes[place], name or code, ROOT_CODE))
    made = create_units(rows=new, since=SINCE) if new else known
    return [made[code] for code in codes]
