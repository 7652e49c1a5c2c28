"""Who is away: recorded by others, corrected without a trace lost, and why is for few."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Absence, Employment
from hr.selectors.absences import away_facts
from hr.services.absences import (
    NewAbsence,
    correct_absence,
    look_at_reason,
    record_absence_terms,
    record_absences,
    withdraw_absence,
)
from tests.hr.record import employer, load, row
from tests.world import World

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 5)


@pytest.fixture
def hr(world: World) -> Actor:
    by = employer(world)
    with scope(acting=by.organisation_id):
        load(by, row(), row(employee="101", name="Ada Byron", email="ada@staff.example"))
    return by


def away(by: Actor, number: int = 100, **given: Any) -> Absence:
    facts: dict[str, Any] = {"kind": "sickness", "from_on": FIRST, "last_on": LAST}
    with scope(acting=by.organisation_id):
        whose = Employment.objects.get(number=number)
        new = NewAbsence(**{**facts, **given})
        return record_absences(absences=[(whose, new)], by=by, at=timezone.now())[0]


def test_a_correction_ends_what_was_known_and_keeps_it(hr: Actor) -> None:
    made = away(hr, evidence="self", reason="Broken arm")
    known = timezone.now()
    with scope(acting=hr.organisation_id):
        longer = NewAbsence("sickness", FIRST, LAST + timedelta(days=9), evidence="fit_note")
        again = correct_absence(absence=made, to=longer, by=hr, at=timezone.now())
        assert (again.number, again.to_on) == (made.number, LAST + timedelta(days=10))
        ids = [made.employment_id]
        facts: dict[str, Any] = {"until": date(2027, 1, 1)}
        then = away_facts(hr.organisation_id, ids, known_at=known, **facts)[made.employment_id]
        now = away_facts(hr.organisation_id, ids, known_at=timezone.now(), **facts)
        assert [one.to_on for one in then if one.holds] == [LAST + timedelta(days=1)]
        assert [one.to_on for one in now[made.employment_id] if one.holds] == [again.to_on]
        with pytest.raises(Refused) as refused:
            correct_absence(absence=made, to=longer, by=hr, at=timezone.now())
        assert refused.value.code == "HRR28"
        withdraw_absence(absence=again, reason="Was at work", by=hr, at=timezone.now())
        now = away_facts(hr.organisation_id, ids, known_at=timezone.now(), **facts)
        assert [one.holds for one in now[made.employment_id]] == [False, False]
        verbs = Event.objects.filter(verb__startswith="hr.absence.").order_by("pk")
        assert [one.verb for one in verbs] == [
            f"hr.absence.{verb}" for verb in ("recorded", "corrected", "withdrawn")
        ]
        assert "arm" not in str([one.data for one in verbs])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"from_on": LAST, "last_on": None}, "HRR23"),
        ({"from_on": date(2024, 1, 1)}, "HRR24"),
        ({"from_on": date(2026, 7, 9), "last_on": date(2026, 7, 8)}, "HRR24"),
        ({"kind": "maternity", "from_on": date(2026, 9, 1), "last_on": None}, "HRR25"),
        ({"from_on": date(2026, 9, 1), "last_on": None, "event_on": FIRST}, "HRR25"),
        ({"from_on": date(2026, 9, 1), "last_on": None, "qualifying": 0}, "HRR27"),
    ],
)
def test_what_cannot_be_recorded_is_refused(hr: Actor, given: dict[str, Any], code: str) -> None:
    away(hr)
    with pytest.raises(Refused) as refused:
        away(hr, **given)
    assert refused.value.code == code


def test_the_database_lets_nobody_be_away_twice_on_a_day(hr: Actor) -> None:
    made = away(hr)
    with scope(acting=hr.organisation_id), pytest.raises(IntegrityError), transaction.atomic():
        made.pk, made.number = None, made.number + 1  # type: ignore[assignment]
        made.save(force_insert=True)


def test_nobody_records_their_own_and_the_reason_is_looked_at_by_few(
    world: World, hr: Actor
) -> None:
    made = away(hr, reason="Broken arm")
    with scope(acting=hr.organisation_id):
        assert b"arm" not in bytes(Absence.objects.get().reason_sealed)
        mine = Employment.objects.create(
            organisation_id=hr.organisation_id, person_id=hr.person_id, number=900, name="Me",
            name_norm="ME", from_on=date(2025, 1, 1),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            new = NewAbsence("sickness", FIRST)
            record_absences(absences=[(mine, new)], by=hr, at=timezone.now())
        assert refused.value.code == "HRR26"
        at = timezone.now()
        with pytest.raises(Refused) as refused:
            look_at_reason(absence=made, reason=" ", by=hr, at=at)
        assert refused.value.code == "HRR19"
        assert look_at_reason(absence=made, reason="Fit note", by=hr, at=at) == "Broken arm"
        seen = Event.objects.get(verb="hr.absence.seen")
        assert seen.data == {"number": made.number, "reason": "Fit note"}
        for role in ("manager", "payroll_officer"):
            with pytest.raises(NotAllowed):
                look_at_reason(absence=made, reason="?", by=world.actor(f"{role}@eastmere"), at=at)
        with pytest.raises(NotAllowed):
            record_absence_terms(
                sick_full=False, family_full=False, from_on=FIRST, at=at,
                by=world.actor("manager@eastmere"),
            )  # fmt: skip


def test_another_organisation_sees_no_absence(world: World, hr: Actor) -> None:
    away(hr)
    other = world.actor("hr_officer@northdale")
    with scope(acting=other.organisation_id):
        assert not Absence.objects.exists()
