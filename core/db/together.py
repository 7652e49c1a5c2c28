"""Rows of several kinds in one query: a page over all kinds costs the same however many it shows.

Side by side rather than one below the other: each kind keeps its own columns and their types.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def together(lists: Sequence[QuerySet[Any]]) -> list[list[Any]]:
    """The rows of each list, in no order. What a list prefetches is asked for besides, as ever."""
    if not lists:
        return []
    compilers = [rows.query.get_compiler(connection=connection) for rows in lists]
    parts, parameters = [], []
    for number, compiler in enumerate(compilers):
        sql, values = compiler.as_sql(with_col_aliases=True)
        parts.append(f"q{number} AS MATERIALIZED (SELECT true AS here, x.* FROM ({sql}) x)")  # noqa: S608
        parameters += values
    numbers = range(len(lists))
    columns = ", ".join(f"q{number}.*" for number in numbers)
    joins = " ".join(f"LEFT JOIN q{number} ON k = {number}" for number in numbers)
    series = f"generate_series(0, {len(lists) - 1}) k"
    with connection.cursor() as cursor:
        sql = f"WITH {', '.join(parts)} SELECT {columns} FROM {series} {joins}"  # noqa: S608
        cursor.execute(sql, parameters)
        found = cursor.fetchall()
    made, start = [], 0
    for rows, compiler in zip(lists, compilers, strict=True):
        end = start + 1 + len(compiler.select)
        made.append(_made(rows, compiler, [row[start + 1 : end] for row in found if row[start]]))
        start = end
    return made


def _made(rows: QuerySet[Any], compiler: Any, found: list[Any]) -> list[Any]:
    """The list answered from what was read, so that Django makes its rows as it always does."""
    compiler.execute_sql = lambda *args, **kwargs: [found]
    rows.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
    return list(rows)
