"""Finding the suppliers of a file among the organisation's own, and making those that are new."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from psycopg2.extras import execute_values

from core.actors import Actor
from tenants.services import next_number

# The code of a supplier whom a published file names without one.
MADE_PREFIX = "PUB-"


def supplier_ids(cursor: Any, suppliers: pd.DataFrame, *, by: Actor, at: datetime) -> np.ndarray:
    """The id of each supplier: by code, else by name, else made now.

    A supplier known by a code of its own is never taken for another code with the same name: two
    sites of one firm stay two.
    """
    by_code = _known_codes(cursor, [c for c in suppliers["code"] if c], by)
    by_name = _known_names(cursor, suppliers["name_norm"].tolist(), by)
    found: list[int | None] = []
    for code, name in zip(suppliers["code"], suppliers["name_norm"], strict=True):
        named = by_name.get(name)
        if code:
            only_named = named if named and named[1].startswith(MADE_PREFIX) else None
            found.append(by_code.get(code) or (only_named[0] if only_named else None))
        else:
            found.append(named[0] if named else None)
    new = [place for place, known in enumerate(found) if known is None]
    for place, made in zip(new, _make(cursor, suppliers.iloc[new], by, at), strict=True):
        found[place] = made
    return np.array(found, dtype=np.int64)


def _known_codes(cursor: Any, codes: list[str], by: Actor) -> dict[str, int]:
    cursor.execute(
        "SELECT code, id FROM finance_supplier WHERE organisation_id = %s AND code = ANY(%s)",
        [by.organisation_id, codes],
    )
    return dict(cursor.fetchall())


def _known_names(cursor: Any, names: list[str], by: Actor) -> dict[str, tuple[int, str]]:
    """The first supplier of each name, by id: the same one every time."""
    cursor.execute(
        "SELECT DISTINCT ON (name_norm) name_norm, id, code FROM finance_supplier"
        " WHERE organisation_id = %s AND name_norm = ANY(%s) AND NOT redacted"
        " ORDER BY name_norm, id",
        [by.organisation_id, names],
    )
    return {name: (supplier_id, code) for name, supplier_id, code in cursor.fetchall()}


def _make(cursor: Any, new: pd.DataFrame, by: Actor, at: datetime) -> list[int]:
    uncoded = int((new["code"] == "").sum())
    number = next_number("published_supplier", by=by, count=uncoded) if uncoded else 0
    rows = []
    for row in new.itertuples(index=False):
        code = row.code
        if not code:
            code, number = f"{MADE_PREFIX}{number:06}", number + 1
        facts = (code, row.name, row.name_norm, row.redacted, row.vat_number, row.company_number)
        rows.append((by.organisation_id, *facts, at))
    if not rows:
        return []
    made = execute_values(
        cursor.cursor,
        "INSERT INTO finance_supplier (organisation_id, code, name, name_norm, redacted,"
        " vat_number, company_number, made_at, public_body, terms_days, status, email, town,"
        " postcode, version) VALUES %s RETURNING id",
        rows,
        template="(%s, %s, %s, %s, %s, %s, %s, %s, false, 30, 'active', '', '', '', 1)",
        page_size=len(rows),
        fetch=True,
    )
    return [row[0] for row in made]
