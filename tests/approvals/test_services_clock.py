"""Reminders, escalation and notices: in working time, once, and to those whom it concerns."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import services
from approvals.bands import Band, Patience
from approvals.models import Notice, Request, Route, Step
from approvals.services import clock, notices
from approvals.services.delegations import delegate
from core.actors import system_actor
from core.scope import scope
from events.models import Event
from tenants.models import Grant
from tenants.services import add_closure_days
from tests.approvals.cast import make_day, submit
from tests.world import SINCE, World

# Friday at three in the afternoon, in summer; two hours of that day's work are left.
FRIDAY = datetime(2026, 6, 12, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BANDS = [Band(0, None, "manager", 1, "finance_manager")]


@pytest.fixture
def routed(world: World) -> World:
    for slug in ("eastmere", "northdale"):
        with scope(acting=world.id(slug)):
            services.set_routes(
                subject_key="tests.day",
                bands=BANDS,
                patience=Patience(4 * 60, 12 * 60),
                from_on=SINCE,
                by=system_actor(world.id(slug)),
            )
    return world


def ask(world: World, **more: Any) -> Request:
    return submit(world, make_day(world), as_of=FRIDAY, **more)


def step(world: World, request: Request) -> Step:
    with scope(acting=request.organisation_id):
        return Step.objects.get(request_id=request.pk)


def told(world: World, kind: str, slug: str = "eastmere") -> list[str]:
    """Whom, by their names."""
    with scope(acting=world.id(slug)):
        rows = Notice.objects.filter(kind=kind).order_by("person_name")
        return list(rows.values_list("person_name", flat=True))


def test_reminded_and_escalated_in_working_time(routed: World) -> None:
    """Four working hours are up on Monday at eleven, twelve on Tuesday at eleven."""
    request = ask(routed)
    monday, tuesday = FRIDAY + timedelta(days=2, hours=20), FRIDAY + timedelta(days=3, hours=20)
    seen = []
    for now in (monday - timedelta(minutes=1), monday, tuesday - timedelta(minutes=1), tuesday):
        clock.keep_time(as_of=now)
        found = step(routed, request)
        seen.append((found.reminded_at is not None, found.escalated_because))
    assert seen == [(False, ""), (True, ""), (True, ""), (True, "late")]
    assert told(routed, "reminder") == ["Finance manager of eastmere", "Manager of eastmere"]
    assert told(routed, "escalated") == ["Finance manager of eastmere"]
    with scope(acting=routed.id("eastmere")):
        (event,) = Event.objects.filter(verb="approvals.request.escalated")
    assert (event.subject_id, event.thread, event.data["role"]) == (
        request.subject_id,
        request.thread,
        "finance manager",
    )


def test_days_off_of_the_organisation_do_not_count(routed: World) -> None:
    request = ask(routed)
    with scope(acting=routed.id("eastmere")):
        add_closure_days(days=[(date(2026, 6, 15), "Flood")])
    monday = FRIDAY + timedelta(days=2, hours=20)
    clock.keep_time(as_of=monday)
    assert step(routed, request).reminded_at is None
    clock.keep_time(as_of=monday + timedelta(days=1))
    assert step(routed, request).reminded_at is not None


def test_escalated_to_the_role_above_who_may_then_decide(routed: World) -> None:
    request = ask(routed)
    clock.keep_time(as_of=FRIDAY + timedelta(days=10))
    boss = routed.actor("finance_manager@eastmere")
    with scope(acting=boss.organisation_id):
        done = services.decide(request=request, decision="approve", by=boss, as_of=FRIDAY)
    assert done.state == "approved"


def test_when_a_role_is_withdrawn_what_waits_goes_on(routed: World) -> None:
    """Another manager sees it at once; with none left it opens to the role above."""
    request = ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert step(routed, request).escalated_at is None
    with scope(acting=routed.id("eastmere")):
        managers = Grant.objects.filter(role="manager")
        managers.update(valid=(SINCE, FRIDAY.date()))
    clock.keep_time(as_of=FRIDAY + 2 * HOUR)
    assert step(routed, request).escalated_because == "nobody"
    assert told(routed, "escalated") == ["Finance manager of eastmere"]
    assert told(routed, "stranded") == []


def test_those_who_set_routes_hear_of_what_nobody_can_decide(routed: World) -> None:
    ask(routed)
    with scope(acting=routed.id("eastmere")):
        Grant.objects.filter(role="manager").update(valid=(SINCE, FRIDAY.date()))
        Grant.objects.filter(role="finance_manager").update(limit_pence=1)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert told(routed, "stranded") == [
        "Administrator of eastmere",
        "Finance manager of eastmere",
    ]


def test_doing_it_again_changes_nothing(routed: World) -> None:
    ask(routed)
    late = FRIDAY + timedelta(days=10)
    clock.keep_time(as_of=late)
    with scope(acting=routed.id("eastmere")):
        before = list(Notice.objects.order_by("id").values())
        steps = list(Step.objects.values())
        events = Event.objects.count()
    clock.keep_time(as_of=late + timedelta(minutes=1))
    with scope(acting=routed.id("eastmere")):
        assert list(Notice.objects.order_by("id").values()) == before
        assert list(Step.objects.values()) == steps
        assert Event.objects.count() == events


def test_as_many_queries_for_one_as_for_three(routed: World) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            ask(routed)
        with CaptureQueriesContext(
            connection,
        ) as found:
            clock.keep_time(as_of=FRIDAY + timedelta(days=10 + more))
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_each_organisation_hears_of_its_own(routed: World) -> None:
    ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert told(routed, "asked") == ["Manager of eastmere"]
    assert told(routed, "asked", "northdale") == []


def test_the_delegate_is_asked_and_neither_maker(routed: World) -> None:
    ask(routed, who="staff@eastmere", summary="For both")
    ask(routed, who="finance_officer@eastmere", summary="Not by its maker")
    boss = routed.actor("manager@eastmere")
    to = routed.people["finance_officer@eastmere"].pk
    with scope(acting=boss.organisation_id):
        days = {"first_on": FRIDAY.date(), "last_on": FRIDAY.date()}
        delegate(to_person_id=to, by=boss, as_of=FRIDAY, **days)
    clock.keep_time(as_of=FRIDAY + HOUR)
    with scope(acting=boss.organisation_id):
        rows = Notice.objects.filter(kind="asked", person_id=to)
        (notice,) = rows
    assert notice.title == "To decide: For both, £50.00"
    assert "You decide for Manager of eastmere." in notice.body
    assert Counter(told(routed, "asked"))["Manager of eastmere"] == 2


def test_the_maker_hears_what_became_of_it(routed: World) -> None:
    request = ask(routed)
    boss = routed.actor("manager@eastmere")
    with scope(acting=boss.organisation_id):
        services.decide(
            request=request, decision="return", comment="Which day?", by=boss, as_of=FRIDAY
        )
    clock.keep_time(as_of=FRIDAY + HOUR)
    with scope(acting=boss.organisation_id):
        (notice,) = Notice.objects.filter(kind="ended")
    assert notice.person_name == "Member of staff of eastmere"
    assert notice.title == "Sent back: Something for 5000, £50.00"
    assert notice.body == "Decided by Manager of eastmere. Which day?"


def test_one_digest_on_each_working_day_after_eight(routed: World) -> None:
    ask(routed, summary="First")
    ask(routed, summary="Second")
    saturday, monday = FRIDAY + timedelta(days=1), datetime(2026, 6, 15, 6, 59, tzinfo=UTC)
    for quiet in (FRIDAY + HOUR, saturday, monday):
        clock.keep_time(as_of=quiet)
        assert told(routed, "digest") == []
    for hours in (1, 3, 24, 25):
        clock.keep_time(as_of=monday + hours * HOUR)
    with scope(acting=routed.id("eastmere")):
        rows = list(
            Notice.objects.filter(kind="digest", person_name="Manager of eastmere").order_by("id")
        )
    assert [row.about for row in rows] == ["day:2026-06-15", "day:2026-06-16"]
    assert rows[0].title == "2 requests wait for you"
    assert rows[0].body.splitlines() == [
        "First, £50.00, from Member of staff of eastmere",
        "Second, £50.00, from Member of staff of eastmere",
    ]


def test_who_wants_one_digest_a_day_gets_no_others(routed: World) -> None:
    boss = routed.actor("manager@eastmere")
    with scope(acting=boss.organisation_id):
        notices.choose_notices(only_daily=True, by=boss)
    ask(routed)
    clock.keep_time(as_of=FRIDAY + timedelta(days=3))
    assert told(routed, "asked") == told(routed, "reminder") == []
    assert told(routed, "digest") == ["Manager of eastmere"]
    with scope(acting=boss.organisation_id):
        notices.choose_notices(only_daily=False, by=boss)
    clock.keep_time(as_of=FRIDAY + timedelta(days=3))
    assert told(routed, "asked") == ["Manager of eastmere"]


@pytest.fixture
def server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    settings.SITE_URL = "https://commonwell.example/"


def test_nothing_is_sent_without_a_server(routed: World) -> None:
    ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 0
    assert mail.outbox == []


def test_sent_once_with_a_link_for_one_person(routed: World, server: None) -> None:
    request = ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 1
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 0
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["manager@eastmere.example"],
        "To decide: Something for 5000, £50.00",
    )
    start, _, address = str(message.body).strip().rpartition("https://commonwell.example")
    assert "asks for a decision" in start
    outcomes = {}
    for who in ("", "manager", "finance_manager"):
        client = Client()
        if who:
            client.force_login(routed.people[f"{who}@eastmere"])
        answer = client.get(address)
        outcomes[who] = (answer.status_code, answer.get("Location", "").split("?")[0])
    assert outcomes == {
        "": (302, "/account/login/"),
        "manager": (302, f"/eastmere/approvals/{request.pk}/"),
        "finance_manager": (404, ""),
    }


def test_a_link_is_no_key_of_its_own(routed: World) -> None:
    request, boss = ask(routed), routed.actor("manager@eastmere")
    notice = Notice(
        organisation_id=boss.organisation_id, request_id=request.pk, person_id=boss.person_id
    )
    token = notices.link_token(notice)
    assert notices.read_link(token=token, by=boss) == request.pk
    assert notices.read_link(token=token[:-1] + "x", by=boss) is None
    assert notices.read_link(token=token, by=routed.actor("staff@eastmere")) is None
    forged = signing.dumps([boss.organisation_id, request.pk, boss.person_id], salt="other")
    assert notices.read_link(token=forged, by=boss) is None


def test_a_rehearsal_reaches_nobody(routed: World, server: None) -> None:
    ask(routed)
    routed.becomes("rehearsal")
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert told(routed, "asked") == ["Manager of eastmere"]
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 0
    routed.becomes("live")
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 0


def test_what_could_not_be_sent_says_why_and_is_tried_again(
    routed: World, server: None, settings: Any
) -> None:
    ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert notices.send_notices(as_of=FRIDAY + HOUR) == 0
    with scope(acting=routed.id("eastmere")):
        assert "refused" in Notice.objects.get(kind="asked").problem.lower()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.send_notices(as_of=FRIDAY + 2 * HOUR) == 1


def test_each_patience_is_that_of_its_route(routed: World) -> None:
    hasty = ask(routed)
    with scope(acting=routed.id("eastmere")):
        Route.objects.update(from_on=SINCE - timedelta(days=1))
        services.set_routes(
            subject_key="tests.day",
            bands=BANDS,
            patience=Patience(60, 120),
            from_on=SINCE,
            by=system_actor(routed.id("eastmere")),
        )
    quick = ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert [step(routed, r).reminded_at is not None for r in (hasty, quick)] == [False, True]
