"""What happened is told of things by their names, to those who may open their pages."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.registry import SUBJECTS
from core.scope import scope
from events.models import Event
from events.naming import names_of
from events.services import record
from finance.models import Supplier
from tenants.models import Unit
from tests.finance.payment_books import books, invoice, supplier
from tests.hr.record import ask_starter, employer
from tests.world import World


def about(world: World, who: str) -> list[str]:
    """The column «To what» of the trail, newest first, without its links."""
    client = Client()
    client.force_login(world.people[who])
    slug = who.partition("@")[2]
    answer = client.get(f"/{slug}/trail/")
    return [str(row["cells"][-2]).partition(">")[2].removesuffix("</a>") for row in rows(answer)]


def rows(answer: Any) -> Sequence[Any]:
    found: Sequence[Any] = answer.context["rows"]
    return found


def test_everything_that_can_happen_to_has_a_name() -> None:
    nameless = {
        kind.key
        for kind in SUBJECTS.values()
        if kind.name is str
        and kind.model.__str__ is models.Model.__str__
        and not kind.key.startswith("tests.")
    }
    assert nameless == set()


def test_the_trail_names_what_it_is_about(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        harrow = supplier(by, "A", banked=True)
        Supplier.objects.filter(pk=harrow.pk).update(name="Harrow Paper")
        bank = harrow.banks.get()
        billed = invoice(by, harrow, 1_000)
        for row in (harrow, bank, billed):
            record("finance.supplier.changed", row, by=by, fields="it")
        gone = Supplier(pk=999_999, organisation_id=by.organisation_id)
        record("finance.supplier.changed", gone, by=by, fields="it")
    assert about(world, "finance_manager@eastmere")[:4] == [
        "Supplier 999999",
        f"Invoice INV-{billed.number}",
        "New bank details of Harrow Paper",
        "Supplier Harrow Paper",
    ]


def test_who_may_not_open_its_page_is_told_no_name(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        asked = ask_starter(by)
    assert about(world, "finance_manager@eastmere")[0] == f"Request about staff {asked.pk}"
    told = {}
    for who in ("hr_officer@eastmere", "finance_manager@eastmere", "hr_officer@northdale"):
        actor = world.actor(who)
        with scope(acting=by.organisation_id):
            events = list(Event.objects.filter(subject_key="hr.request"))
            told[who] = names_of(events, actor, {by.organisation_id: "eastmere"})(events[0])
    assert told["hr_officer@eastmere"] == f"Request about staff Starter: {asked.name}"
    assert told["finance_manager@eastmere"] == f"Request about staff {asked.pk}"
    assert told["hr_officer@northdale"] == f"Request about staff {asked.pk}"


def test_many_of_a_kind_are_named_by_one_query(world: World) -> None:
    by = books(world)
    counts = []
    for number in range(3):
        with scope(acting=by.organisation_id):
            row = supplier(by, f"S{number}")
            record("finance.supplier.changed", row, by=by, fields="it")
            record("finance.supplier.changed", row.banks.get(), by=by, fields="it")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert about(world, "auditor@eastmere")
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1


def test_a_page_names_so_many_kinds_that_its_queries_stay_few(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        harrow = supplier(by, "A", banked=True)
        billed = invoice(by, harrow, 1_000)
        for row in (harrow, harrow.banks.get(), billed, Unit.objects.all()[0]):
            record("finance.supplier.changed", row, by=by, fields="it")
    client = Client()
    client.force_login(world.people["auditor@eastmere"])
    for query in ("", f"?person={by.name}", "?thread=&from_on=2026-01-01"):
        answer = client.get(f"/eastmere/trail/{query}")
        assert rows(answer)
        assert int(answer["X-Queries"]) <= 10, query
