"""What every page shows around its content."""

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, reverse

from core.actors import may
from core.scope import current_scope
from core.web.navigation import ENTRIES, Entry
from portal import personas


def chrome(request: Any) -> dict[str, Any]:
    """The organisation acted for, the navigation, and the bar of the demonstration."""
    shown: dict[str, Any] = {}
    user = getattr(request, "user", None)
    people = getattr(request, "demo_people", {})
    if people and user is not None:
        shown["demo_people"] = personas.bar(people, user.pk)
    organisation = getattr(request, "organisation", None)
    if organisation is not None and hasattr(request, "actor"):
        shown |= {
            "organisation": organisation,
            "actor": request.actor,
            "nav": navigation(request),
            "my_organisations": request.standing.memberships,
        }
    return shown


def navigation(request: Any) -> list[dict[str, Any]]:
    """The menu of what this person may use here: entries, those of a group behind their first.

    A page of refusal is drawn after the scope has closed, so it goes without badges.
    """
    home = _address("organisation_home", request.organisation.slug, get_script_prefix())
    menu = [{"label": "Home", "url": home, "badge": None, "current": request.path == home}]
    places: dict[str, dict[str, Any]] = {}
    for entry in ENTRIES:
        item = _item(request, entry) if may(request.actor, entry.permission) else None
        if item is None:
            continue
        if not entry.group:
            menu.append(item)
            continue
        if entry.group not in places:
            places[entry.group] = {**item, "label": entry.group, "within": []}
            menu.append(places[entry.group])
        places[entry.group]["within"].append(item)
    _mark_nearest([leaf for item in menu for leaf in item.get("within", [item])])
    for place in places.values():
        _close(place)
    return menu


def _close(place: dict[str, Any]) -> None:
    """Whoever may use one entry of a group alone sees that one in its place."""
    place["current"] = any(item["current"] for item in place["within"])
    if len(place["within"]) == 1:
        place.update(label=place["within"][0]["label"], within=[])


def _mark_nearest(within: list[dict[str, Any]]) -> None:
    """Of entries whose addresses begin alike, the longest that fits is where one is."""
    fitting = [item for item in within if item["current"]]
    nearest = max(fitting, key=lambda item: len(item["url"]), default=None)
    for item in fitting:
        item["current"] = item is nearest


# To make some twenty addresses took a tenth of a page's time, and they are always the same.
@lru_cache(maxsize=4096)
def _address(url_name: str, organisation: str, prefix: str) -> str | None:
    """None where no such page is; `prefix` is the place of the product on its server."""
    try:
        return reverse(url_name, kwargs={"organisation": organisation})
    except NoReverseMatch:
        return None


def _item(request: Any, entry: Entry) -> dict[str, Any] | None:
    """One entry as the template draws it; a longer address than its own marks it too."""
    url = _address(entry.url_name, request.organisation.slug, get_script_prefix())
    if url is None:
        return None
    return {
        "label": entry.label,
        "url": url,
        "badge": entry.badge(request) if current_scope() else None,
        "current": request.path.startswith(url),
    }
