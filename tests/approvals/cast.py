"""Two kinds of things to decide on, made of rows that any organisation has."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from approvals import services
from approvals.models import Request
from core.actors import Actor, system_actor
from core.registry import Subject, register
from core.scope import scope
from tenants.models import Affiliation, ClosureDay
from tests.world import World

told: list[tuple[str, int]] = []


def tell(word: str) -> Any:
    def callback(row: Any, by: Actor, comment: str = "") -> None:
        if getattr(row, "reason", "") == "owner refuses":
            raise RuntimeError("the owner refuses")
        told.append((word, row.pk))

    return callback


def setup_subjects() -> None:
    """A closed day, with a warning if its reason says so, and a post, which needs joins."""
    answers = {f"on_{word}": tell(word) for word in ("approved", "returned", "rejected")}
    register(
        Subject(
            key="tests.day",
            model=ClosureDay,
            label="Closed day",
            link=lambda slug, row: f"/{slug}/days/{row.pk}/",
            summary=lambda row: row.reason,
            card=lambda row: [("Day", str(row.day))],
            warnings=lambda row: ["Far away"] if "warn" in row.reason else [],
            on_undone=lambda row, by, outcome: told.append((f"undone {outcome}", row.pk)),
            **answers,
        )
    )
    register(
        Subject(
            key="tests.post",
            model=Affiliation,
            label="Post",
            link=lambda slug, row: f"/{slug}/posts/{row.pk}/",
            summary=lambda row: row.job_title,
            card=lambda row: [("Person", row.person.name), ("Unit", row.unit.name)],
            reading=lambda rows: rows.select_related("person", "unit"),
            **answers,
        )
    )


setup_subjects()
BANDS = [(0, 100_000, "manager"), (100_000, None, "finance_manager")]


def set_bands(world: World, slug: str = "eastmere", bands: Sequence[Any] = BANDS) -> None:
    with scope(acting=world.id(slug)):
        for key in ("tests.day", "tests.post"):
            services.set_routes(subject_key=key, bands=bands, by=system_actor(world.id(slug)))


def make_day(world: World, reason: str = "Flood", slug: str = "eastmere") -> ClosureDay:
    with scope(acting=world.id(slug)):
        days = ClosureDay.objects.count()
        return ClosureDay.objects.create(
            organisation_id=world.id(slug),
            day=date(2026, 1, 1) + timedelta(days=days),
            reason=reason,
        )


def submit(
    world: World,
    subject: Any,
    amount_pence: int = 5_000,
    who: str = "staff@eastmere",
    slug: str = "eastmere",
    unit_path: str = "",
    summary: str = "",
    **more: Any,
) -> Request:
    by = world.actor(who, slug)
    with scope(acting=by.organisation_id):
        return services.request_approval(
            subject=subject,
            amount_pence=amount_pence,
            unit_path=unit_path,
            summary=summary or f"Something for {amount_pence}",
            thread=uuid.uuid4(),
            by=by,
            **more,
        )
