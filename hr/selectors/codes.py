"""Codes of the lists that an employer reports by, and the posts that have them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from events.selectors import last_doers_of
from hr.models import StandardCode
from hr.selectors.terms import on_day

VERBS = ("hr.code.added", "hr.code.changed")

# What a post is coded by, in the order of its columns.
OF_POSTS = ("staff_group", "job_role", "area_of_work", "occupation_code")
_POSTS = """
SELECT k.list, k.code, count(*) FROM hr_position p
 CROSS JOIN LATERAL (VALUES ('staff_group', p.staff_group), ('job_role', p.job_role),
   ('area_of_work', p.area_of_work), ('occupation_code', p.occupation_code)) k (list, code)
 WHERE p.organisation_id = %s
   AND (k.list, k.code) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
 GROUP BY 1, 2
"""


def codes_of(
    organisation_id: int, on: date | None = None, *, of: str = "", text: str = ""
) -> QuerySet[StandardCode]:
    """Codes by list and code: of a day or of all times, of one list, by a part of what they say."""
    rows = StandardCode.objects.filter(organisation_id=organisation_id)
    if on:
        rows = rows.filter(on_day(on))
    if of:
        rows = rows.filter(of=of)
    if text:
        rows = rows.filter(Q(code__istartswith=text) | Q(name__icontains=text))
    return rows.order_by("of", "code")


def leaving_reasons(organisation_id: int, on: date) -> list[StandardCode]:
    """The reasons for leaving that the employer reports by; none where it has no list."""
    return list(codes_of(organisation_id, on, of=StandardCode.List.LEAVING))


def keepers_of(organisation_id: int, found: Collection[StandardCode]) -> dict[int, str]:
    """Who added or last changed each of these codes."""
    return last_doers_of(organisation_id, "hr.code", [one.pk for one in found], VERBS)


def posts_with(organisation_id: int, found: Collection[StandardCode]) -> dict[tuple[str, str], int]:
    """How many posts have each of these codes, by list and code."""
    given: list[Any] = [organisation_id, [one.of for one in found], [one.code for one in found]]
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, given)
        return {row[:2]: row[2] for row in cursor.fetchall()}
