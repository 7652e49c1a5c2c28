"""A file of rights: shown row by row, then given, changed and ended in one act by the rules."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.scope import scope
from events.models import Event
from tenants.models import Grant, Person
from tenants.roles import Role
from tests import two_steps
from tests.access.test_rights import ADMIN, LIST, grants_of, signed_in, today
from tests.world import SINCE, World

LOAD = f"{LIST}load/"
HEAD = "Email,Person,Role,Unit code,Limit,From,Last day"


def sent(client: Client, rows: Sequence[str], head: str = HEAD) -> Any:
    return two_steps.sent(client, LOAD, head, rows, "New scheme of delegation")


def sure(client: Client, preview: Any) -> Any:
    return two_steps.sure(client, LOAD, preview)


def errors(preview: Any) -> dict[int, str]:
    assert preview.status_code == 422
    return {row["cells"][0]: row["cells"][3] for row in preview.context["rows"] if row["tone"]}


def test_rights_are_given_changed_and_ended_in_one_act(world: World) -> None:
    admin, yesterday = signed_in(world), today() - timedelta(days=1)
    staff, auditor = world.people["staff@eastmere"], world.people["auditor@eastmere"]
    manager, visit = world.people["manager@eastmere"], signed_in(world, "auditor@eastmere")
    assert visit.get(LIST).status_code == 200
    shown = sent(admin, [
        f"{staff.email},,Manager,110,\"£1,250\",,31/12/2040",
        "new.one@eastmere.example,New  One,board member,,,,",
        f"{manager.email},,Manager,,6000,{SINCE},",
        f"{auditor.email},,auditor,,,{SINCE},{yesterday}",
        f"{staff.email},,staff,,,{SINCE},",
    ])  # fmt: skip
    text = shown.content.decode()
    assert shown.status_code == 200 and len(grants_of(world, staff)) == 1
    for counted in ("Given: 2 rows", "Changed: 1 row", "Ended: 1 row", "Stays as it is: 1 row"):
        assert counted in text
    done = sure(admin, shown)
    assert done.status_code == 302 and done["Location"] == LIST
    row = grants_of(world, staff)[-1]
    assert (row.role, row.limit_pence, row.valid.lower) == ("manager", 125_000, today())
    assert row.valid.upper.isoformat() == "2041-01-01"
    assert grants_of(world, Person.objects.get(email="new.one@eastmere.example"))[0].role
    was, now = grants_of(world, manager)
    assert (was.limit_pence, was.valid.upper) == (500_000, today())
    assert (now.limit_pence, now.valid.lower) == (600_000, today())
    assert visit.get(LIST).status_code == 404
    with scope(acting=world.id("eastmere")):
        verbs = Event.objects.filter(verb__startswith="access.grant").order_by("id")
        told = [(one.verb.rpartition(".")[2], one.data["comment"]) for one in verbs]
    why = "New scheme of delegation"
    assert told == [("given", why), ("given", why), ("changed", why), ("ended", why)]
    assert why in admin.get(f"{LIST}{staff.pk}/").content.decode()


def test_every_row_that_breaks_a_rule_is_named_and_nothing_is_loaded(world: World) -> None:
    admin, staff = signed_in(world), world.people["staff@eastmere"].email
    yesterday = today() - timedelta(days=1)
    own = world.people[ADMIN].email
    before = counted(world)
    shown = sent(admin, [
        f"{own},,auditor,,,,",
        f"{staff},,auditor,,,{yesterday},",
        f"{staff},,manager,999,,,",
        "new@eastmere.example,,manager,,,,",
        f"{staff},,staff,,,{today()},",
        f"{staff},,wizard,,,,",
        f"{staff},,board_member,,much,,",
        f"{staff},,manager,,,,",
        f"{staff},,manager,,,,",
    ])  # fmt: skip
    wrong = errors(shown)
    assert sorted(wrong) == [2, 3, 4, 5, 6, 7, 8, 10]
    assert wrong[2].startswith("Email: Nobody gives")
    assert wrong[3].startswith("From or last day: Rights change today or later")
    assert wrong[4].startswith("Unit code: This unit does not exist")
    assert wrong[5].startswith("Person: Somebody new here needs a name")
    assert wrong[6].startswith("Role: This person holds this role")
    assert wrong[7].startswith("Role: write one of Member of staff")
    assert wrong[8] == "Limit: «much» is not an amount like 1,250.00."
    assert wrong[10].startswith("Role: This person holds this role")
    assert sure(admin, shown).status_code == 422
    assert counted(world) == before


def counted(world: World) -> int:
    with scope(acting=world.id("eastmere")):
        return Grant.objects.count()


def test_the_last_administrator_is_not_ended_by_a_file(world: World) -> None:
    admin = world.people[ADMIN]
    second = Person.objects.create(email="second@eastmere.example", name="Second")
    world.people["second@eastmere"] = second
    until = today() + timedelta(days=5)
    with scope(acting=world.id("eastmere")):
        Grant.objects.create(organisation_id=world.id("eastmere"), person=second,
                             role=Role.ADMINISTRATOR, valid=(SINCE, until))  # fmt: skip
    visit = signed_in(world, "second@eastmere")
    later = sent(visit, [f"{admin.email},,Administrator,,,{SINCE},{until - timedelta(days=1)}"])
    refused = sure(visit, later)
    assert "Somebody has to look after this organisation" in refused.content.decode()
    assert grants_of(world, admin)[0].valid.upper is None


def test_the_export_loads_back_and_changes_nothing(world: World) -> None:
    admin = signed_in(world)
    data = admin.get(f"{LIST}export/?role=all").content
    shown = two_steps.sent_bytes(admin, LOAD, data, "Looked through")
    assert shown.status_code == 200
    assert "Nothing would change" in shown.content.decode()


def test_a_file_of_many_costs_what_one_of_few_costs(world: World) -> None:
    admin = signed_in(world)
    costs = []
    for many in (2, 40):
        rows = [
            f"p{many}.{one}@eastmere.example,Person {one},manager,110,5,," for one in range(many)
        ]
        shown = sent(admin, rows)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert sure(admin, shown).status_code == 302
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_others_are_turned_away(world: World) -> None:
    assert signed_in(world, "auditor@eastmere").get(LOAD).status_code == 403
