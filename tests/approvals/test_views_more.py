"""The pages around a decision: undo, delegations, routes, notices, and how people decide."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals import services
from approvals.bands import Band
from approvals.models import Delegation, Notice, NoticeChoice, Request, Route, Step
from approvals.services import clock
from core.actors import system_actor
from core.scope import scope
from tests.approvals.cast import make_day, set_bands, submit
from tests.approvals.test_views_approvals import HTMX, signed_in, states
from tests.days import in_days, today
from tests.world import World

DAY = "%d/%m/%Y"


@pytest.fixture
def routed(world: World) -> World:
    set_bands(world)
    return world


def decide(world: World, made: Request, who: str, **given: Any) -> Any:
    client = signed_in(world, f"{who}@eastmere")
    given = {"decision": "approve", **given}
    return client.post(f"/eastmere/approvals/{made.pk}/decision/", given, **HTMX)


def test_undo_stands_where_the_card_was_and_on_its_page(routed: World) -> None:
    made = submit(routed, make_day(routed))
    answer = decide(routed, made, "manager").content.decode()
    assert f'action="/eastmere/approvals/{made.pk}/undo/"' in answer
    client = signed_in(routed, "manager@eastmere")
    assert "Undo your decision" in client.get(f"/eastmere/approvals/{made.pk}/").content.decode()
    other = signed_in(routed, "auditor@eastmere").get(f"/eastmere/approvals/{made.pk}/")
    assert "Undo your decision" not in other.content.decode()
    back = client.post(f"/eastmere/approvals/{made.pk}/undo/", follow=True)
    assert "Taken back, it waits again: Something for 5000" in back.content.decode()
    assert states(routed) == ["waiting"]
    assert client.post(f"/eastmere/approvals/{made.pk}/undo/").status_code == 422


def test_the_card_shows_its_steps_and_for_whom(world: World) -> None:
    set_bands(world, bands=[Band(0, None, "manager", 1), Band(0, None, "finance_manager", 2)])
    made = submit(world, make_day(world), summary="In two steps")
    words = decide(world, made, "manager").content.decode()
    assert "Approved, and now with others: In two steps" in words
    client = signed_in(world, "manager@eastmere")
    to = world.people["payroll_officer@eastmere"].pk
    boss = signed_in(world, "finance_manager@eastmere")
    boss.post("/eastmere/waiting/delegations/", delegation(to))
    page = signed_in(world, "payroll_officer@eastmere").get("/eastmere/waiting/")
    words = page.content.decode()
    assert "You decide for <strong>Finance manager of eastmere</strong>" in words
    assert "Manager: approved by Manager of eastmere" in words
    decide(world, made, "payroll_officer")
    shown = client.get(f"/eastmere/approvals/{made.pk}/").content.decode()
    assert "Decided by Payroll officer of eastmere for Finance manager of eastmere" in shown


def test_a_card_that_is_out_of_date_is_a_conflict(world: World) -> None:
    set_bands(world, bands=[Band(0, None, "manager", 1), Band(0, None, "finance_manager", 2)])
    made = submit(world, make_day(world))
    with scope(acting=world.id("eastmere")):
        seen = Step.objects.get(request_id=made.pk, number=1).pk
    decide(world, made, "manager")
    assert decide(world, made, "finance_manager", step=seen).status_code == 409


def delegation(to: int, first: int = 0, last: int = 5, reason: str = "On leave") -> dict[str, Any]:
    return {
        "to_person_id": to,
        "first_on": in_days(first).strftime(DAY),
        "last_on": in_days(last).strftime(DAY),
        "reason": reason,
    }


def test_delegating_takes_a_person_and_days(routed: World) -> None:
    client = signed_in(routed, "manager@eastmere")
    address = "/eastmere/waiting/delegations/"
    offered = client.get(address).context["form"].fields["to_person_id"].choices
    names = [name for _, name in offered]
    assert "Finance officer of eastmere" in names and "Manager of eastmere" not in names
    assert "Auditor of eastmere" not in names
    empty = client.post(address, {})
    assert empty.status_code == 422 and "Select who decides for you" in empty.content.decode()
    to = routed.people["finance_officer@eastmere"].pk
    wrong = client.post(address, delegation(to, 3, 2))
    assert "The last day must be on or after the first" in wrong.content.decode()
    stranger = routed.people["manager@northdale"].pk
    assert client.post(address, delegation(stranger)).status_code == 422
    done = client.post(address, delegation(to, reason=""), follow=True)
    assert "Finance officer of eastmere decides for you in these days" in done.content.decode()
    with scope(acting=routed.id("eastmere")):
        (row,) = Delegation.objects.all()
    again = client.post(address, delegation(to, reason="Away again"))
    assert again.status_code == 422 and "Away again" in again.content.decode()
    assert "End that one first" in str(again.context["form"].errors)
    ended = client.post(f"/eastmere/waiting/delegations/{row.pk}/end/", follow=True)
    assert "no longer decides for you" in ended.content.decode()
    assert client.post(f"/eastmere/waiting/delegations/{row.pk}/end/").status_code == 409


def test_who_does_not_decide_has_nothing_to_delegate(routed: World) -> None:
    client = signed_in(routed, "staff@eastmere")
    page = client.get("/eastmere/waiting/delegations/")
    assert page.status_code == 200 and page.context["form"] is None
    to = routed.people["manager@eastmere"].pk
    assert client.post("/eastmere/waiting/delegations/", delegation(to)).status_code == 403


def route_form(**changes: Any) -> dict[str, Any]:
    rows = [("0", "1", "manager", ""), ("500", "1", "manager", "finance_manager")]
    rows.append(("500", "2", "finance_manager", ""))
    form = {
        "from_on": today().strftime(DAY),
        "reason": "Two of us",
        "remind_hours": "4",
        "escalate_hours": "8",
        "steps-TOTAL_FORMS": "4",
        "steps-INITIAL_FORMS": "2",
    }
    for number, row in enumerate(rows):
        names = ("from_amount", "number", "role", "escalates_to")
        form |= {f"steps-{number}-{k}": v for k, v in zip(names, row, strict=True)}
    form |= {"steps-3-from_amount": "0.00", "steps-3-number": "1", "steps-3-role": ""}
    return {**form, **changes}


def test_a_route_is_proposed_and_agreed_on_pages(routed: World) -> None:
    client = signed_in(routed, "administrator@eastmere")
    table = client.get("/eastmere/approvals/routes/").content.decode()
    assert "Under £1,000.00: manager; £1,000.00 and more: finance manager" in table
    address = "/eastmere/approvals/routes/tests.day/change/"
    shown = client.get(address).content.decode()
    assert 'value="1000.00"' in shown
    wrong = client.post(address, route_form(reason="", escalate_hours="4"))
    assert wrong.status_code == 422
    assert "Escalation must come after the reminder" in wrong.content.decode()
    assert client.post(address, {}).status_code == 422
    # What the service refuses stands on the form, with all that was typed.
    past = client.post(address, route_form(from_on="01/01/2020", reason="Two of us and more"))
    assert past.status_code == 422
    assert "begins today or later" in str(past.context["form"].errors["from_on"])
    assert "Two of us and more" in past.content.decode()
    done = client.post(address, route_form(), follow=True).content.decode()
    assert "It takes effect once somebody else agrees" in done
    assert "Propose a change" not in done
    assert client.post(address, route_form()).status_code == 422
    boss = signed_in(routed, "finance_manager@eastmere")
    words = boss.get("/eastmere/waiting/").content.decode()
    assert "New route for: Closed day" in words and "Two of us" in words
    assert "manager (late: finance manager), then finance manager" in words
    with scope(acting=routed.id("eastmere")):
        made = Request.objects.get()
    decide(routed, made, "finance_manager")
    shown = client.get("/eastmere/approvals/routes/tests.day/").content.decode()
    assert "agreed by Finance manager of eastmere" in shown
    assert "Reminder after 4 h of working time, escalation after 8 h" in shown


def test_routes_are_seen_by_all_and_changed_by_few(routed: World) -> None:
    client = signed_in(routed, "staff@eastmere")
    assert client.get("/eastmere/approvals/routes/").status_code == 200
    assert client.get("/eastmere/approvals/routes/tests.day/change/").status_code == 403
    assert client.get("/eastmere/approvals/routes/no.such/").status_code == 404


def test_a_row_taken_out_leaves_no_step(routed: World) -> None:
    client = signed_in(routed, "administrator@eastmere")
    address = "/eastmere/approvals/routes/tests.day/change/"
    client.post(address, route_form(**{"steps-2-role": ""}))
    with scope(acting=routed.id("eastmere")):
        route = Route.objects.get(state="proposed")
        kept = [(s.from_pence, s.to_pence, s.number, s.role) for s in route.steps.order_by("id")]
    assert kept == [(0, 50_000, 1, "manager"), (50_000, None, 1, "manager")]


def test_notices_are_ones_own_and_chosen(routed: World) -> None:
    submit(routed, make_day(routed), summary="A letter to read")
    with scope(acting=routed.id("eastmere")):
        clock.keep_time_here(by=system_actor(routed.id("eastmere")), as_of=timezone.now())
    seen = {
        who: "A letter to read"
        in signed_in(routed, f"{who}@eastmere").get("/eastmere/waiting/notices/").content.decode()
        for who in ("manager", "staff", "auditor")
    }
    assert seen == {"manager": True, "staff": False, "auditor": True}
    client = signed_in(routed, "manager@eastmere")
    page = client.get("/eastmere/waiting/notices/").content.decode()
    assert "These are the notices that would have been" in page
    for given, only in (({"only_daily": "on"}, True), ({}, False)):
        client.post("/eastmere/waiting/notices/", given)
        with scope(acting=routed.id("eastmere")):
            assert NoticeChoice.objects.get().only_daily is only


def test_a_notice_leads_only_to_what_may_still_be_opened(routed: World) -> None:
    made = submit(routed, make_day(routed), summary="A letter to read")
    link = f'href="/eastmere/approvals/{made.pk}/"'
    client = signed_in(routed, "manager@eastmere")
    with scope(acting=routed.id("eastmere")):
        clock.keep_time_here(by=system_actor(routed.id("eastmere")), as_of=timezone.now())
    assert link in client.get("/eastmere/waiting/notices/").content.decode()
    with scope(acting=routed.id("eastmere")):
        Notice.objects.update(person_id=routed.people["hr_officer@eastmere"].pk)
    page = (
        signed_in(routed, "hr_officer@eastmere").get("/eastmere/waiting/notices/").content.decode()
    )
    assert "A letter to read" in page and link not in page


def test_how_an_approver_decides(routed: World) -> None:
    """An hour of working time for one, two for the other; one of two sent back."""
    now = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    with scope(acting=routed.id("eastmere")):
        Route.objects.update(from_on="2020-01-01")
    boss = routed.actor("manager@eastmere")
    for hours, decision in ((1, "approve"), (2, "return")):
        made = submit(routed, make_day(routed), as_of=now)
        with scope(acting=boss.organisation_id):
            services.decide(
                request=made,
                decision=decision,  # type: ignore[arg-type]
                comment="Said",
                by=boss,
                as_of=now + timedelta(hours=hours),
            )
    page = signed_in(routed, "auditor@eastmere").get("/eastmere/approvals/approvers/")
    (row,) = page.context["rows"]
    assert row["cells"] == [
        *("Manager of eastmere", "2", "1 h 0 min", "2 h 0 min"),
        *("1 (50%)", "0 (0%)", "0", "0"),
    ]
    own = signed_in(routed, "manager@eastmere").get(row["url"])
    assert [one["cells"][1] for one in own.context["rows"]] == ["Sent back", "Approved"]
    assert signed_in(routed, "staff@eastmere").get(row["url"]).status_code == 404
    nothing = routed.people["staff@eastmere"].pk
    mine = signed_in(routed, "staff@eastmere").get(f"/eastmere/approvals/approvers/{nothing}/")
    assert "No decisions yet" in mine.content.decode()
