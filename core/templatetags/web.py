"""Template filters and tags for money, dates, numbers, query strings and states."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.utils import timezone

register = template.Library()
# Keys of a query that choose no rows.
NOT_FILTERS = {"format", "of", "page", "sort"}

MINUS = "\N{MINUS SIGN}"
PENNY = Decimal("0.01")

# Colours of the design system's tags by what a state means to the reader. Every tag carries the
# state's name too, so colour never speaks alone.
STATE_COLOURS = {
    "green": "active agreed approved balanced complete completed done good loaded matched met paid"
    " posted published reconciled resolved",
    "blue": "calculated checked new open reading ready received registered running sent submitted",
    "yellow": "awaiting due held paused pending proposed queued uploaded waiting warning",
    "orange": "disputed exception partial query returned suspended",
    "red": "breached failed late missed overdue refused rejected urgent",
    "purple": "forecast provisional revised",
    "grey": "archived cancelled closed draft expired former inactive prospect reversed superseded"
    " withdrawn",
}
COLOUR_OF_STATE = {
    state: colour for colour, states in STATE_COLOURS.items() for state in states.split()
}


def _signed(negative: bool, text: str) -> str:
    return f"{MINUS}{text}" if negative else text


@register.filter
def pounds(amount: int | Decimal | None) -> str:
    """£1,234.56 from int pence or Decimal pounds, half pennies away from nought.

    Nothing for None; TypeError for anything else, a float above all.
    """
    if amount is None or amount == "":
        return ""
    if isinstance(amount, Decimal):
        exact = amount.quantize(PENNY, rounding=ROUND_HALF_UP)
    elif isinstance(amount, int) and not isinstance(amount, bool):
        exact = Decimal(amount).scaleb(-2)
    else:
        raise TypeError(f"pounds takes int pence or Decimal pounds, not {type(amount).__name__}")
    return _signed(exact < 0, f"£{abs(exact):,.2f}")


@register.filter
def thousands(number: int | Decimal | None) -> str:
    """12,345 with a true minus sign; nothing for None. Decimal places stay as they are."""
    if number is None or number == "":
        return ""
    return _signed(number < 0, f"{abs(number):,}")


@register.filter
def day(when: date | None) -> str:
    """14 December 2026, in local time; nothing for None."""
    if not when:
        return ""
    if isinstance(when, datetime) and timezone.is_aware(when):
        when = timezone.localtime(when)
    return f"{when.day} {when:%B %Y}"


@register.filter
def short_day(when: date | None) -> str:
    """14 Dec 2026, for columns of dates; nothing for None."""
    return f"{when.day} {when:%b %Y}" if when else ""


def _clock(when: datetime) -> str:
    """9:30am, 9am, midday or midnight."""
    if when.minute == 0 and when.hour in (0, 12):
        return "midday" if when.hour else "midnight"
    minutes = f":{when:%M}" if when.minute else ""
    return f"{when.hour % 12 or 12}{minutes}{'am' if when.hour < 12 else 'pm'}"


@register.filter
def day_time(when: datetime | None) -> str:
    """14 December 2026 at 9:30am, in local time; nothing for None."""
    if not when:
        return ""
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    return f"{day(local)} at {_clock(local)}"


@register.filter
def state_colour(state: str | None) -> str:
    """The colour of a state's tag: the first word that has one decides, grey if none has.

    For `<strong class="govuk-tag govuk-tag--{{ state|state_colour }}">`.
    """
    words = str(state or "").lower().replace("-", "_").replace(" ", "_").split("_")
    return next((COLOUR_OF_STATE[word] for word in words if word in COLOUR_OF_STATE), "grey")


@register.filter
def field_words(name: str) -> str:
    """The name of a form's field for people: «supplier_ref» as "Supplier ref", ours as nothing."""
    if name in ("version", "action", "back") or name.endswith("_FORMS"):
        return ""
    return name.replace("_", " ").replace("-", " ").capitalize()


def asked_for(request: Any) -> list[str]:
    """What was chosen in the address, in words; which part of a list it is chooses nothing."""
    given = request.GET.items()
    return [f"{field_words(key)}: {said}" for key, said in given if said and key not in NOT_FILTERS]


@register.filter
def pair(first: Iterable[Any], second: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Columns with the cells under them; ValueError if a row is too short or too long."""
    return zip(first, second, strict=True)


@register.filter
def page_numbers(page: Page) -> list[int | str]:
    """The numbers to offer around this page, with an ellipsis for those left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


def _current(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _written(wanted: QueryDict) -> str:
    """The query string without empty parameters; a lone ? takes an earlier query away."""
    for key in list(wanted):
        wanted.setlist(key, [value for value in wanted.getlist(key) if value])
    return f"?{wanted.urlencode()}"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The current query string with these keys changed: `{% query sort="-due_on" %}`.

    None or "" takes a key away, a list or tuple sets several values. Any change but that of the
    page goes back to the first page.
    """
    wanted = _current(context)
    for key, value in changes.items():
        many = value if isinstance(value, list | tuple) else [value]
        wanted.setlist(key, [str(one) for one in many if one is not None])
    if "page" not in changes:
        wanted.pop("page", None)
    return _written(wanted)


@register.simple_tag(takes_context=True)
def query_without(context: Context, key: str, value: Any) -> str:
    """The current query string less one value of one key, back on the first page."""
    wanted = _current(context)
    wanted.setlist(key, [one for one in wanted.getlist(key) if one != str(value)])
    wanted.pop("page", None)
    return _written(wanted)


@register.simple_tag(takes_context=True)
def sort_query(context: Context, key: str, now: str | None) -> str:
    """The query string of a column heading: ascending first, descending when it is that already."""
    return query(context, sort=f"-{key}" if now == key else key)


@register.filter
def sort_direction(key: str, now: str | None) -> str:
    """The aria-sort value of a column under the current sort."""
    return {key: "ascending", f"-{key}": "descending"}.get(now or "", "none")
