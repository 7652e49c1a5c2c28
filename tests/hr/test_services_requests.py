"""Starters, changes, transfers and leavers: asked for, agreed, and dated on both axes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import CostShare, Employment, Placement, StaffRequest
from hr.selectors.people import employment_for, establishment, placements_of, staff
from hr.services.requests import request_change, request_leaver, request_transfer
from tenants.models import Grant, Unit
from tenants.services import create_person, give_role
from tests.hr.record import FIRST, FULL, LATER, agree, ask_starter, employer, hire, point, post
from tests.world import SINCE, World


def spans(employment: Employment) -> list[tuple[date, date | None, str, int]]:
    return [
        (p.from_on, p.to_on, p.pay_point.point, p.weekly_minutes)
        for p in reversed(placements_of(employment))
    ]


def code(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def test_a_starter_begins_only_when_agreed(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        asked = ask_starter(by)
        assert not Employment.objects.exists()
        agree(asked, world)
        someone = Employment.objects.get()
        assert spans(someone) == [(FIRST, None, "05", FULL)]
        assert (someone.name_norm, someone.number) == ("BYRONADA", 1)
        assert CostShare.objects.get().unit.code == "110"
        grant = Grant.objects.get(person=someone.person)
        assert (grant.role, grant.valid.lower) == ("staff", FIRST)
        assert StaffRequest.objects.get().employment_id == someone.pk
        verbs = Event.objects.filter(thread=asked.thread).order_by("id")
        assert verbs[0].verb == "hr.request.made"
        assert "hr.staff.started" in [event.verb for event in verbs]


@pytest.mark.parametrize(("how", "state"), [("return", "returned"), ("reject", "rejected")])
def test_what_is_not_agreed_changes_nothing(world: World, how: str, state: str) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        asked = ask_starter(by)
        agree(asked, world, how=how)
        assert not Employment.objects.exists()
        assert StaffRequest.objects.get().state == state
        assert ask_starter(by).number == 2


def test_a_change_keeps_what_was_known_before(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        Placement.objects.update(recorded_at=timezone.now() - timedelta(days=9))
        before = timezone.now() - timedelta(days=1)
        facts = {"pay_point": point("06"), "weekly_minutes": FULL // 2, "reason": "Fewer hours"}
        agree(request_change(assignment=job, from_on=LATER, by=by, **facts), world)
        assert spans(someone) == [(FIRST, LATER, "05", FULL), (LATER, None, "06", FULL // 2)]
        known = placements_of(someone, before)
        assert [(p.from_on, p.to_on) for p in known] == [(FIRST, None)]
        assert Placement.objects.filter(superseded_at__isnull=False).count() == 1
        said = Event.objects.get(verb="hr.staff.changed").data["what"]
        assert said == "point 05 to 06, 37 to 18.5 hours a week"


def test_a_change_from_the_first_day_replaces_the_row(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        asked = request_change(
            assignment=job, from_on=FIRST, pay_point=point("07"), reason="Wrong", by=by
        )
        agree(asked, world)
        assert spans(someone) == [(FIRST, None, "07", FULL)]


def test_a_transfer_moves_the_cost(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        facts = {"position": post("P2"), "pay_point": point("09"), "reason": "Moved"}
        asked = request_transfer(
            assignment=someone.assignments.get(), from_on=LATER, by=by, **facts
        )
        agree(asked, world)
        new = placements_of(someone)[0]
        assert (new.position.code, new.weekly_minutes) == ("P2", FULL)
        assert [share.unit.code for share in new.shares.all()] == ["200"]
        actor = world.actor("hr_officer@eastmere")
        filled = {on: [(p.code, p.filled, p.vacant) for p in establishment(actor, on)]
                  for on in (FIRST, LATER)}  # fmt: skip
        assert filled == {
            FIRST: [("P1", 100, 100), ("P2", 0, 100)],
            LATER: [("P1", 0, 200), ("P2", 100, 0)],
        }


def test_a_leaver_loses_later_changes_and_all_roles(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        agree(
            request_change(
                assignment=job, from_on=LATER, pay_point=point("06"), reason="Step", by=by
            ),
            world,
        )
        last = LATER - timedelta(days=10)
        agree(request_leaver(assignment=job, last_on=last, reason="Retired", by=by), world)
        after = last + timedelta(days=1)
        assert spans(someone) == [(FIRST, after, "05", FULL)]
        gone = Employment.objects.get()
        assert (gone.to_on, gone.leaving_reason) == (after, "Retired")
        assert Grant.objects.get(person=someone.person).valid.upper == after
        with pytest.raises(Refused) as error:
            request_change(
                assignment=gone.assignments.get(), from_on=LATER, reason="", by=by,
                pay_point=point("07"),
            )  # fmt: skip
        assert code(error) == "HRR02"


def test_the_rules_of_requests(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        change = {"assignment": job, "from_on": LATER, "reason": "Why", "by": by}
        wrong = [
            ("HRR08", lambda: ask_starter(by)),
            ("HRR04", lambda: request_change(**change)),
            ("HRR06", lambda: request_change(**change, pay_point=point("09"))),
            ("HRR07", lambda: request_change(**change, weekly_minutes=10_081)),
            ("HRR02", lambda: request_change(**{**change, "from_on": date(2024, 1, 1)},
                                             pay_point=point("06"))),
            ("HRR05", lambda: request_transfer(**change, position=post("P1"),
                                               pay_point=point("06"))),
            ("HRR13", lambda: ask_starter(by, name="Old Hand", from_on=date(2020, 1, 1))),
        ]  # fmt: skip
        for rule, ask in wrong:
            with pytest.raises(Refused) as error:
                ask()
            assert code(error) == rule
        request_change(**change, pay_point=point("06"))
        with pytest.raises(Refused) as error:
            request_change(**change, pay_point=point("07"))
        assert code(error) == "HRR03"


def test_something_later_stands_in_the_way(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        facts = {"assignment": job, "reason": "Why", "by": by}
        agree(request_change(**facts, from_on=LATER, pay_point=point("06")), world)
        asked = request_change(**facts, from_on=LATER - timedelta(days=9), pay_point=point("07"))
        with pytest.raises(Refused) as error:
            agree(asked, world)
        assert code(error) == "HRR14"


def test_a_manager_sees_and_asks_within_their_units_only(world: World) -> None:
    by = employer(world)
    boss = create_person(email="boss@staff.example", name="Boss")
    world.people["boss@eastmere"] = boss
    with scope(acting=by.organisation_id):
        clerk = hire(by, world)
        facts = {"name": "Mo Field", "position": post("P2"), "pay_point": point("09")}
        gardener = hire(by, world, **facts)
        unit = Unit.objects.get(code="200")
        give_role(person=boss, role="manager", unit=unit, since=SINCE)
    boss_actor = world.actor("boss@eastmere")
    with scope(acting=by.organisation_id):
        seen = [p.assignment.employment_id for p in staff(boss_actor, LATER)]
        assert seen == [gardener.pk]
        assert [one.code for one in establishment(boss_actor, LATER)] == ["P2"]
        assert employment_for(boss_actor, gardener.number, LATER) == gardener
        with pytest.raises(Exception, match="no such person"):
            employment_for(boss_actor, clerk.number, LATER)
        job = clerk.assignments.get()
        with pytest.raises(NotAllowed):
            request_leaver(assignment=job, last_on=LATER, reason="Out", by=boss_actor)


def test_lists_find_by_name_number_and_day(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        hire(by, world)
        hire(by, world, name="Grace Hopper", from_on=LATER)

        def found(on: date, text: str = "") -> list[str]:
            return [p.assignment.employment.name for p in staff(by, on, text=text)]

        assert found(FIRST) == ["Ada Byron"]
        assert found(LATER) == ["Ada Byron", "Grace Hopper"]
        assert found(LATER, "hop") == ["Grace Hopper"]
        assert found(LATER, "1") == ["Ada Byron"]


def test_the_database_keeps_days_apart_and_costs_whole(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        hire(by, world)
        row = Placement.objects.get()
        share = CostShare.objects.get()
        share.pk = None
        row.pk, row.from_on = None, LATER
        with pytest.raises(IntegrityError, match="placement_one_a_day"), transaction.atomic():
            Placement.objects.bulk_create([row])
        row.to_on, row.from_on = FIRST, date(2025, 1, 1)
    with pytest.raises(IntegrityError, match="is shared to 0"):
        with scope(acting=by.organisation_id):
            Placement.objects.bulk_create([row])
