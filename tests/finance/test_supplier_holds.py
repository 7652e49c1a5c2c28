"""Holding all payments to a supplier: why, who sees to it, until when, and who releases it."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from events.selectors import timeline
from finance.models import Supplier, SupplierHold
from finance.paying import selection
from finance.selectors.work import open_work
from finance.services.payments import cancel_run
from finance.services.supplier_holds import release_supplier, review_hold
from finance.services.suppliers import change_supplier
from tests.days import in_days, today
from tests.finance import payment_books
from tests.finance.payables import held, invoice, prepare, supplier
from tests.world import World


def code_of(act: Any) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def due(hold: SupplierHold) -> None:
    """As if time had passed until its review."""
    SupplierHold.objects.filter(pk=hold.pk).update(review_on=today())


def test_runs_leave_a_held_supplier_out_and_say_why(world: World) -> None:
    by = payment_books.books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        row = payment_books.supplier(by, "A")
        payment_books.invoice(by, row, 9_000)
        run = payment_books.propose(by)
        hold = held(by, row)
        # What was proposed before cannot be released any more.
        with pytest.raises(Refused, match="no longer active"), transaction.atomic():
            payment_books.release(run, boss)
        cancel_run(run=run, version=run.version, by=by)
        wanted = selection.Wanted(by.organisation_id, payment_books.DUE_TO, payment_books.PAY_ON)

        def found() -> list[tuple[str, str]]:
            return [(one.cause, one.why) for one in selection.preview(wanted)]

        assert found() == [("supplier_held", "Receivers called")]
        release_supplier(hold=hold, version=1, reason="Paid them", by=boss, at=timezone.now())
        assert found() == [("", "")]
        told = [entry.text for entry in timeline(row)]
        assert told[:1] == ["Hold released: it is paid again"]
        assert any(text.startswith("All payments held; Finance officer") for text in told)


def test_its_invoices_are_entered_all_the_same(world: World) -> None:
    prepare(world)
    row = supplier(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        held(by, row)
    assert invoice(world, Supplier(pk=row.pk)).state == "received"


def test_what_is_refused(world: World) -> None:
    row = supplier(world)
    by, boss = (world.actor(f"finance_{who}@eastmere") for who in ("officer", "manager"))
    stranger = world.people["staff@eastmere"].pk
    with scope(acting=by.organisation_id):
        assert code_of(lambda: held(by, row, " ")) == "SUP22"
        assert code_of(lambda: held(by, row, owner_id=stranger)) == "SUP23"
        for day in (today(), in_days(367)):
            assert code_of(lambda day=day: held(by, row, review_on=day)) == "SUP24"
        hold = held(by, row)
        assert code_of(lambda: held(by, row)) == "SUP25"
        at = timezone.now()
        with pytest.raises(NotAllowed):
            release_supplier(hold=hold, version=1, reason="Why", by=by, at=at)
        with pytest.raises(NotAllowed):
            held(world.actor("auditor@eastmere"), row)
        with pytest.raises(Clash):
            release_supplier(hold=hold, version=2, reason="Why", by=boss, at=at)
        given = {"supplier": row, "version": 2, "by": by}
        for status in ("active", "ended"):
            facts = {"status": status}
            assert code_of(lambda facts=facts: change_supplier(facts=facts, **given)) == "SUP27"
        changed = change_supplier(facts={"town": "Leeds"}, **given)
        assert (changed.town, changed.status) == ("Leeds", "held")


def test_who_held_does_not_release_even_in_the_database(world: World) -> None:
    row = supplier(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=boss.organisation_id):
        hold = held(boss, row)
        at = timezone.now()
        given = {"hold": hold, "version": 1, "reason": "Why", "by": boss, "at": at}
        assert code_of(lambda: release_supplier(**given)) == "SUP26"
        ended = {"released_at": at, "release_reason": "Why", "released_by_id": boss.person_id}
        with pytest.raises(IntegrityError, match="by_a_second_person"), transaction.atomic():
            SupplierHold.objects.update(**ended)
        other = world.actor("centre_manager@centre", "eastmere")
        release_supplier(**{**given, "by": other})
        assert Supplier.objects.get().status == "active"
        # It may be held again, and the first hold stays as it was.
        assert held(boss, row).number == hold.number + 1


def test_a_review_keeps_it_in_force_until_the_next(world: World) -> None:
    row = supplier(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        hold = held(by, row)
        assert open_work([by.organisation_id], today())[0].reviews == 0
        due(hold)
        assert open_work([by.organisation_id], today())[0].reviews == 1
        other = world.people["finance_manager@eastmere"].pk
        given = {"hold": hold, "note": "No answer", "owner_id": other, "review_on": in_days(14)}
        review_hold(**given, version=1, by=by, at=timezone.now())
        now = SupplierHold.objects.get()
        assert (now.review_on, now.owner_name, now.version) == (
            in_days(14), "Finance manager of eastmere", 2,
        )  # fmt: skip
        assert open_work([by.organisation_id], today())[0].reviews == 0
        with pytest.raises(Clash):
            review_hold(**given, version=1, by=by, at=timezone.now())


def test_pages(world: World, client: Client) -> None:
    prepare(world)
    row = supplier(world)
    officer = world.people["finance_officer@eastmere"]
    client.force_login(officer)
    where, of = "/eastmere/suppliers/holds/", f"/eastmere/suppliers/of/{row.code}/"
    assert "No holds here" in client.get(where).content.decode()
    new = f"/eastmere/suppliers/hold/{row.code}/"
    assert new in client.get(of).content.decode()
    given = {
        "reason": "Receivers",
        "owner_id": str(officer.pk),
        "review_on": f"{in_days(14):%d/%m/%Y}",
    }
    assert client.post(new, {**given, "review_on": f"{today():%d/%m/%Y}"}).status_code == 422
    page = client.post(new, given, follow=True)
    one = page.redirect_chain[-1][0]
    assert "You held this supplier" in page.content.decode()
    assert client.get(f"{one}release/").status_code == 403
    assert "All payments are held" in client.get(of).content.decode()
    assert [r["cells"][0] for r in client.get(where).context["rows"]] == ["Harrow Paper"]
    assert client.get(f"{where}?shown=due").context["rows"] == []
    with scope(acting=world.id("eastmere")):
        due(SupplierHold.objects.get())
    assert "Review is due" in client.get(f"{where}?shown=due").content.decode()
    assert "Held suppliers to review" in client.get("/eastmere/").content.decode()
    later = {**given, "reason": "No answer", "version": "1"}
    client.post(f"{one}review/", later)
    assert f"next review on {in_days(14).day} " in client.get(one).content.decode()
    client.force_login(world.people["finance_manager@eastmere"])
    assert f"{one}release/" in client.get(one).content.decode()
    assert client.post(f"{one}release/", {"reason": "", "version": "2"}).status_code == 422
    page = client.post(f"{one}release/", {"reason": "Settled", "version": "2"}, follow=True)
    assert "Released by Finance manager of eastmere" in page.content.decode()
    assert len(client.get(f"{where}?shown=released").context["rows"]) == 1


def test_programs_hold_and_release(world: World, client: Client) -> None:
    prepare(world)
    row = supplier(world)
    bill = invoice(world, row)
    client.force_login(world.people["finance_officer@eastmere"])
    base = "/api/v1/eastmere"

    def post(where: str, **body: Any) -> Any:
        return client.post(f"{base}/{where}", json.dumps(body), content_type="application/json")

    body = {"supplier": row.code, "reason": "Receivers", "review_on": str(in_days(14))}
    made = post("supplier-holds/new/", **body)
    assert (made.status_code, made.json()["owner"]) == (201, "Finance officer of eastmere")
    assert post("supplier-holds/new/", **body).json()["code"] == "SUP25"
    assert post("supplier-holds/1/release/", reason="Why", version=1).status_code == 403
    stopped = f"invoices/{bill.number}"
    states = [
        post(f"{stopped}/hold/", cause="vat", version=1).json()["state"],
        post(f"{stopped}/hold-release/", version=2).json()["state"],
        post(f"{stopped}/dispute/", text="Two of five came", version=3).json()["state"],
        post(f"{stopped}/dispute-settlement/", version=4).json()["state"],
    ]
    assert states == ["held", "received", "disputed", "received"]
    assert post(f"{stopped}/hold/", cause="vat", version=1).status_code == 409
    assert post(f"{stopped}/dispute/", text="", version=5).status_code == 400
    client.force_login(world.people["finance_manager@eastmere"])
    done = post("supplier-holds/1/release/", reason="Settled", version=1)
    assert done.json()["released_by"] == "Finance manager of eastmere"
    assert client.get(f"{base}/supplier-holds/").json()["results"] == []
    assert len(client.get(f"{base}/supplier-holds/?shown=all").json()["results"]) == 1
