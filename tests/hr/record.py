"""An employer with a scale, posts and people, made by the services."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide, set_routes
from core.actors import Actor, system_actor
from core.scope import scope
from hr.models import (
    Employment,
    Evidence,
    PayAward,
    PayPoint,
    PayScale,
    Position,
    StaffFile,
    StaffRequest,
)
from hr.reading import COLUMNS
from hr.selectors.awards import Terms
from hr.services.absences import (
    NewAbsence,
    correct_absence,
    record_absence_terms,
    record_absences,
)
from hr.services.awards import propose_award
from hr.services.files import load_staff
from hr.services.requests import request_starter
from hr.services.terms import NewPosition, create_positions, install_terms
from tenants.models import Unit
from tests.world import World

FIRST, LATER = date(2025, 4, 1), date(2026, 1, 1)
FULL = 37 * 60


def employer(world: World, slug: str = "eastmere") -> Actor:
    """NJC points, two posts and a route; returns the HR officer."""
    by = world.actor(f"hr_officer@{slug}")
    with scope(acting=by.organisation_id):
        scale = install_terms(template="njc", by=by)
        units = {unit.code: unit for unit in Unit.objects.all()}
        rows = [
            NewPosition("P1", "Clerk", units["110"], scale, "G2", 200),
            NewPosition("P2", "Gardener", units["200"], scale, "G3", 100),
        ]
        create_positions(rows=rows, from_on=FIRST, by=by)
        bands = [(0, None, "payroll_officer")]
        system = system_actor(by.organisation_id)
        set_routes(subject_key="hr.request", bands=bands, by=system)
        bands = [(0, None, "finance_manager")]
        set_routes(subject_key="hr.award", bands=bands, by=system)
    return by


def absences(by: Actor, employee: int, *, words: str, many: int = 1) -> int:
    """As many absences of somebody long ago, the last known in as many ways; its number."""
    whose, at = Employment.objects.get(number=employee), timezone.now()
    clerk = replace(by, person_id=None)
    new = [
        NewAbsence("sickness", FIRST + timedelta(days=7 * n), FIRST + timedelta(days=7 * n),
                   evidence=Evidence.SELF, reason=words)
        for n in range(many)
    ]  # fmt: skip
    made = record_absences(absences=[(whose, one) for one in new], by=clerk, at=at)[-1]
    for _ in range(many - 1):
        made = correct_absence(absence=made, to=new[-1], by=clerk, at=timezone.now())
    for n in range(many):
        record_absence_terms(
            sick_full=True, family_full=True, from_on=FIRST + timedelta(days=n), by=by, at=at
        )
    return made.number


def post(code: str) -> Position:
    return Position.objects.select_related("unit", "scale").get(code=code)


def point(name: str) -> PayPoint:
    return PayPoint.objects.get(point=name)


def ask_starter(by: Actor, name: str = "Ada Byron", **given: Any) -> StaffRequest:
    facts = {
        "name": name,
        "email": f"{name.split()[0].lower()}@staff.example",
        "position": post("P1"),
        "pay_point": point("05"),
        "weekly_minutes": FULL,
        "from_on": FIRST,
        "reason": "New post",
    }
    return request_starter(by=by, **{**facts, **given})


def agree(asked: StaffRequest, world: World, slug: str = "eastmere", how: str = "approve") -> None:
    request = Request.objects.get(subject_key="hr.request", subject_id=asked.pk)
    boss = world.actor(f"payroll_officer@{slug}")
    comment = "" if how == "approve" else "No"
    decide(request=request, decision=how, comment=comment, by=boss, as_of=timezone.now())


def hire(by: Actor, world: World, slug: str = "eastmere", **given: Any) -> Employment:
    """A starter who was asked for and agreed to; in an open scope."""
    asked = ask_starter(by, **given)
    agree(asked, world, slug)
    return StaffRequest.objects.get(pk=asked.pk).employment


def row(**given: str) -> dict[str, str]:
    facts = {
        "employee": "100",
        "name": "Zoë O'Hara",
        "email": "zoe@staff.example",
        "employed_from": "2025-04-01",
        "job": "1",
        "from": "2025-04-01",
        "post": "P1",
        "point": "05",
        "hours": "37",
    }
    return {**facts, **given}


def csv_of(*rows: dict[str, str]) -> bytes:
    lines = [COLUMNS, *([one.get(name, "") for name in COLUMNS] for one in rows)]
    return "\r\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


def load(by: Actor, *rows: dict[str, str], name: str = "staff.csv") -> StaffFile:
    return load_staff(name=name, data=csv_of(*rows), by=by, at=timezone.now())


def award(by: Actor, reason: str = "Agreement", scale: str = "njc") -> PayAward:
    """A rise of a scale by 3.2 per cent that waits for a second person."""
    found = PayScale.objects.get(code=scale)
    terms = Terms(found, LATER, percent_hundredths=320, least_pence=0, whole_pounds=True)
    return propose_award(terms=terms, reason=reason, by=by)
