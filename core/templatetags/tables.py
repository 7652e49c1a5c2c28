"""What a table hands in when its file is asked for, and the links by which it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils.text import slugify

from core.templatetags.web import asked_for, query

register = template.Library()


@dataclass(frozen=True)
class Table:
    """What a page would have drawn: headings (and whether numbers stand beneath), cells, totals.

    `filters` are in words; `cut` says that there is more than can be paged through.
    """

    caption: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Any]]
    totals: Sequence[bool]
    filters: Sequence[str]
    cut: bool


def name_of(caption: str) -> str:
    """What a table is called in an address and as a file."""
    return slugify(caption)[:100] or "table"


def is_asked(request: Any, caption: str) -> bool:
    """Is the file of this table wanted, and not the page?"""
    return "format" in request.GET and request.GET.get("of") == name_of(caption)


@register.simple_tag(takes_context=True)
def hand_in(context: Context, caption: str, columns: Sequence[Any], rows: Sequence[Any]) -> bool:
    """Is it the file of this table that is asked for? Then its rows are handed in, not drawn."""
    request = context.get("request")
    if request is None or not is_asked(request, caption):
        return False
    paginator = getattr(context.get("page"), "paginator", None)
    cut = bool(getattr(paginator, "capped", False))
    request.table = Table(
        caption,
        heads=[(str(_of(one, "label")), bool(_of(one, "numeric"))) for one in columns],
        rows=[row if isinstance(row, list | tuple) else _of(row, "cells") for row in rows],
        totals=[bool(_of(row, "total")) for row in rows],
        filters=_filters(context),
        cut=cut,
    )
    return True


def _of(thing: Any, key: str) -> Any:
    """What a mapping or an object has under that name, as templates ask; nothing of a list."""
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)


def _filters(context: Context) -> list[str]:
    """What was chosen, in the words of the page if it has some."""
    if chips := context.get("chips"):
        return [chip["label"] for chip in chips]
    return asked_for(context["request"])


@register.inclusion_tag("components/_files.html", takes_context=True)
def files(context: Context, caption: str) -> dict[str, Any]:
    """Links to the files of a table; none on the answer to a form that was sent."""
    request = context.get("request")
    if request is None or request.method != "GET":
        return {}
    of = name_of(caption)
    links = [(kind, query(context, format=kind.lower(), of=of)) for kind in ("CSV", "XLSX")]
    return {"caption": caption, "links": links, "path": request.path}
