"""What leaves for a bank, for HMRC, a person or another machine asks here first, and nowhere else.

A rehearsal is heard by nobody outside, and what was made in one stays unheard after going live.
The database says since when an organisation is heard (`ctx.heard_since`, of the tenants).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func, Value


def heard(organisation_ids: Iterable[int]) -> dict[int, datetime]:
    """Of these organisations those that are heard outside, and what was made since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, since FROM unnest(%s::int[]) AS t (id), ctx.heard_since(id) AS since"
            " WHERE since IS NOT NULL",
            [list(organisation_ids)],
        )
        return dict(cursor.fetchall())


def may_leave(organisation_id: int, made_at: datetime) -> bool:
    """Was it made by an organisation that is heard, and that was so already?"""
    since = heard([organisation_id]).get(organisation_id)
    return since is not None and made_at >= since


def heard_since(organisation_id: int) -> Func:
    """As an expression of a query: the moment since which it is heard, NULL while it is not."""
    return Func(Value(organisation_id), function="ctx.heard_since", output_field=DateTimeField())
