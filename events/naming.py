"""What events are about, by the name that people know it by, where who looks may open it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.db import models

from core.actors import Actor
from core.registry import SUBJECTS
from core.web.pages import opened_where
from events.models import Delivery, Event

About = Event | Delivery
Key = tuple[int, str, int]
# A page has ten queries, of which the trail takes up to seven.
MOST_KINDS = 3


def kind_of(key: str) -> str:
    """What a kind of thing is called; the key itself if nobody registers it any more."""
    return SUBJECTS[key].label if key in SUBJECTS else key


def names_of(
    found: Iterable[About], actor: Actor, slugs: Mapping[int, str]
) -> Callable[[About], str]:
    """«Invoice INV-7» of each of these, by a query for each of the kinds that there are most of.

    What is of another kind or gone keeps the number of its row, and so does what is on a page that
    this actor may not open: it may be a person, and more people read the trail than their pages.
    """
    named = {}
    for key, row in _things(found):
        link = SUBJECTS[key[1]].link(slugs[key[0]], row)
        if key[0] in opened_where(actor, link):
            named[key] = f"{kind_of(key[1])} {SUBJECTS[key[1]].name(row)}"
    return lambda one: named.get(_key(one)) or f"{kind_of(one.subject_key)} {one.subject_id}"


def _key(one: About) -> Key:
    return one.organisation_id, one.subject_key, one.subject_id


def _things(found: Iterable[About]) -> Iterable[tuple[Key, models.Model]]:
    wanted: dict[str, set[Key]] = defaultdict(set)
    known = [one for one in found if one.subject_key in SUBJECTS]
    for one in known:
        wanted[one.subject_key].add(_key(one))
    for name, _ in Counter(one.subject_key for one in known).most_common(MOST_KINDS):
        kind, keys = SUBJECTS[name], wanted[name]
        rows = kind.model._default_manager.filter(pk__in={key[2] for key in keys})
        if hasattr(kind.model, "organisation_id"):
            rows = rows.filter(organisation_id__in={key[0] for key in keys})
        for row in kind.reading(rows).prefetch_related(None):
            key = (getattr(row, "organisation_id", row.pk), name, row.pk)
            if key in keys:
                yield key, row
