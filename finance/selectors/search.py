"""What is looked for in lists of invoices, found before the invoices are.

The suppliers and invoices that words stand for enter the next queries by their ids: the planner
knows how frequent each of those is, and a row is held against thousands of them by their hash.
"""

# Only names from this module enter the text; values are parameters.
# ruff: noqa: S608

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from finance.keys import after, name_key, reference_key
from finance.models import Supplier

# Beyond these the conditions themselves are asked: so many match that they are soon come upon.
MOST_SUPPLIERS = 5_000
MOST_REFERENCES = 1_000
# References begin with the year or grow with it, so those of one beginning lie together, and may
# all be old: up to so many, sorting them takes less than walking there from the newest invoice.
MOST_SORTED = 150_000


@dataclass(frozen=True)
class Search:
    """Our number, else the beginning of the supplier's number or of the supplier's name.

    `suppliers` and `invoices` are None when too many match to be named one by one; `together`:
    those invoices are likely to lie together, and sorted sooner than come upon.
    """

    name: str = ""
    reference: str = ""
    number: int | None = None
    suppliers: tuple[int, ...] | None = ()
    invoices: tuple[int, ...] | None = ()
    together: bool = False

    def condition(self) -> tuple[Any, ...]:
        """SQL over invoice `i` and its values."""
        parts: list[str] = []
        values: list[Any] = []
        if self.number is not None:
            parts.append("i.number = %s")
            values.append(self.number)
        if self.suppliers is None:
            sql, given = _begins("s.name_norm", self.name)
            parts.append(
                "i.supplier_id IN (SELECT s.id FROM finance_supplier s"
                f" WHERE s.organisation_id = o.organisation_id AND {sql})"
            )
            values += given
        elif self.suppliers:
            sql, *given = among("i.supplier_id", self.suppliers)
            parts.append(sql)
            values += given
        if self.invoices is None:
            sql, given = _begins("i.ref_norm", self.reference)
            parts.append(f"({sql})")
            values += given
        elif self.invoices:
            sql, *given = among("i.id", self.invoices)
            parts.append(sql)
            values += given
        return (f"({' OR '.join(parts) or 'false'})", *values)


def among(column: str, ids: Sequence[int]) -> tuple[Any, ...]:
    """One of these ids; an array as text is read a hundred times faster than as an expression."""
    if len(ids) == 1:
        return (f"{column} = %s", ids[0])
    return (f"{column} = ANY(%s::bigint[])", f"{{{','.join(map(str, ids))}}}")


def _begins(column: str, key: str) -> tuple[str, list[str]]:
    """A search for beginnings as a range, which a B-tree serves."""
    end = after(key)
    if end is None:
        return f"{column} ^@ %s", [key]
    return f"{column} >= %s AND {column} < %s", [key, end]


def search_for(text: str, organisations: Sequence[int]) -> Search:
    """What the words stand for at these organisations."""
    name = name_key(text)
    digits = name.removeprefix("INV")
    ours = int(digits) if digits.isdecimal() and len(digits) < 16 else None
    if name.startswith("INV") and ours is not None:
        return Search(number=ours)
    reference = reference_key(text)
    parts: list[str] = []
    values: list[Any] = []
    for wanted, table, column, key, most in (
        ("ARRAY({})", "finance_supplier", "name_norm", name, MOST_SUPPLIERS),
        ("ARRAY({})", "finance_invoice", "ref_norm", reference, MOST_REFERENCES),
        ("(SELECT count(*) FROM ({}) m)", "finance_invoice", "ref_norm", reference, MOST_SORTED),
    ):
        sql, given = _begins(f"t.{column}", key) if key else ("false", [])
        parts.append(wanted.format(_MATCHES.format(table=table, condition=sql, limit=most + 1)))
        values += [list(organisations), *given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        suppliers, invoices, references = cursor.fetchone()
    return Search(
        name,
        reference,
        ours,
        None if len(suppliers) > MOST_SUPPLIERS else tuple(suppliers),
        None if len(invoices) > MOST_REFERENCES else tuple(invoices),
        together=MOST_REFERENCES < references <= MOST_SORTED,
    )


_MATCHES = """
SELECT f.id FROM unnest(%s::int[]) AS o(organisation_id) CROSS JOIN LATERAL (
  SELECT t.id FROM {table} t WHERE t.organisation_id = o.organisation_id AND {condition}
   LIMIT {limit}) f LIMIT {limit}
"""


def suppliers_of_code(code: str, organisations: Sequence[int]) -> tuple[int, ...]:
    """The suppliers of that code; none when it is a code that nobody has."""
    rows = Supplier.objects.filter(organisation_id__in=list(organisations), code=code)
    return tuple(rows.values_list("id", flat=True))
