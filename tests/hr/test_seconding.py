"""Shares of cost, secondments and joint posts: asked for, agreed, and dated on both axes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Assignment, Employment, StaffRequest
from hr.selectors.people import placements_of
from hr.selectors.seconded import seconded_in, seconded_out
from hr.services.requests import (
    request_change,
    request_cost_split,
    request_joint_post,
    request_leaver,
    request_secondment,
    request_transfer,
)
from hr.subjects import REQUEST
from tenants.models import Unit
from tenants.services import create_person, give_role
from tests.hr.record import FIRST, FULL, LATER, agree, employer, hire, point, post
from tests.world import SINCE, World

WHOLE, DAY = 10_000, timedelta(days=1)
LAST = date(2026, 6, 30)
BACK = LAST + DAY
"""The first day after a secondment."""


def said(employment: Employment, known_at: Any = None) -> list[tuple[date, date | None, str]]:
    """From, until and who bears how much of each placement, first to last; «@» names a host."""
    found = []
    for one in reversed(placements_of(employment, known_at)):
        shares = [
            f"{share.unit.code if share.unit else '@'}:{share.ten_thousandths}"
            for share in one.shares.all()
        ]
        found.append((one.from_on, one.to_on, " ".join(shares) + (" away" if one.host_id else "")))
    return found


def ask_split(by: Actor, someone: Employment, shares: str, **given: Any) -> StaffRequest:
    facts = {
        "assignment": someone.assignments.get(),
        "from_on": LATER,
        "reason": "Shared",
        "by": by,
    }
    return request_cost_split(**{**facts, "cost_centres": shares, **given})


def ask_secondment(by: Actor, someone: Employment, host: int, **given: Any) -> StaffRequest:
    facts: dict[str, Any] = {"assignment": someone.assignments.get(), "host_id": host}
    facts |= {"ten_thousandths": WHOLE, "from_on": LATER, "last_on": LAST}
    return request_secondment(**{**facts, "reason": "Lent", "by": by, **given})


def refused(rule: str, ask: Any) -> None:
    with pytest.raises(Refused) as error:
        ask()
    assert error.value.code == rule


def test_a_cost_is_shared_between_units_and_organisations(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        before = timezone.now()
        asked = ask_split(by, someone, "110:60; 200:37.5; northdale:2.5")
        assert said(someone) == [(FIRST, None, "110:10000")]
        agree(asked, world)
        shared = (LATER, None, "110:6000 200:3750 @:250")
        assert said(someone) == [(FIRST, LATER, "110:10000"), shared]
        assert said(someone, before) == [(FIRST, None, "110:10000")]
        event = Event.objects.get(verb="hr.staff.cost_shared")
        assert event.data["shares"] == "110:60; 200:37.5; northdale:2.5"


@pytest.mark.parametrize(
    "shares",
    ["", "110", "110:60", "110:60; 110:40", "110:60; 999:40", "110:0; 200:100", "eastmere:100",
     "110:60; 200:40.001", "110:x"],
)  # fmt: skip
def test_shares_make_the_whole_of_bearers_that_exist(world: World, shares: str) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        if shares == "110":  # without per cent it is the whole, as in a file
            assert ask_split(by, someone, shares).state == "waiting"
        else:
            refused("HRR60", lambda: ask_split(by, someone, shares))


def test_who_has_left_the_service_bears_nothing(world: World) -> None:
    by = employer(world)
    world.becomes("former", "northdale")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        refused("HRR60", lambda: ask_split(by, someone, "northdale:100"))
        refused("HRR61", lambda: ask_secondment(by, someone, world.id("northdale")))


def test_a_secondment_ends_and_all_is_as_before(world: World) -> None:
    by, host = employer(world), world.id("northdale")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        agree(ask_split(by, someone, "110:60; 200:40", from_on=FIRST), world)
        before = timezone.now()
        asked = ask_secondment(by, someone, host, ten_thousandths=7_500)
        agree(asked, world)
        here = "110:6000 200:4000"
        assert said(someone) == [
            (FIRST, LATER, here),
            (LATER, BACK, "@:7500 110:1500 200:1000 away"),
            (BACK, None, here),
        ]
        assert said(someone, before) == [(FIRST, None, here)]
        event = Event.objects.get(verb="hr.staff.seconded", thread=asked.thread)
        assert (event.data["host"], event.data["percent"]) == ("Northdale", "75")


def test_a_secondment_is_made_longer_by_another(world: World) -> None:
    by, hosts = employer(world), (world.id("northdale"), world.id("centre"))
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        agree(ask_secondment(by, someone, hosts[0]), world)
        refused("HRR62", lambda: ask_secondment(by, someone, hosts[1], from_on=LAST,
                                                last_on=LAST + DAY))  # fmt: skip
        longer = {"from_on": BACK, "last_on": BACK + 9 * DAY}
        agree(ask_secondment(by, someone, hosts[1], **longer), world)
        assert [(first, text) for first, _, text in said(someone)] == [
            (FIRST, "110:10000"),
            (LATER, "@:10000 away"),
            (BACK, "@:10000 away"),
            (BACK + 10 * DAY, "110:10000"),
        ]


def test_a_new_split_ends_a_secondment_before_its_time(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        agree(ask_secondment(by, someone, world.id("northdale")), world)
        agree(ask_split(by, someone, "110:100", from_on=LAST), world)
        assert [(first, text) for first, _, text in said(someone)] == [
            (FIRST, "110:10000"),
            (LATER, "@:10000 away"),
            (LAST, "110:10000"),
            (BACK, "110:10000"),
        ]


def test_pay_changes_while_somebody_is_away_and_after(world: World) -> None:
    by, host = employer(world), world.id("northdale")
    middle = LATER + 40 * DAY
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        agree(ask_secondment(by, someone, host), world)
        facts = {"assignment": job, "from_on": middle, "reason": "Step", "by": by}
        agree(request_change(**facts, pay_point=point("06")), world)
        rows = list(reversed(placements_of(someone)))
        assert [(one.from_on, one.pay_point.point, one.host_id) for one in rows] == [
            (FIRST, "05", None),
            (LATER, "05", host),
            (middle, "06", host),
            (BACK, "06", None),
        ]
        move = {**facts, "position": post("P2"), "pay_point": point("09")}
        refused("HRR14", lambda: agree(request_transfer(**move), world))


def test_whoever_leaves_is_seconded_no_more(world: World) -> None:
    by, host = employer(world), world.id("northdale")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        agree(ask_secondment(by, someone, host), world)
        agree(request_leaver(assignment=job, last_on=LATER, reason="Retired", by=by), world)
        assert said(someone)[-1] == (LATER, LATER + DAY, "@:10000 away")
        assert not seconded_out(by, LATER + DAY)


def test_the_days_and_the_host_of_a_secondment(world: World) -> None:
    by, host = employer(world), world.id("northdale")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("HRR61", {"host_id": by.organisation_id}),
            ("HRR61", {"host_id": 990_001}),
            ("HRR61", {"last_on": LATER - DAY}),
            ("HRR61", {"ten_thousandths": 0}),
            ("HRR61", {"ten_thousandths": WHOLE + 1}),
            ("HRR02", {"from_on": FIRST - DAY}),
        ]
        for rule, given in wrong:
            refused(rule, lambda given=given: ask_secondment(by, someone, host, **given))
        agree(request_leaver(assignment=someone.assignments.get(), last_on=LATER, reason="Retires",
                             by=by), world)  # fmt: skip
        refused("HRR17", lambda: ask_secondment(by, Employment.objects.get(), host,
                                                from_on=FIRST))  # fmt: skip


def test_a_joint_post_is_a_second_job(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        facts: dict[str, Any] = {"assignment": someone.assignments.get(), "from_on": LATER}
        facts |= {"position": post("P2"), "pay_point": point("09"), "weekly_minutes": FULL // 4}
        facts |= {"reason": "Helps out", "by": by}
        same = {**facts, "position": post("P1"), "pay_point": point("05")}
        refused("HRR63", lambda: request_joint_post(**same))
        refused("HRR60", lambda: request_joint_post(**facts, cost_centres="200:60"))
        agree(request_joint_post(**facts, cost_centres="200:60; northdale:40"), world)
        second = Assignment.objects.get(number=2)
        assert second.employment_id == someone.pk
        assert said(someone) == [
            (FIRST, None, "110:10000"),
            (LATER, None, "200:6000 @:4000"),
        ]
        refused("HRR63", lambda: request_joint_post(**facts))


def test_the_host_sees_its_own_and_no_more(world: World) -> None:
    by, host = employer(world), world.id("northdale")
    boss = create_person(email="boss@staff.example", name="Boss")
    world.people["boss@northdale"] = boss
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        agree(ask_secondment(by, someone, host, ten_thousandths=2_500), world)
        out = seconded_out(by, FIRST).get()
        assert (out.host_id, out.borne) == (host, 2_500)
    with scope(acting=host):
        give_role(person=boss, role="manager", unit=Unit.objects.get(code="200"), since=SINCE)
        there = world.actor("hr_officer@northdale")
        rows = [tuple(one) for one in seconded_in(there, LATER)]
        assert rows == [("Eastmere", "Ada Byron", "Clerk", LATER, BACK, 2_500)]
        assert seconded_in(there, BACK) == []
        assert not Employment.objects.exists()
        with pytest.raises(NotAllowed):
            seconded_in(world.actor("boss@northdale"), LATER)
    centre = world.actor("hr_officer@centre")
    with scope(acting=world.id("centre")):
        assert seconded_in(centre, LATER) == []
        # Whoever asks for another host is told nothing either: the database looks at the scope.
        assert seconded_in(there, LATER) == []
    world.becomes("rehearsal")
    with scope(acting=host):
        assert seconded_in(there, LATER) == []


def test_who_decides_reads_what_is_asked_for(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        asked = ask_secondment(by, hire(by, world), world.id("northdale"), ten_thousandths=5_000)
        card = dict(REQUEST.card(asked))
        assert card["Seconded to"] == "Northdale"
        assert (card["Last day there"], card["Cost borne by"]) == ("30 June 2026", "northdale:50")
        assert Request.objects.get(subject_id=asked.pk, subject_key="hr.request")


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_pages_ask_for_shares_secondments_and_posts(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        number = hire(by, world).number
    hr = signed_in(world, "hr_officer@eastmere")
    job = f"/eastmere/staff/{number}/jobs/1/"
    given: dict[str, Any] = {"from_on": "01/01/2026", "reason": "Why"}
    page = hr.get(f"{job}cost-split/").content.decode()
    assert 'value="110:100"' in page
    wrong = hr.post(f"{job}cost-split/", {**given, "cost_centres": "110:60"})
    assert wrong.status_code == 422 and "100 together" in wrong.content.decode()
    lent = {**given, "host": "northdale", "percent": "100", "last_on": "30/06/2026"}
    late = hr.post(f"{job}secondment/", {**lent, "last_on": "30/06/2025"})
    assert late.status_code == 422 and "does not lie before" in late.content.decode()
    assert hr.post(f"{job}secondment/", lent).status_code == 302
    with scope(acting=by.organisation_id):
        agree(StaffRequest.objects.get(kind="secondment"), world)
    page = hr.get(f"/eastmere/staff/{number}/?on=2026-05-01").content.decode()
    assert "Clerk, seconded to Northdale" in page and "100% Northdale" in page
    second = {"post": "P2", "point": "09", "hours": "7.5"}
    assert hr.post(f"{job}joint-post/", {**given, **second}).status_code == 302
    with scope(acting=by.organisation_id):
        asked = StaffRequest.objects.get(kind="joint_post")
        assert (asked.position.code, asked.weekly_minutes) == ("P2", 450)


def test_a_post_is_found_before_it_is_asked_for(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        number = hire(by, world).number
    hr = signed_in(world, "hr_officer@eastmere")
    job = f"/eastmere/staff/{number}/jobs/1/"
    for path in (f"{job}joint-post/", f"{job}transfer/", "/eastmere/staff/starter/"):
        assert 'name="reason"' not in hr.get(path).content.decode()
        assert 'href="?post=P2"' in hr.get(path, {"q": "p2"}).content.decode()
        assert "No post matches" in hr.get(path, {"q": "astronaut"}).content.decode()
        form = hr.get(path, {"post": "P2"}).content.decode()
        assert 'value="P2"' in form and '<option value="09">' in form
        assert hr.post(path, {"post": ""}).status_code == 422


def test_pages_show_who_is_seconded(world: World) -> None:
    by = employer(world)
    today = timezone.localdate()
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        days = {"from_on": today, "last_on": today + 30 * DAY}
        agree(ask_secondment(by, someone, world.id("northdale"), **days), world)
    ours = signed_in(world, "hr_officer@eastmere").get("/eastmere/staff/seconded/")
    assert "Ada Byron" in ours.content.decode() and "Northdale" in ours.content.decode()
    there = signed_in(world, "hr_officer@northdale")
    theirs = there.get("/northdale/staff/seconded/here/").content.decode()
    assert "Ada Byron" in theirs and "Eastmere" in theirs and "100%" in theirs
    assert "Ada Byron" not in there.get("/northdale/staff/seconded/").content.decode()
    assert there.get(f"/northdale/staff/{someone.number}/").status_code == 404
    nobody = signed_in(world, "staff@northdale").get("/northdale/staff/seconded/here/")
    assert nobody.status_code == 403
