"""Journals and periods for programs: the same rows, people and refusals as on the pages."""

from base64 import b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.money import to_pence
from core.scope import scope
from finance.models import Batch, Period
from finance.selectors.ledger import Entries, EntryFilter
from finance.services.ledger import post_journals
from finance.services.periods import ensure_periods
from tests.finance.ledger_books import journal, opened, post_one
from tests.finance.payables import invoice, prepare, supplier
from tests.finance.test_closing import held as held
from tests.world import World

API = "/api/v1/eastmere/"
JUNE = f"{API}periods/202606/"
ACTS = ("soft-closing", "closing", "reopening", "waivers", "waiver-agreement")


def send(world: World, who: str, where: str, key: str = "", **body: Any) -> Any:
    client = Client()
    client.force_login(world.people[f"{who}@eastmere"])
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(where, body, content_type="application/json", headers=headers)


def status(world: World) -> str:
    with scope(acting=world.id("eastmere")):
        return str(Period.objects.get(period=202606).status)


def test_what_is_open_is_told_waived_by_two_and_closed(held: World) -> None:
    refused = send(held, "finance_manager", f"{JUNE}closing/")
    assert (refused.status_code, refused.json()["code"]) == (422, "LED11")
    for key in ("held", "received"):
        told = send(held, "finance_officer", f"{JUNE}waivers/", assertion=key, reason="July").json()
        (row,) = [one for one in told["assertions"] if one["key"] == key]
        assert row["stands_in_the_way"] and row["waiver_agreed_by"] == ""
        assert row["amount"] == {"held": "120.00", "received": "30.00"}[key]
        told = send(held, "finance_manager", f"{JUNE}waiver-agreement/", assertion=key).json()
        (row,) = [one for one in told["assertions"] if one["key"] == key]
        assert not row["stands_in_the_way"]
    closed = send(held, "finance_manager", f"{JUNE}closing/")
    assert (closed.status_code, closed.json()["status"], status(held)) == (200, "closed", "closed")


def test_a_second_person_reopens(held: World) -> None:
    assert send(held, "finance_manager", f"{JUNE}reopening/", reason="x").json()["code"] == "LED08"
    with scope(acting=held.id("eastmere")):
        Period.objects.filter(period=202606).update(moved_by_id=None)
    assert send(held, "finance_manager", f"{JUNE}reopening/", reason="x").status_code == 200
    assert status(held) == "open"
    assert send(held, "finance_manager", f"{JUNE}soft-closing/").json()["status"] == "soft"


@pytest.mark.parametrize("act", ACTS)
def test_who_may_not_moves_no_period(held: World, act: str) -> None:
    for who in ("auditor", "staff"):
        assert send(held, who, f"{JUNE}{act}/", reason="x").status_code == 403
    assert send(held, "finance_manager", f"{API}periods/190001/{act}/").status_code in (403, 404)
    assert status(held) == "soft"


def test_a_journal_is_reversed_once_and_read(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        ensure_periods(days=[timezone.localdate()], by=by)
    ref = post_one(by)
    where = f"{API}journals/{ref.period}/{ref.batch_id}/{ref.journal_id}/"
    assert send(world, "finance_officer", f"{where}reversal/", reason="x").status_code == 400
    assert send(world, "finance_manager", f"{where}reversal/", "a", reason="x").status_code == 403
    first = send(world, "finance_officer", f"{where}reversal/", "a", reason="Twice")
    assert first.status_code == 201, first.content
    assert [line["amount"] for line in first.json()["lines"]] == ["-123.45", "123.45"]
    again = send(world, "finance_officer", f"{where}reversal/", "b", reason="Twice")
    assert again.json()["code"] == "LED05"
    client = Client()
    client.force_login(world.people["auditor@eastmere"])
    told = client.get(where).json()
    made = first.json()
    assert (told["reversed_for"], told["reversed_batch"]) == ("Twice", made["batch"])
    listed = client.get(f"{API}journals/?series=RV").json()["results"]
    assert [row["reference"] for row in listed] == [made["reference"]]


def test_what_an_invoice_posted_is_not_undone_by_its_journal(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        made = replace(journal(by), subject_key="finance.invoice", subject_id=1)
        (ref,) = post_journals(journals=[made], source="test", key="2", series="GJ", by=by)
    where = f"{API}journals/{ref.period}/{ref.batch_id}/{ref.journal_id}/reversal/"
    assert send(world, "finance_officer", where, "a", reason="x").status_code == 404
    with scope(acting=by.organisation_id):
        assert Batch.objects.count() == 1


def test_an_invoice_is_sent_for_approval_and_another_reversed(world: World) -> None:
    prepare(world)
    firm = supplier(world)
    sent, gone = (invoice(world, firm, ref) for ref in ("AA-1", "AA-2"))
    where = f"{API}invoices/{sent.number}/submission/"
    assert send(world, "finance_manager", where, version=1).status_code == 403
    assert send(world, "finance_officer", where, version=9).status_code == 409
    assert send(world, "finance_officer", where, version=1).json()["state"] == "submitted"
    where = f"{API}invoices/{gone.number}/reversal/"
    given = {"version": 1, "reason": "Not ours"}
    assert send(world, "finance_officer", where, "a", **given).status_code == 403
    assert send(world, "finance_manager", where, **given).status_code == 400
    assert send(world, "finance_manager", where, "a", **given).json()["state"] == "reversed"


def entries(world: World, who: str = "auditor", **asked: Any) -> Any:
    client = Client()
    client.force_login(world.people[f"{who}@eastmere"])
    return client.get(f"{API}ledger-entries/", asked)


def test_lines_of_the_ledger_are_told_newest_first_and_narrowed(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        given: dict[str, Any] = {"source": "test", "series": "GJ", "by": by}
        posted = [
            post_journals(journals=[journal(by, n)], key=f"{n}", **given) for n in range(1, 31)
        ]
    with scope(acting=by.organisation_id):
        shown = Entries(EntryFilter([by.organisation_id], 0, 999_912))[:60]
        on_page = [(row.batch_id, row.line_no, row.amount_pence) for row in shown]
    first = entries(world).json()
    after = Client()
    after.force_login(world.people["auditor@eastmere"])
    rest = after.get(first["next"]).json()
    told = [
        (one["batch"], one["line"], to_pence(Decimal(one["amount"])))
        for one in first["results"] + rest["results"]
    ]
    assert (len(first["results"]), rest["next"]) == (50, None)
    assert told == on_page and len(told) == 60
    batch = posted[4][0].batch_id
    one = entries(world, batch=batch).json()["results"]
    assert {row["batch"] for row in one} == {batch} and len(one) == 2
    account = one[0]["account"]
    of_it = entries(world, account=account).json()["results"]
    assert {row["account"] for row in of_it} == {account}
    assert entries(world, account="00000").json()["results"] == []
    assert entries(world, text="nowhere said").json()["results"] == []
    assert entries(world, until=200_001).json()["results"] == []
    assert entries(world, acount=account).status_code == 400
    assert entries(world, cursor="bm90aGluZw").status_code == 400
    assert entries(world, cursor=b64encode(b'["a", 1, 1, 1]').decode()).status_code == 400
    assert entries(world, who="staff").status_code == 403


def test_lines_of_another_ledger_are_not_told(world: World) -> None:
    by = opened(world, "northdale")
    post_one(by)
    opened(world)
    assert entries(world).json()["results"] == []
