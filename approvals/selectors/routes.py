"""The routes of an organisation: in force, to come, proposed, and those of before."""

from dataclasses import dataclass
from datetime import date

from approvals.models import Route
from core.registry import SUBJECTS

# Kinds whose owner does something when they are approved: only these are ever put up.
IDLE = "<lambda>"


@dataclass(frozen=True)
class KindRoutes:
    """The routes of one kind of subject, newest first, and the one in force."""

    key: str
    label: str
    current: Route | None
    routes: list[Route]

    def on(self, day: date) -> Route | None:
        """The agreed route that is in force on a day."""
        return _current(self.routes, day)

    @property
    def proposed(self) -> Route | None:
        return next((r for r in self.routes if r.state == Route.State.PROPOSED), None)


def kinds_with_routes() -> dict[str, str]:
    """Keys and labels of the kinds of subjects that can be decided on."""
    return {key: kind.label for key, kind in SUBJECTS.items() if kind.on_approved.__name__ != IDLE}


def routes_by_kind(organisation_id: int, on: date, key: str = "") -> list[KindRoutes]:
    """Every kind that can be decided on, or one of them; two queries."""
    rows = Route.objects.filter(organisation_id=organisation_id)
    if key:
        rows = rows.filter(subject_key=key)
    found: dict[str, list[Route]] = {}
    for route in rows.order_by("-from_on", "-id").prefetch_related("steps"):
        found.setdefault(route.subject_key, []).append(route)
    labels = kinds_with_routes()
    return [
        KindRoutes(one, label, _current(found.get(one, []), on), found.get(one, []))
        for one, label in sorted(labels.items(), key=lambda pair: pair[1])
        if key in ("", one)
    ]


def _current(routes: list[Route], on: date) -> Route | None:
    agreed = (r for r in routes if r.state == Route.State.AGREED and r.from_on <= on)
    return next(agreed, None)
