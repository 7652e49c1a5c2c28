"""An administrator adds, renames, moves and ends units: with a reason, all or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core.errors import NotAllowed, Refused
from core.scope import scope
from core.templatetags.web import day
from events.models import Event
from finance.models import Invoice
from tenants.invariants import _lost_paths
from tenants.models import Affiliation, Grant, Person, Unit
from tenants.roles import Role
from tenants.rules import TEN03, TEN04, TEN05, TEN06, TEN07, TEN08, TEN09, TEN10, TEN11
from tenants.services import create_person, give_role
from tenants.services.units import UnitFacts, facts_of, keep_units
from tests.days import today
from tests.finance.payables import invoice, prepare
from tests.finance.payables import supplier as firm
from tests.world import SINCE, World

LIST = "/eastmere/units/"
ADMIN = "administrator@eastmere"


def signed_in(world: World, who: str = ADMIN) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def unit(world: World, code: str) -> Unit:
    with scope(acting=world.id("eastmere")):
        return Unit.objects.select_related("parent", "holder").get(code=code)


def keep(world: World, *wanted: UnitFacts, who: str = ADMIN, reason: str = "Reorganised") -> Any:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return keep_units(wanted=wanted, reason=reason, by=by, today=today())


def refused(world: World, rule: Any, *wanted: UnitFacts, who: str = ADMIN) -> str:
    with pytest.raises(Refused) as info:
        keep(world, *wanted, who=who)
    assert info.value.rule is rule
    return info.value.message


def facts(world: World, code: str, **changes: Any) -> UnitFacts:
    return UnitFacts(**{**vars(facts_of(unit(world, code))), **changes})


def give(world: World, who: Person, role: Role, code: str) -> Grant:
    row = unit(world, code)
    with scope(acting=world.id("eastmere")):
        return give_role(person=who, role=role, since=SINCE, unit=row)


def form(**changes: Any) -> dict[str, Any]:
    first = f"{today():%d/%m/%Y}"
    said = {"code": "120", "name": "Payables", "parent": "110", "from_on": first}
    return {**said, "reason": "A team of its own", **changes}


def test_a_unit_is_added_shown_and_found(world: World) -> None:
    admin, holder = signed_in(world), world.people["manager@eastmere"]
    added = admin.post(f"{LIST}new/", form(holder=holder.email.upper()))
    made = unit(world, "120")
    assert added.status_code == 302 and added["Location"] == f"{LIST}{made.pk}/"
    assert (made.path, made.holder, made.valid.lower) == ("100.110.120.", holder, today())
    shown = admin.get(added["Location"]).content.decode()
    assert "A team of its own" in shown and "by Administrator of eastmere" in shown
    assert [row["cells"][0] for row in admin.get(f"{LIST}?q=PAYA").context["rows"]] == ["120"]
    yesterday = today() - timedelta(days=1)
    codes = [row["cells"][0] for row in admin.get(f"{LIST}?on={yesterday}").context["rows"]]
    assert codes == ["100", "110", "200"]
    assert "No unit matches" in admin.get(f"{LIST}?q=zzz").content.decode()
    again = admin.post(f"{LIST}new/", form())
    assert again.status_code == 422 and "Another unit has this code" in again.content.decode()
    assert f"From {day(today())}" in signed_in(world).get("/eastmere/units/").content.decode()


def test_a_move_takes_along_what_is_within_and_what_is_kept_of_it(world: World) -> None:
    prepare(world, "eastmere")
    keep(world, UnitFacts("120", "Payables", "110", fresh=True))
    bill = invoice(world, firm(world, "Movers"), "M1", unit_path="100.110.120.")
    admin, old = signed_in(world), unit(world, "110")
    sent = form(name="Finance and pay", parent="200", reason="Moved to Places")
    assert admin.post(f"{LIST}{old.pk}/change/", sent).status_code == 302
    assert unit(world, "110").path == "200.110."
    assert unit(world, "120").path == "200.110.120."
    with scope(acting=world.id("eastmere")):
        assert Invoice.objects.get(pk=bill.pk).unit_path == "200.110.120."
        assert list(_lost_paths(world.id("eastmere"))) == []
        event = Event.objects.get(verb="tenants.unit.changed", subject_id=old.pk)
    assert event.data["changes"] == (
        "name before: Finance, now: Finance and pay; part of before: 100, now: 200"
    )
    assert "Moved to Places" in admin.get(f"{LIST}{old.pk}/").content.decode()


def test_rights_for_a_unit_follow_its_move_at_once(world: World) -> None:
    """Somebody who manages Places sees the invoices of a unit as soon as it is moved there."""
    lead = create_person(email="lead@eastmere.example", name="Lead of Places")
    give(world, lead, Role.MANAGER, "200")
    world.people["lead@eastmere"] = lead
    prepare(world, "eastmere")
    bill = invoice(world, firm(world, "Movers"), "M1", unit_path="100.110.")
    visit, page = signed_in(world, "lead@eastmere"), f"/eastmere/invoices/{bill.number}/"
    assert visit.get(page).status_code == 404
    keep(world, facts(world, "110", parent="200"))
    assert visit.get(page).status_code == 200


def test_a_unit_ends_when_nothing_goes_on_in_it(world: World) -> None:
    until = today() + timedelta(days=30)
    said = refused(world, TEN07, facts(world, "110", until=until))
    assert "people who work in it: 11" in said
    assert "units within it: 1" in refused(world, TEN07, facts(world, "100", until=until))
    with scope(acting=world.id("eastmere")):
        Affiliation.objects.update(valid=(SINCE, today()))
    held = give(world, world.people["staff@eastmere"], Role.MANAGER, "110")
    assert "rights for it: 1" in refused(world, TEN07, facts(world, "110", until=until))
    with scope(acting=world.id("eastmere")):
        Grant.objects.filter(pk=held.pk).update(valid=(SINCE, until))
    keep(world, facts(world, "110", until=until), facts(world, "100", until=until))
    refused(world, TEN05, facts(world, "110", until=until + timedelta(days=1)))
    keep(world, facts(world, "100", until=None), facts(world, "110", until=None))
    assert unit(world, "110").valid.upper is None


def test_days_that_have_been_stay(world: World) -> None:
    refused(world, TEN08, facts(world, "200", until=today() - timedelta(days=1)))
    refused(world, TEN08, facts(world, "200", since=today()))
    refused(world, TEN08, UnitFacts("300", "Backwards", since=today(), until=today()))
    keep(world, facts(world, "200", until=today()))
    refused(world, TEN08, facts(world, "200", name="Again"))
    page = signed_in(world).get(f"{LIST}{unit(world, '200').pk}/").content.decode()
    assert "Change it" not in page


def test_the_tree_stays_a_tree(world: World) -> None:
    refused(world, TEN06, facts(world, "100", parent="110"))
    refused(world, TEN06, facts(world, "100", parent="100"))
    refused(world, TEN06, facts(world, "100", parent="200"), facts(world, "200", parent="110"))
    refused(world, TEN05, facts(world, "100", parent="999"))
    later = today() + timedelta(days=9)
    refused(world, TEN05, facts(world, "200", parent="300"), UnitFacts("300", "Next", since=later))
    for code in ("", "1.2", "x" * 25, "a b"):
        refused(world, TEN03, UnitFacts(code, "Odd"))
    refused(world, TEN04, UnitFacts("110", "Twice", fresh=True))
    refused(world, TEN04, UnitFacts("300", "One"), UnitFacts("300", "Two"))
    chain = [f"{number:024}" for number in range(9)]
    rows = [UnitFacts(one, one, up) for one, up in zip(chain, ["", *chain[:-1]], strict=True)]
    refused(world, TEN11, *rows)
    refused(world, TEN10, facts(world, "110", holder="charlie@nowhere.example"))


def test_many_units_are_kept_together_or_not_at_all(world: World) -> None:
    rows = [UnitFacts("310", "Inner", "300"), UnitFacts("300", "Outer"), UnitFacts("1.2", "Odd")]
    refused(world, TEN03, *rows)
    with scope(acting=world.id("eastmere")):
        assert Unit.objects.count() == 3
    done = keep(world, *rows[:2], facts(world, "200"))
    assert [plan.facts.code for plan in done] == ["310", "300"]
    assert unit(world, "310").path == "300.310."
    with scope(acting=world.id("eastmere")):
        assert Event.objects.filter(verb="tenants.unit.added").count() == 2


def test_an_administrator_of_a_part_keeps_that_part(world: World) -> None:
    lesser = create_person(email="lesser@eastmere.example", name="Lesser")
    world.people["lesser@eastmere"] = lesser
    give(world, lesser, Role.ADMINISTRATOR, "100")
    keep(world, UnitFacts("120", "Payables", "110"), who="lesser@eastmere")
    for one in (UnitFacts("300", "New"), facts(world, "200", name="Roads"),
                facts(world, "110", parent="200"), facts(world, "200", parent="110")):  # fmt: skip
        refused(world, TEN09, one, who="lesser@eastmere")


def test_others_look_or_are_turned_away(world: World) -> None:
    here = f"{LIST}{unit(world, '110').pk}/"
    auditor, officer = signed_in(world, "auditor@eastmere"), signed_in(world, "staff@eastmere")
    assert "Change it" not in auditor.get(here).content.decode()
    assert auditor.post(f"{here}change/", form()).status_code == 403
    assert officer.get(LIST).status_code == 403
    with pytest.raises(NotAllowed):
        keep(world, facts(world, "110", name="Mine"), who="auditor@eastmere")
    with scope(acting=world.id("northdale")):
        foreign = Unit.objects.order_by("-pk")[0].pk
    assert signed_in(world).get(f"{LIST}{foreign}/").status_code == 404


def test_the_list_is_exported_as_it_is_loaded(world: World) -> None:
    admin = signed_in(world)
    told = admin.get(f"{LIST}export/?q=Fin").content.decode("utf-8-sig")
    assert "Rows,1" in told and "110,Finance,100,,2020-01-01," in told
    assert "Code,Name,Part of,Budget holder,First day,Last day" in told
    assert admin.get(f"{LIST}export/?format=xlsx").content[:2] == b"PK"
