"""Long lists for programs: a part at a time, and the address of the next one."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.core.exceptions import ValidationError as Unfit
from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

PER_PAGE = 50
CURSOR = "cursor"
CURSOR_PARAMETER = OpenApiParameter(
    CURSOR, str, description="Where to go on: `next` of the part before leads on by itself."
)
MONTH_PARAMETER = OpenApiParameter("month", str, description="Such as 2026-05; else the latest.")
NOT_OURS = f"{CURSOR}: take it from the address in `next`."


@dataclass(frozen=True)
class Part:
    """Rows of a list, and the address of those after them (none at the end)."""

    results: Sequence[Any]
    next: str | None


def part_type(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The form of the answer of a list of such rows."""
    return type(
        f"{row.__name__}s",
        (serializers.Serializer,),
        {
            "__doc__": "Some of them, and the address of those after them (null at the end).",
            "next": serializers.CharField(allow_null=True),
            "results": row(many=True),
        },
    )


def part_of(request: Request, rows: QuerySet[Any], *order: str) -> Part:
    """The next rows in an order that tells every two apart; "-number" goes downwards.

    All of the order goes one way. Where the list goes on is found by an index, however far it is.
    """
    downwards = order[0].startswith("-")
    names = [name.lstrip("-") for name in order]
    if after := goes_on_after(request, len(names)):
        rows = _beyond(rows, names, after, "lt" if downwards else "gt")
    return cut(request, list(rows.order_by(*order)[: PER_PAGE + 1]), *names)


def part_of_found(request: Request, rows: Iterable[Any], *names: str) -> Part:
    """As `part_of`, of rows that are found all at once: upwards by these names."""
    found = sorted(rows, key=lambda row: _values(row, names))
    if after := goes_on_after(request, len(names)):
        try:
            found = [row for row in found if _values(row, names) > after]
        except TypeError:
            raise ValidationError(NOT_OURS) from None
    return cut(request, found[: PER_PAGE + 1], *names)


def goes_on_after(request: Request, length: int) -> list[Any]:
    """What the last row of the part before has in the order; nothing where a list begins."""
    given = request.query_params.get(CURSOR, "")
    return _read(given, length) if given else []


def cut(request: Request, found: Sequence[Any], *names: str) -> Part:
    """A part out of one row more than it holds, if there are so many."""
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    last = _write(_values(shown[-1], names)) if more else ""
    here = request.build_absolute_uri()
    return Part(shown, replace_query_param(here, CURSOR, last) if more else None)


def _beyond(rows: QuerySet[Any], names: list[str], after: list[Any], way: str) -> QuerySet[Any]:
    wanted = Q()
    for place, name in enumerate(names):
        same = dict(zip(names[:place], after, strict=False))
        wanted |= Q(**same, **{f"{name}__{way}": after[place]})
    try:
        return rows.filter(wanted)
    except (FieldError, Unfit, ValueError, TypeError):
        raise ValidationError(NOT_OURS) from None


def _values(row: Any, names: Sequence[str]) -> list[Any]:
    return [_value(row, name) for name in names]


def _value(row: Any, name: str) -> Any:
    for step in name.split("__"):
        row = getattr(row, step)
    return row


def _write(values: list[Any]) -> str:
    told = json.dumps(values, default=str, ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _read(given: str, length: int) -> list[Any]:
    try:
        told = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise ValidationError(NOT_OURS) from None
    fits = isinstance(told, list) and len(told) == length
    if not fits or not all(_fits(one) for one in told):
        raise ValidationError(NOT_OURS)
    return list(told)


def _fits(value: Any) -> bool:
    """What a column can hold: a text without zeros, or a number that is not too large for one."""
    if isinstance(value, str):
        return "\0" not in value
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
