"""Conflicts of duties are found in the rights in force, and accepted by two others for a while."""

import base64
import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.models import ConflictAcceptance
from access.rules import ACC16, ACC17, ACC18, ACC19, ACC20
from access.selectors.conflicts import Found, conflicts_of
from access.services.conflicts import agree_acceptance, ask_acceptance, end_acceptance
from access.services.grants import grant_right
from core.errors import Clash, NotAllowed, NotFound, Refused
from core.permissions import CONFLICTS, keep_apart
from core.scope import scope
from events.models import Event
from tenants.models import Person, Unit
from tenants.roles import Role
from tenants.services import create_person, end_roles, give_role
from tests.days import today
from tests.world import SINCE, World

R = Role
LIST = "/eastmere/rights/conflicts/"
ADMIN, SECOND = "administrator@eastmere", "finance_manager@eastmere"


def someone(world: World, *roles: Role, name: str = "Both Hats", **given: Any) -> Person:
    """A person who holds these roles in Eastmere."""
    slug = name.lower().replace(" ", ".")
    person = create_person(email=f"{slug}@eastmere.example", name=name)
    world.people[f"{slug}@eastmere"] = person
    with scope(acting=world.id("eastmere")):
        for role in roles:
            give_role(person=person, role=role, since=given.get("since", SINCE))
    return person


def found(world: World, slug: str = "eastmere", on: date | None = None) -> list[Found]:
    with scope(acting=world.id(slug)):
        return conflicts_of(world.id(slug), on or today())


def do(world: World, service: Any, who: str = ADMIN, **given: Any) -> ConflictAcceptance:
    by = world.actor(who)
    if service is ask_acceptance:
        given = {"key": "invoice_pay", "until": today(), "reason": "Only two here", **given}
    if service is not end_acceptance:
        given["today"] = given.get("today", today())
    with scope(acting=by.organisation_id):
        row: ConflictAcceptance = service(**given, by=by, at=timezone.now())
        return row


def refused(world: World, rule: Any, service: Any, who: str = ADMIN, **given: Any) -> None:
    with pytest.raises(Refused) as info:
        do(world, service, who, **given)
    assert info.value.rule is rule


def client(world: World, who: str = ADMIN) -> Client:
    visit = Client()
    visit.force_login(world.people[who])
    return visit


def test_nobody_of_one_role_is_in_a_conflict(world: World) -> None:
    assert found(world) == found(world, "northdale") == found(world, "centre") == []


def test_two_hats_are_found_once_for_each_conflict_and_in_no_other_organisation(
    world: World,
) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    rows = found(world)
    assert {one.person_id for one in rows} == {person.pk}
    expected = {"supplier_bank", "invoice_approve", "invoice_pay", "bank_sign"}
    assert sorted(one.conflict.key for one in rows) == sorted(expected)
    assert all(one.since == SINCE and len(one.rights) == 2 for one in rows)
    assert found(world, "northdale") == []
    payroll = someone(world, R.PAYROLL_OFFICER, R.FINANCE_MANAGER, name="Pays All")
    keys = {one.conflict.key for one in found(world) if one.person_id == payroll.pk}
    assert keys == {"pay_approve", "pay_over"}


def test_rights_conflict_on_the_days_they_share_and_where_their_units_overlap(
    world: World,
) -> None:
    person = someone(world, R.FINANCE_OFFICER, since=SINCE)
    with scope(acting=world.id("eastmere")):
        unit = {row.code: row for row in Unit.objects.all()}
        give_role(person=person, role=R.MANAGER, since=date(2024, 1, 1), until=date(2024, 2, 1))
        apart = someone_in(world, unit["110"], unit["200"])
        within = someone_in(world, unit["100"], unit["110"], name="Within Finance")
    keys = {one.person_id for one in found(world)}
    assert keys == {within.pk} and apart.pk not in keys
    then = [one for one in found(world, on=date(2024, 1, 31)) if one.person_id == person.pk]
    assert [one.since for one in then] == [date(2024, 1, 1)]
    assert person.pk not in {one.person_id for one in found(world, on=date(2024, 2, 1))}
    Person.objects.filter(pk=within.pk).update(is_active=False)
    assert found(world) == []


def someone_in(world: World, first: Unit, second: Unit, name: str = "Far Apart") -> Person:
    """An officer of one unit who is the manager of another; in an open scope."""
    person = create_person(email=f"{name[:3]}@eastmere.example", name=name)
    give_role(person=person, role=R.FINANCE_OFFICER, since=SINCE, unit=first)
    give_role(person=person, role=R.MANAGER, since=SINCE, unit=second)
    return person


def test_a_right_that_makes_a_conflict_is_written_down_and_shown(world: World) -> None:
    person, admin = world.people["finance_officer@eastmere"], world.actor(ADMIN)
    with scope(acting=world.id("eastmere")):
        given = {"from_on": today(), "today": today(), "reason": "Cover", "by": admin}
        grant_right(person=person, role=R.BOARD_MEMBER, **given)
        assert not Event.objects.filter(verb="access.grant.conflicts").exists()
        grant_right(person=person, role=R.MANAGER, **given)
        event = Event.objects.get(verb="access.grant.conflicts")
    assert event.data["conflicts"] == "enters invoices and approves them"
    said = client(world).get(f"/eastmere/rights/{person.pk}/").content.decode()
    assert "Remedy this conflict of duties" in said


def test_it_is_accepted_by_two_others_and_ends_by_itself(world: World) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    last = today() + timedelta(days=30)
    row = do(world, ask_acceptance, person=person, until=last)

    def state(on: date) -> str:
        return next(one.state(on) for one in found(world) if one.conflict.key == "invoice_pay")

    assert state(today()) == "asked"
    do(world, agree_acceptance, SECOND, number=row.pk)
    assert state(last) == "accepted" and state(last + timedelta(days=1)) == "ran_out"
    with pytest.raises(Clash):
        do(world, agree_acceptance, SECOND, number=row.pk)
    again = do(world, ask_acceptance, person=person, until=today() + timedelta(days=365))
    assert state(today()) == "accepted"
    do(world, agree_acceptance, SECOND, number=again.pk)
    with scope(acting=world.id("eastmere")):
        row.refresh_from_db()
    assert row.ended_because == "Accepted anew"
    do(world, end_acceptance, number=again.pk, reason="A third person has come")
    assert state(today()) == "open"
    with scope(acting=world.id("eastmere")):
        verbs = Event.objects.filter(verb__startswith="access.conflict").order_by("pk")
        assert [e.verb.rpartition(".")[2] for e in verbs] == [
            *("asked", "agreed", "asked", "agreed", "ended"),
        ]


def test_further_rights_are_not_covered(world: World) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    row = do(world, ask_acceptance, person=person)
    with scope(acting=world.id("eastmere")):
        give_role(person=person, role=R.CENTRE_AGENT, since=SINCE)
    refused(world, ACC20, agree_acceptance, SECOND, number=row.pk)
    do(world, end_acceptance, SECOND, number=row.pk, reason="Ask again")
    row = do(world, ask_acceptance, person=person)
    do(world, agree_acceptance, SECOND, number=row.pk)
    with scope(acting=world.id("eastmere")):
        unit = Unit.objects.get(code="110")
        give_role(person=person, role=R.FINANCE_MANAGER, since=SINCE, unit=unit)
    states = {one.conflict.key: one.state(today()) for one in found(world)}
    assert states["invoice_pay"] == "outgrown"


def test_who_may_ask_and_agree(world: World) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    someone(world, R.ADMINISTRATOR, R.FINANCE_MANAGER, name="Own Case")
    mine = world.people["own.case@eastmere"]
    refused(world, ACC16, ask_acceptance, "own.case@eastmere", person=mine, key="rights_money")
    year = timedelta(days=366)
    refused(world, ACC17, ask_acceptance, person=person, until=today() + year)
    refused(world, ACC17, ask_acceptance, person=person, until=today() - timedelta(days=1))
    refused(world, ACC19, ask_acceptance, person=person, key="pay_approve")
    with pytest.raises(NotAllowed):
        do(world, ask_acceptance, SECOND, person=person)
    row = do(world, ask_acceptance, "own.case@eastmere", person=person)
    with pytest.raises(Clash):
        do(world, ask_acceptance, person=person)
    refused(world, ACC18, agree_acceptance, "own.case@eastmere", number=row.pk)
    refused(world, ACC16, agree_acceptance, "both.hats@eastmere", number=row.pk)
    refused(world, ACC16, end_acceptance, "both.hats@eastmere", number=row.pk, reason="Mine")
    with pytest.raises(NotAllowed):
        do(world, agree_acceptance, "auditor@eastmere", number=row.pk)
    with pytest.raises(NotFound):
        do(world, agree_acceptance, "finance_manager@northdale", number=row.pk)
    with scope(acting=world.id("eastmere")):
        end_roles(person=person, from_on=today())
    refused(world, ACC19, agree_acceptance, SECOND, number=row.pk)


def test_the_database_wants_a_second_person(world: World) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    row = do(world, ask_acceptance, person=person)
    for who in (row.asked_by_id, person.pk):
        with pytest.raises(IntegrityError), scope(acting=world.id("eastmere")):
            with transaction.atomic():
                rows = ConflictAcceptance.objects.filter(pk=row.pk)
                rows.update(agreed_by_id=who, agreed_at=timezone.now())


def test_the_pages_ask_agree_and_end(world: World) -> None:
    person, admin = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER), client(world)
    mine = f"{LIST}{person.pk}/invoice_pay/"
    assert "Both Hats" in admin.get(LIST).content.decode()
    assert admin.post(mine, {"until": "", "reason": ""}).status_code == 422
    said = {"until": f"{today() + timedelta(days=9):%d/%m/%Y}", "reason": "Small office"}
    assert admin.post(mine, said).status_code == 302
    with scope(acting=world.id("eastmere")):
        row = ConflictAcceptance.objects.get()
    act = f"/eastmere/rights/acceptances/{row.pk}"
    assert admin.post(f"{act}/agree/").status_code == 422
    assert "Agree</button>" not in admin.get(mine).content.decode()
    second = client(world, SECOND)
    assert "Agree</button>" in second.get(mine).content.decode()
    assert second.post(f"{act}/agree/").status_code == 302
    assert "Small office" in client(world, "auditor@eastmere").get(mine).content.decode()
    empty = second.post(f"{act}/end/", {"reason": ""}, follow=True).content.decode()
    assert "write the reason" in empty
    assert "Accepted until" in empty
    assert second.post(f"{act}/end/", {"reason": "Over"}).status_code == 302
    assert "Accepted until" not in second.get(mine).content.decode()
    assert client(world, "auditor@eastmere").post(mine, said).status_code == 403
    assert admin.get(f"{LIST}{person.pk}/no_such/").status_code == 404


def test_the_list_is_filtered_and_downloaded(world: World) -> None:
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    someone(world, R.ADMINISTRATOR, R.FINANCE_MANAGER, name="=Rights Too")
    row = do(world, ask_acceptance, person=person)
    do(world, agree_acceptance, SECOND, number=row.pk)
    admin = client(world)
    shown = admin.get(f"{LIST}?state=accepted").content.decode()
    assert "Both Hats" in shown and "Rights Too" not in shown
    assert "No conflict matches" in admin.get(f"{LIST}?state=ran_out").content.decode()
    text = admin.get(f"{LIST}export/?conflict=rights_money").content.decode("utf-8-sig")
    facts, _, table = text.partition("\r\n\r\n")
    (line,) = list(csv.DictReader(io.StringIO(table)))
    assert line["Person"] == "'=Rights Too" and "gives rights" in facts
    text = admin.get(f"{LIST}export/?state=accepted").content.decode("utf-8-sig")
    (line,) = list(csv.DictReader(io.StringIO(text.partition("\r\n\r\n")[2])))
    assert (line["Asked by"], line["Agreed by"]) == (
        *("Administrator of eastmere", "Finance manager of eastmere"),
    )
    sheet = admin.get(f"{LIST}export/?format=xlsx")
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_no_declared_conflict_lies_within_one_role() -> None:
    assert len(CONFLICTS) >= 8
    both = {"first": ("finance.invoice.approve",), "second": ("finance.payment.release",)}
    with pytest.raises(ValueError, match="within one role"):
        keep_apart("tests", **both, label="approves and releases", risk="None.")


def test_programs_are_told_who_holds_what_and_what_was_accepted(world: World) -> None:
    api, auditor = "/api/v1/eastmere/conflicts/", client(world, "auditor@eastmere")
    person = someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    someone(world, R.PAYROLL_OFFICER, R.FINANCE_MANAGER, name="Pays All")
    rows = auditor.get(api).json()["results"]
    assert [(row["person"], row["conflict"]) for row in rows] == sorted(
        (one.person_id, one.conflict.key) for one in found(world)
    )
    assert {right["role"] for right in rows[0]["rights"]} == {R.FINANCE_OFFICER, R.FINANCE_MANAGER}
    asked = do(world, ask_acceptance, person=person)
    pay = {"conflict": "invoice_pay"}
    assert [row["state"] for row in auditor.get(api, pay).json()["results"]] == ["asked"]
    (waits,) = auditor.get(api, {"state": "asked"}).json()["results"]
    assert waits["name"] == "Both Hats" and waits["says"] and waits["risk"]
    one = auditor.get(f"{api}{person.pk}/invoice_pay/").json()
    assert one["held"]["state"] == "asked"
    (said,) = one["acceptances"]
    assert (said["number"], said["reason"], said["agreed_by"]) == (asked.pk, "Only two here", None)
    with scope(acting=world.id("eastmere")):
        end_roles(person=person, from_on=today())
    over = auditor.get(f"{api}{person.pk}/invoice_pay/").json()
    assert over["held"] is None and len(over["acceptances"]) == 1
    assert auditor.get(f"{api}{person.pk}/bank_sign/").status_code == 404
    assert auditor.get(api, {"state": "nonsense"}).status_code == 400
    assert client(world, "staff@eastmere").get(api).status_code == 403


def test_conflicts_come_in_parts_that_lead_on(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("core.web.api_lists.PER_PAGE", 3)
    someone(world, R.FINANCE_OFFICER, R.FINANCE_MANAGER)
    someone(world, R.PAYROLL_OFFICER, R.FINANCE_MANAGER, name="Pays All")
    auditor, where = client(world, "auditor@eastmere"), "/api/v1/eastmere/conflicts/"
    told: list[tuple[int, str]] = []
    while where:
        part = auditor.get(where).json()
        told += [(row["person"], row["conflict"]) for row in part["results"]]
        where = part["next"]
    assert told == sorted((one.person_id, one.conflict.key) for one in found(world))
    assert len(told) == 6
    wrong = base64.b64encode(b'["a", 1]').decode()
    assert auditor.get(f"/api/v1/eastmere/conflicts/?cursor={wrong}").status_code == 400
