"""Waiting for you: everything on the card, decided by plain form or in place."""

from typing import Any

import pytest
from django.test import Client

from approvals import services
from approvals.models import Request
from core.actors import system_actor
from core.scope import scope
from tenants.services import give_role
from tests.approvals.cast import make_day, set_bands, submit
from tests.world import SINCE, World

HTMX = {"HTTP_HX_REQUEST": "true"}
QUERIES = 10


@pytest.fixture
def routed(world: World) -> World:
    set_bands(world)
    set_bands(world, "northdale")
    return world


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def states(world: World, slug: str = "eastmere") -> list[str]:
    with scope(acting=world.id(slug)):
        return list(Request.objects.order_by("id").values_list("state", flat=True))


def test_card_holds_what_is_needed(routed: World) -> None:
    day = make_day(routed, "warn: flood")
    made = submit(routed, day, 31_240, summary="Close for the flood")
    page = signed_in(routed, "manager@eastmere").get("/eastmere/waiting/")
    words = page.content.decode()
    for expected in (
        "Waiting for you (1)",
        "Close for the flood",
        "£312.40",
        "Member of staff of eastmere",
        "Sent today",
        "2026-01-01",
        "Far away",
        f'href="/eastmere/days/{day.pk}/"',
        f'action="/eastmere/approvals/{made.pk}/decision/"',
    ):
        assert expected in words


def test_only_what_one_may_decide_on_is_there(routed: World) -> None:
    submit(routed, make_day(routed), summary="For managers")
    submit(routed, make_day(routed), 200_000, summary="For finance")
    submit(routed, make_day(routed), who="manager@eastmere", summary="My own")
    with scope(acting=routed.id("northdale")):
        services.set_routes(
            subject_key="tests.day",
            bands=[(0, None, "manager")],
            by=system_actor(routed.id("northdale")),
        )
    submit(routed, make_day(routed, slug="northdale"), slug="northdale", who="staff@northdale")
    seen = {}
    for who in ("manager", "finance_manager", "auditor"):
        page = signed_in(routed, f"{who}@eastmere").get("/eastmere/waiting/")
        seen[who] = [card.request.summary for card in page.context["cards"]]
    assert seen == {"manager": ["For managers"], "finance_manager": ["For finance"], "auditor": []}


def test_plain_form_decides_and_goes_back(routed: World) -> None:
    made = submit(routed, make_day(routed))
    client = signed_in(routed, "manager@eastmere")
    answer = client.post(
        f"/eastmere/approvals/{made.pk}/decision/", {"decision": "approve"}, follow=True
    )
    assert answer.redirect_chain == [("/eastmere/waiting/", 302)]
    assert "Approved: Something for 5000" in answer.content.decode()
    assert states(routed) == ["approved"]


def test_card_is_replaced_and_focus_goes_with_it(routed: World) -> None:
    made, _other = submit(routed, make_day(routed)), submit(routed, make_day(routed))
    client = signed_in(routed, "manager@eastmere")
    answer = client.post(
        f"/eastmere/approvals/{made.pk}/decision/",
        {"decision": "approve", "together": "yes"},
        **HTMX,
    )
    words = answer.content.decode()
    assert answer.status_code == 200
    assert words.strip().startswith(
        f'<article class="app-card app-decision app-decision--done" id="request-{made.pk}">'
    )
    assert 'tabindex="-1" autofocus>Approved:' in words
    assert '<div hx-swap-oob="innerHTML:#waiting-count">1</div>' in words
    assert '<div hx-swap-oob="innerHTML:.app-badge">1<span' in words
    assert f'<div hx-swap-oob="delete:#all-{made.pk}"></div>' in words
    assert 'hx-swap-oob="innerHTML:#approve-all">Approve all others without warnings<' in words


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("decision", ["return", "reject"])
def test_reason_is_asked_for_on_the_same_card(
    routed: World, headers: dict[str, Any], decision: str
) -> None:
    made = submit(routed, make_day(routed))
    client = signed_in(routed, "manager@eastmere")
    address = f"/eastmere/approvals/{made.pk}/decision/"
    answer = client.post(address, {"decision": decision, "comment": " "}, **headers)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a reason so Member of staff of eastmere knows" in words
    assert 'aria-invalid="true" autofocus' in words
    assert ("<html" in words) is (not headers)
    assert states(routed) == ["waiting"]
    done = client.post(address, {"decision": decision, "comment": "Wrong day"}, **headers)
    assert done.status_code in (200, 302)
    assert states(routed) == [{"return": "returned", "reject": "rejected"}[decision]]


def test_second_decision_is_a_conflict(routed: World) -> None:
    made = submit(routed, make_day(routed))
    client = signed_in(routed, "manager@eastmere")
    address = f"/eastmere/approvals/{made.pk}/decision/"
    client.post(address, {"decision": "approve"})
    assert client.post(address, {"decision": "approve"}).status_code == 409
    assert states(routed) == ["approved"]


def test_all_without_warnings_at_once(routed: World) -> None:
    clear = [submit(routed, make_day(routed)) for _ in range(3)]
    warned = submit(routed, make_day(routed, "warn"))
    client = signed_in(routed, "manager@eastmere")
    assert "Approve all 3 without warnings" in client.get("/eastmere/waiting/").content.decode()
    ids = [one.pk for one in clear]
    answer = client.post(
        "/eastmere/waiting/approve/", {"all": ids, "request": [warned.pk], "clear": "yes"}
    )
    assert "Approved 3 of 3 requests" in answer.content.decode()
    assert states(routed) == ["approved", "approved", "approved", "waiting"]


def test_what_became_of_each_that_was_selected(routed: World) -> None:
    clear, warned, gone = (
        submit(routed, make_day(routed, reason), summary=reason)
        for reason in ("Clear", "warn", "Gone")
    )
    client = signed_in(routed, "manager@eastmere")
    page = client.get("/eastmere/waiting/").content.decode()
    assert page.count('form="several"') == 3
    with scope(acting=routed.id("eastmere")):
        services.withdraw(request=gone, by=routed.actor("staff@eastmere"))
    ids = [one.pk for one in (clear, warned, gone)]
    words = client.post("/eastmere/waiting/approve/", {"request": ids}).content.decode()
    assert "Approved 1 of 3 requests" in words
    approved, _, refused = words.partition("Not approved</h2>")
    assert "Clear</a>" in approved and "There is something to check." in refused
    assert "1 was decided or withdrawn meanwhile" in words
    assert states(routed) == ["approved", "waiting", "withdrawn"]


def test_what_nobody_saw_is_not_approved(routed: World) -> None:
    seen = submit(routed, make_day(routed))
    submit(routed, make_day(routed))
    client = signed_in(routed, "manager@eastmere")
    client.post("/eastmere/waiting/approve/", {"request": [seen.pk]})
    assert states(routed) == ["approved", "waiting"]


def test_maker_sees_who_has_it_and_withdraws(routed: World) -> None:
    made = submit(routed, make_day(routed))
    client = signed_in(routed, "staff@eastmere")
    page = client.get("/eastmere/waiting/submitted/")
    assert "It is with Manager of eastmere." in page.content.decode()
    client.post(f"/eastmere/approvals/{made.pk}/withdrawal/")
    assert states(routed) == ["withdrawn"]


def test_nobody_with_the_limit_is_said(routed: World) -> None:
    set_bands(routed, bands=[(0, None, "manager")])
    submit(routed, make_day(routed), 600_000)
    page = signed_in(routed, "staff@eastmere").get("/eastmere/waiting/submitted/")
    assert "Nobody can decide on this now" in page.content.decode()


def test_link_opens_for_those_who_take_part(routed: World) -> None:
    made = submit(routed, make_day(routed))
    answers = {
        who: signed_in(routed, f"{who}@eastmere").get(f"/eastmere/approvals/{made.pk}/")
        for who in ("staff", "manager", "finance_manager", "auditor", "board_member")
    }
    assert {who: answer.status_code for who, answer in answers.items()} == {
        "staff": 200,
        "manager": 200,
        "finance_manager": 200,
        "auditor": 200,
        "board_member": 404,
    }
    assert all(int(a["X-Queries"]) <= QUERIES for a in answers.values())
    assert "Sent for approval: Something for 5000" in answers["staff"].content.decode()


def test_history_is_ones_own_unless_one_sees_all(routed: World) -> None:
    made = submit(routed, make_day(routed))
    submit(routed, make_day(routed))
    manager = signed_in(routed, "manager@eastmere")
    manager.post(
        f"/eastmere/approvals/{made.pk}/decision/", {"decision": "reject", "comment": "No"}
    )
    shown = {
        who: len(
            signed_in(routed, f"{who}@eastmere").get("/eastmere/waiting/decided/").context["cards"]
        )
        for who in ("manager", "auditor", "finance_officer")
    }
    assert shown == {"manager": 1, "auditor": 1, "finance_officer": 0}


def test_centre_decides_for_its_partners_in_one_list(routed: World) -> None:
    with scope(acting=routed.id("eastmere")):
        give_role(person=routed.people["centre_manager@centre"], role="manager", since=SINCE)
    made = submit(routed, make_day(routed))
    client = signed_in(routed, "centre_manager@centre")
    page = client.get("/centre/waiting/")
    assert [card.place.slug for card in page.context["cards"]] == ["eastmere"]
    assert "Closed day of Eastmere" in page.content.decode()
    where = f"/eastmere/approvals/{made.pk}/"
    assert where in client.get("/centre/").content.decode()
    answer = client.post(
        f"/eastmere/approvals/{made.pk}/decision/", {"decision": "approve", "back": "centre"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/centre/waiting/")
    assert states(routed) == ["approved"]
    assert client.get(where).status_code == 200
    elsewhere = client.post(
        f"/eastmere/approvals/{made.pk}/withdrawal/", {"back": "//evil.example"}
    )
    assert elsewhere.status_code == 422


def test_badge_counts_what_waits(routed: World) -> None:
    from approvals.views.requests import waiting_count
    from core.web.navigation import ENTRIES

    (entry,) = [e for e in ENTRIES if e.url_name == "waiting"]
    assert entry.badge is waiting_count
