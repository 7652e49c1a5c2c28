"""What must always be true of the tree of units, whatever the services already refuse."""

from collections.abc import Iterator

from django.db import connection

from core.invariants import register
from tenants.registry import FOLLOWERS

register(
    "The path of a unit is that of the unit it is part of, with its own code behind",
    "SELECT 'unit', u.code, 'has the path', u.path FROM tenants_unit u LEFT JOIN tenants_unit p"
    "    ON p.organisation_id = u.organisation_id AND p.id = u.parent_id"
    " WHERE u.organisation_id = %(organisation)s"
    "   AND u.path <> coalesce(p.path, '') || u.code || '.' ORDER BY u.id LIMIT 100",
)
register(
    "No unit outlives the unit it is part of",
    "SELECT 'unit', u.code, 'outlives', p.code FROM tenants_unit u JOIN tenants_unit p"
    "    ON p.organisation_id = u.organisation_id AND p.id = u.parent_id"
    " WHERE u.organisation_id = %(organisation)s"
    "   AND coalesce(upper(u.valid), 'infinity') > coalesce(upper(p.valid), 'infinity')"
    " ORDER BY u.id LIMIT 100",
)


def _lost_paths(organisation_id: int) -> Iterator[str]:
    """Paths kept elsewhere that lead to no unit, as after a move that something missed."""
    for table in FOLLOWERS:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT k.unit_path, k.many FROM (SELECT unit_path, count(*) AS many FROM {table}"  # noqa: S608
                "   WHERE organisation_id = %s AND unit_path <> '' GROUP BY unit_path) k"
                "  LEFT JOIN tenants_unit u ON u.organisation_id = %s AND u.path = k.unit_path"
                " WHERE u.id IS NULL ORDER BY 1 LIMIT 100",
                [organisation_id, organisation_id],
            )
            rows = cursor.fetchall()
        for path, many in rows:
            yield f"{many} rows of {table} are of the unit {path}, which is not there"


register("What is kept of units leads to units that are there", _lost_paths)
