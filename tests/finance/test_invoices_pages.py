"""Pages of invoices: lists, bulk acts, one invoice, keying a new one."""

from typing import Any

import pytest
from django.test import Client

from core.scope import scope
from finance.models import Invoice
from finance.selectors.invoices import SORTS, Filters, page_of, rows_of, totals_of
from finance.services import invoices as services
from finance.services.invoices import LineEntry
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World

LIST = "/eastmere/invoices/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def as_(client: Client, world: World, who: str) -> Client:
    client.force_login(world.people[who])
    return client


def numbers(response: Any) -> list[str]:
    return [row["cells"][0] for row in response.context["rows"]]


def test_list_narrows_by_its_address(ready: World, client: Client) -> None:
    harrow, other = supplier(ready), supplier(ready, "Moss & Sons")
    a = invoice(ready, harrow, "AA-1", net=10_000)
    b = invoice(ready, other, "BB-2", net=20_000)
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.hold(invoice=b, version=1, cause="vat", by=by, as_of=TODAY)
    as_(client, ready, "finance_officer@eastmere")

    def found(query: str) -> list[str]:
        return numbers(client.get(f"{LIST}?{query}"))

    assert found("") == [str(b), str(a)]
    assert found("sort=number") == [str(a), str(b)]
    assert found("sort=-amount") == [str(b), str(a)]
    assert found("sort=due") == [str(a), str(b)]
    assert found("state=held") == [str(b)]
    assert found("state=held&cause=price") == []
    assert found("q=mos") == [str(b)]
    assert found("q=aa1") == [str(a)]
    assert found(f"q=INV-{a.number}") == [str(a)]
    assert found(f"supplier={other.code}") == [str(b)]
    assert found("least=200&most=300") == [str(b)]
    assert found("dates=received&since=15/06/2026&until=15/06/2026") == [str(b), str(a)]
    assert found("dates=received&until=14/06/2026") == []
    assert found("duplicates=on") == []


def test_lists_have_counts_and_totals(ready: World, client: Client) -> None:
    harrow = supplier(ready)
    rows = [invoice(ready, harrow, f"C-{n}00", net=n * 100) for n in (1, 2, 3)]
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.hold(invoice=rows[0], version=1, cause="vat", by=by, as_of=TODAY)
        services.submit_for_approval(invoice=rows[1], version=1, by=by)
    response = as_(client, ready, "finance_officer@eastmere").get(f"{LIST}?state=held")
    counts = {one["label"]: one["count"] for one in response.context["lists"]}
    assert counts == {
        "All open": "3",
        "Held": "1",
        "Waiting for approval": "1",
        "Due this week": "0",
        "Disputed": "0",
    }
    assert [(one["label"], one["count"]) for one in response.context["causes"]] == [
        ("VAT to be checked", "1")
    ]
    assert response.context["totals"].gross_pence == 120
    assert "1 invoice.</strong>" in response.content.decode()
    assert "Gross £1.20, of which open £1.20" in response.content.decode()


@pytest.mark.parametrize("limit", ["MOST_SUPPLIERS", "MOST_REFERENCES", "MOST_SORTED"])
@pytest.mark.parametrize("words", ["harrow", "a1"])
def test_a_search_shows_all_that_match_however_many(
    ready: World, client: Client, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    rows = [invoice(ready, supplier(ready, f"Harrow {n}"), f"A-1{n}") for n in range(4)]
    invoice(ready, supplier(ready, "Moss & Sons"), "B-1")
    as_(client, ready, "finance_officer@eastmere")
    newest_first = [str(row) for row in reversed(rows)]
    assert numbers(client.get(f"{LIST}?q={words}")) == newest_first
    monkeypatch.setattr(f"finance.selectors.search.{limit}", 2)
    assert numbers(client.get(f"{LIST}?q={words}")) == newest_first


def test_lists_longer_than_counted_are_walked_in_the_same_order(
    ready: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    harrow = supplier(ready)
    rows = [invoice(ready, harrow, f"W-{n}00", net=n * 100) for n in (2, 3, 1)]
    as_(client, ready, "finance_officer@eastmere")
    whole = numbers(client.get(f"{LIST}?sort=due&state=all"))
    assert whole == [str(row) for row in rows]
    monkeypatch.setattr("finance.selectors.invoices.CAP", 2)
    monkeypatch.setattr("finance.views.invoices.CAP", 2)
    response = client.get(f"{LIST}?sort=due&state=all")
    assert numbers(response) == whole
    assert "the first" in response.content.decode()


@pytest.mark.parametrize("sort", list(SORTS))
def test_few_rows_and_many_come_in_the_same_order(ready: World, sort: str) -> None:
    harrow = supplier(ready)
    for number, net in enumerate((200, 100, 300), start=1):
        invoice(ready, harrow, f"S-{number}", net=net)
    here = ready.id("eastmere")
    with scope(acting=here):
        for key in (sort, f"-{sort}"):
            few = rows_of([here], totals_of(Filters((here,)), key).ids[1:])
            assert few == page_of(Filters((here,)), sort=key, offset=1)
            assert len(few) == 2


@pytest.mark.parametrize("address", [LIST, f"{LIST}?sort=due", "/centre/invoices/"])
def test_as_many_queries_for_three_rows_as_for_one(
    ready: World, client: Client, address: str
) -> None:
    harrow = supplier(ready)
    who = "centre_agent@centre" if "centre" in address else "finance_officer@eastmere"
    as_(client, ready, who)
    invoice(ready, harrow, "D-100")
    one = client.get(address)["X-Queries"]
    for number in (2, 3):
        invoice(ready, supplier(ready, f"Firm {number}"), f"D-{number}00")
    three = client.get(address)
    assert len(three.context["rows"]) == 3
    assert three["X-Queries"] == one
    assert int(one) <= 10


def test_list_to_htmx_is_the_results_with_their_address(ready: World, client: Client) -> None:
    invoice(ready, supplier(ready))
    as_(client, ready, "finance_officer@eastmere")
    response = client.get(f"{LIST}?q=&state=held", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{LIST}?state=held"
    assert response.content.decode().strip().startswith('<div id="results">')


def test_centre_sees_partners_and_links_to_their_pages(ready: World, client: Client) -> None:
    prepare(ready, "northdale")
    here = invoice(ready, supplier(ready))
    there = invoice(ready, supplier(ready, slug="northdale"), slug="northdale")
    as_(client, ready, "centre_agent@centre")
    both = client.get("/centre/invoices/?sort=number").context["rows"]
    assert [row["url"] for row in both] == [
        f"/eastmere/invoices/{here.number}/",
        f"/northdale/invoices/{there.number}/",
    ]
    one = client.get("/centre/invoices/?partner=northdale").context["rows"]
    assert [row["cells"][1] for row in one] == ["Northdale"]


def test_bulk_acts_on_selection_and_on_the_whole_list(ready: World, client: Client) -> None:
    harrow = supplier(ready)
    rows = [invoice(ready, harrow, f"E-{n}00", net=n * 100) for n in (1, 2, 3)]
    as_(client, ready, "finance_officer@eastmere")
    given = {"action": "hold", "cause": "vat", "text": "", "invoices": [rows[0].pk]}
    response = client.post(LIST, given, follow=True)
    assert "Held 1 of 1 invoice." in response.content.decode()
    response = client.post(f"{LIST}?least=2", {**given, "scope": "all"}, follow=True)
    assert "Held 2 of 2 invoices." in response.content.decode()
    response = client.post(LIST, {"action": "release", "scope": "all"}, follow=True)
    assert "Released 3 of 3 invoices." in response.content.decode()
    response = client.post(LIST, {"action": "submit", "invoices": [rows[1].pk]}, follow=True)
    with scope(acting=ready.id("eastmere")):
        assert [again(row).state for row in rows] == ["received", "submitted", "received"]


def test_auditor_sees_no_buttons_and_cannot_act(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready))
    as_(client, ready, "auditor@eastmere")
    page = client.get(LIST).content.decode()
    assert "data-bulk-bar" not in page
    assert "Enter an invoice" not in page
    assert client.post(LIST, {"action": "hold", "invoices": [row.pk]}).status_code == 403
    page = client.get(f"{LIST}{row.number}/").content.decode()
    assert "Hold this invoice" not in page


def test_export_holds_filter_and_totals(ready: World, client: Client) -> None:
    harrow = supplier(ready, "=Harrow")
    row = invoice(ready, harrow, "F-1")
    as_(client, ready, "auditor@eastmere")
    text = client.get(f"{LIST}export/?q=f1").content.decode("utf-8-sig").splitlines()
    assert text[:2] == ['List,"Invoices, Eastmere"', "Filter,All open; Search: f1"]
    assert "Total gross,£120.00" in text
    assert text[-1].split(",")[:5] == ["Eastmere", str(row), "'=Harrow", harrow.code, "F-1"]
    assert text[-1].endswith(",120.00,120.00")
    book = client.get(f"{LIST}export/?format=xlsx")
    assert book.content[:2] == b"PK"


def test_invoice_page_says_whose_decision_it_waits_for(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready), "G-300")
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.submit_for_approval(invoice=row, version=1, by=by)
    response = as_(client, ready, "finance_officer@eastmere").get(f"{LIST}{row.number}/")
    assert response.status_code == 200
    assert response.context["approval"]["role"] == "finance manager"


def test_only_who_may_open_the_decision_is_led_there(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready), "W-1", net=5_000)
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.submit_for_approval(invoice=row, version=row.version, by=by)
    led = {}
    for who in ("finance_officer@eastmere", "centre_agent@centre"):
        client.force_login(ready.people[who])
        text = client.get(f"/eastmere/invoices/{row.number}/").content.decode()
        assert "Waits for a decision" in text
        led[who] = "/eastmere/approvals/" in text
    assert led == {"finance_officer@eastmere": True, "centre_agent@centre": False}


def test_invoice_page_shows_everything_beneath_it(ready: World, client: Client) -> None:
    harrow = supplier(ready)
    first = invoice(ready, harrow, "G-100")
    row = invoice(ready, harrow, "G-200")
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.submit_for_approval(invoice=row, version=1, by=by)
        row = again(row)
        services.approve(row, ready.actor("finance_manager@eastmere"))
    response = as_(client, ready, "finance_officer@eastmere").get(f"{LIST}{row.number}/")
    page = response.content.decode()
    for words in (
        f"INV-{first.number}",
        "The same supplier, amount and invoice date.",
        "54300",
        "Posted to the ledger",
        "21000",
        "Dispute this invoice",
    ):
        assert words in page
    assert "Send for approval</button>" not in page
    assert int(response["X-Queries"]) <= 14


def test_only_who_may_open_the_supplier_is_led_there(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready), "G-400")
    for role, led in (("finance_officer", True), ("manager", False)):
        page = as_(client, ready, f"{role}@eastmere").get(f"{LIST}{row.number}/").content.decode()
        assert row.supplier.name in page
        assert ("/suppliers/of/" in page) is led


def test_invoice_beside_the_list_is_a_fragment(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready))
    as_(client, ready, "finance_officer@eastmere")
    response = client.get(f"{LIST}{row.number}/", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_acts_on_the_page_need_the_version_seen(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready))
    address = f"{LIST}{row.number}/"
    as_(client, ready, "finance_officer@eastmere")
    given = {"action": "hold", "cause": "vat", "text": "", "version": 1}
    assert client.post(address, given).status_code == 302
    assert client.post(address, {"action": "release", "version": 1}).status_code == 409
    assert client.post(address, {"action": "release", "version": 2}).status_code == 302
    assert client.post(address, {**given, "version": 3, "cause": ""}).status_code == 422
    assert client.post(address, {"action": "dispute", "version": 3}).status_code == 422
    sentence = {"action": "dispute", "version": 3, "text": "Too much"}
    assert client.post(address, sentence).status_code == 302


def test_reversal_is_the_managers(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready))
    address = f"{LIST}{row.number}/reversal/"
    as_(client, ready, "finance_officer@eastmere")
    assert client.get(address).status_code == 403
    as_(client, ready, "finance_manager@eastmere")
    assert client.get(address).status_code == 200
    assert client.post(address, {"version": 1, "text": ""}).status_code == 422
    assert client.post(address, {"version": 1, "text": "Twice"}).status_code == 302
    with scope(acting=ready.id("eastmere")):
        assert again(row).state == "reversed"
    # What is refused leaves the words that were typed.
    refused = client.post(address, {"version": 2, "text": "Twice, says Ms Hale"})
    assert refused.status_code == 422 and "Twice, says Ms Hale" in refused.content.decode()
    assert refused.context["form"].errors


def lines(*rows: dict[str, str]) -> dict[str, str]:
    given = {"line-TOTAL_FORMS": "10", "line-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        given |= {f"line-{number}-{key}": value for key, value in row.items()}
    return given


def test_invoice_is_keyed(ready: World, client: Client) -> None:
    harrow = supplier(ready)
    as_(client, ready, "finance_officer@eastmere")
    address = f"{LIST}new/"
    assert harrow.name in client.get(f"{address}?q=harr").content.decode()
    assert client.get(f"{address}?supplier={harrow.code}").status_code == 200
    line = {"description": "Paper", "account": "54300", "vat_code": "SR-IN", "net": "1,000"}
    given = {
        "supplier": harrow.code,
        "supplier_ref": "H-1",
        "invoice_on": "01/06/2026",
        "received_on": "02/06/2026",
        **lines(line, {**line, "net": "50", "vat": "9.99"}),
    }
    sums = client.post(
        address, {**given, "action": "totals"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Net £1,050.00, VAT £209.99, <strong>total £1,259.99</strong>" in sums
    assert client.post(address, {**given, "received_on": ""}).status_code == 422
    response = client.post(address, {**given, "action": "enter"})
    assert response.status_code == 302
    with scope(acting=ready.id("eastmere")):
        made = Invoice.objects.get()
        assert (made.gross_pence, made.lines.count()) == (125_999, 2)
    refused = client.post(address, {**given, "action": "enter"})
    assert refused.status_code == 422
    assert f"It is {made} of 01/06/2026." in refused.content.decode()
    given["confirmed_reason"] = "New year, same numbers"
    assert client.post(address, {**given, "action": "enter"}).status_code == 302


def test_coding_is_changed_before_approval(ready: World, client: Client) -> None:
    row = invoice(ready, supplier(ready), lines=[LineEntry("x", "", None, "OS", 100)])
    as_(client, ready, "finance_officer@eastmere")
    address = f"{LIST}{row.number}/coding/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"version": 1, "account_1": ""}).status_code == 422
    assert client.post(address, {"version": 1, "account_1": "54200"}).status_code == 302
    page = client.get(f"{LIST}{row.number}/").content.decode()
    assert "Chosen by Finance officer of eastmere" in page
    # What is refused leaves the coding that was chosen.
    as_(client, ready, "finance_manager@eastmere")
    undone = client.post(f"{LIST}{row.number}/reversal/", {"version": 2, "text": "Sent twice"})
    assert undone.status_code == 302
    as_(client, ready, "finance_officer@eastmere")
    refused = client.post(address, {"version": 3, "account_1": "54200"})
    assert refused.status_code == 422 and refused.context["form"].errors
    assert refused.context["form"]["account_1"].value() == "54200"
