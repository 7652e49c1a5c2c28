"""Pairs found over the history, what became of them, and alerts on open invoices."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from finance.models import DuplicateCase
from finance.rules import DUP01
from finance.selectors.recovery import alerts
from finance.services.invoices import LineEntry, reverse_invoice
from finance.services.recovery import answer_duplicate, find_duplicates
from finance.services.suppliers import propose_bank
from finance.views import recovery
from tests.finance import bank_books, payment_books
from tests.finance.payables import invoice, prepare, supplier
from tests.world import TODAY, World

PAGE = "/eastmere/invoices/duplicates/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def found(world: World) -> list[tuple[str, int, int]]:
    """What a search adds: grade and numbers of the later and the earlier invoice."""
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        find_duplicates(by=by, as_of=TODAY)
        rows = DuplicateCase.objects.select_related("later", "earlier").order_by("later_id")
        return [(row.grade, row.later.number, row.earlier.number) for row in rows]


def test_each_grade_is_found_once_and_what_is_usual_is_not(ready: World) -> None:
    harrow, moss = supplier(ready), supplier(ready, "Moss & Sons")
    earlier, why = TODAY - timedelta(days=9), {"confirmed_reason": "It is another one"}
    a1 = invoice(ready, harrow, "AA-0100", net=111, invoice_on=earlier)
    a2 = invoice(ready, harrow, "aa 0100", net=222, **why)
    invoice(ready, harrow, "AA-0100-X", net=999)
    b1, b2 = (invoice(ready, harrow, ref, net=3_000) for ref in ("B1", "C77"))
    c1 = invoice(ready, harrow, "MX-4711", net=4_000, invoice_on=earlier)
    c2 = invoice(ready, moss, "MX-4711", net=4_000)
    d1 = invoice(ready, moss, "KK-8881", net=5_000, invoice_on=earlier)
    d2 = invoice(ready, moss, "KK-8882", net=5_000)
    g1 = invoice(ready, moss, "GG-1", net=10_000, invoice_on=earlier)
    lines = [LineEntry("Paper", "54300", None, "SR-IN", 12_000)]
    g2 = invoice(ready, moss, "HH-2", lines=lines)
    for number in range(3):
        invoice(ready, moss, f"FEE{number}{number}", net=700)
    pairs = [("A", a2, a1), ("B", b2, b1), ("C", c2, c1), ("D", d2, d1), ("G", g2, g1)]
    expected = [(grade, later.number, first.number) for grade, later, first in pairs]
    assert found(ready) == expected
    assert found(ready) == expected


def test_credited_and_reversed_ones_are_no_pairs(ready: World) -> None:
    harrow, boss = supplier(ready), ready.actor("finance_manager@eastmere")
    for ref in ("R1", "S22"):
        invoice(ready, harrow, ref, net=3_000)
    invoice(ready, harrow, "CN1", net=-3_000)
    gone = [invoice(ready, harrow, ref, net=5_000) for ref in ("T1", "U22")][1]
    with scope(acting=boss.organisation_id):
        reverse_invoice(invoice=gone, version=1, reason="Twice", by=boss, as_of=TODAY)
    assert found(ready) == []


def test_one_account_behind_two_suppliers_and_the_same_lines_again(ready: World) -> None:
    by, earlier = ready.actor("finance_officer@eastmere"), TODAY - timedelta(days=20)
    with scope(acting=by.organisation_id):
        firms = [payment_books.supplier(by, code, banked=False) for code in ("S1", "S2", "S3")]
        for firm, digits in zip(firms, ("12345678", "12345678", "87654321"), strict=True):
            payment_books.bank(by, firm, account_number=digits)
    e1 = invoice(ready, firms[0], "E-0001", net=9_000, invoice_on=earlier)
    e2 = invoice(ready, firms[1], "E-7772", net=9_000)
    invoice(ready, firms[2], "E-5553", net=9_000)
    long_ago = TODAY - timedelta(days=60)
    invoice(ready, firms[0], "E-4441", net=8_000, invoice_on=long_ago)
    invoice(ready, firms[1], "E-3332", net=8_000)
    lines = [LineEntry(w, "54300", None, "SR-IN", n) for w, n in (("Ink", 3_000), ("Pens", 900))]
    h1 = invoice(ready, firms[2], "H-1001", lines=lines, invoice_on=earlier)
    h2 = invoice(ready, firms[2], "K-22", lines=list(reversed(lines)))
    other = [LineEntry(w, "54300", None, "SR-IN", n) for w, n in (("Ink", 900), ("Pens", 3_000))]
    invoice(ready, firms[2], "L-999", lines=other, invoice_on=TODAY - timedelta(days=10))
    assert found(ready) == [("E", e2.number, e1.number), ("H", h2.number, h1.number)]


def test_lines_of_an_order_that_were_billed_before(ready: World) -> None:
    firm, order = supplier(ready), {"order_ref": "PO 4500-17"}

    def lines(*pairs: tuple[str, int]) -> list[LineEntry]:
        return [LineEntry(words, "54300", None, "SR-IN", net) for words, net in pairs]

    before = {"invoice_on": TODAY - timedelta(days=90)}
    desk, more = lines(("Desk", 9_000), ("Lamp", 500)), lines(("desk", 9_000), ("Chair", 70))
    first = invoice(ready, firm, "F-1000", lines=desk, **order, **before)
    again = invoice(ready, firm, "X-27", lines=more, order_ref="po4500/17")
    invoice(ready, firm, "Y-385", lines=lines(("Desk", 9_000), ("Lid", 1)), order_ref="PO 99")
    for number in range(4):
        called = lines(("Call-off", 800), ("Part", 10 + number))
        invoice(ready, firm, f"{number}Z{number}Q", lines=called, order_ref="BLANKET 1")
    assert found(ready) == [("F", again.number, first.number)]
    with scope(acting=ready.id("eastmere")):
        assert DuplicateCase.objects.get().amount_pence == 10_800


def test_a_bill_credited_and_sent_again_is_a_pair_until_the_credit_is_taken(world: World) -> None:
    by, boss = payment_books.books(world), world.actor("finance_manager@eastmere")
    days = {"due": TODAY + timedelta(days=60)}
    with scope(acting=by.organisation_id):
        firm = payment_books.supplier(by, "P1")
        first = payment_books.invoice(by, firm, 5_000, due=TODAY - timedelta(days=60))
        payment_books.release(payment_books.propose(by, due_to=TODAY), boss)
        credit = payment_books.invoice(by, firm, -5_000, due=TODAY - timedelta(days=20))
        again = payment_books.invoice(by, firm, 5_000, **days)
        credit.invoice_on = TODAY - timedelta(days=31)
        credit.save()
    assert found(world) == [("I", again.number, first.number)]
    with scope(acting=by.organisation_id):
        DuplicateCase.objects.filter(grade="I").update(state="asked", note="x")
        credit.invoice_on = TODAY - timedelta(days=29)
        credit.save()
        assert find_duplicates(by=by, as_of=TODAY) == 0


def test_an_entry_of_the_bank_beside_an_invoice(world: World, client: Client) -> None:
    by = bank_books.opened(world)
    with scope(acting=by.organisation_id):
        firm = payment_books.supplier(by, "CARDS")
        due = date(2026, 7, 10)
        row = payment_books.invoice(by, firm, 4_200, due=due)
        payment_books.invoice(by, payment_books.supplier(by, "OTHER"), 4_200, due=due)
        day = date(2026, 6, 20)
        said = [(day, -4_200, "", "Card: SUPPLIER CARDS 22/06"), (day, -4_200, "", "Post office")]
        bank_books.bank_says(by, said)
        assert find_duplicates(by=by, as_of=TODAY) == 1
        assert find_duplicates(by=by, as_of=TODAY) == 0
        case = DuplicateCase.objects.get()
        assert (case.grade, case.later_id, case.earlier_id) == ("J", row.pk, None)
        with pytest.raises(IntegrityError), transaction.atomic():
            DuplicateCase.objects.update(grade="A")
    client.force_login(world.people["finance_officer@eastmere"])
    for where in (PAGE, f"{PAGE}{case.pk}/", f"{PAGE}?format=csv"):
        text = client.get(where).content.decode()
        assert "an entry of the bank" in text and "SUPPLIER CARDS" in text, where


def test_an_answer_is_kept_when_the_history_is_searched_again(ready: World) -> None:
    for ref in ("B1", "C77"):
        invoice(ready, supplier(ready, f"Firm {ref}", vat_number="GB980780684"), ref, net=3_000)
    by = ready.actor("finance_officer@eastmere")
    assert len(found(ready)) == 1
    with scope(acting=by.organisation_id):
        case = DuplicateCase.objects.select_related("later").get()
        given = {"case": case, "state": "asked"}
        for bad in ({"note": " "}, {"note": "x", "state": "open"}, {"note": "x", "state": "odd"}):
            with pytest.raises(Refused) as refusal:
                answer_duplicate(**{**given, **bad}, version=1, by=by)
            assert refusal.value.rule is DUP01
        with pytest.raises(NotAllowed):
            answer_duplicate(**given, note="x", version=1, by=ready.actor("auditor@eastmere"))
        answer_duplicate(**given, note="Letter of 3 June", version=1, by=by)
        with pytest.raises(Clash):
            answer_duplicate(**given, note="Again", version=1, by=by)
    assert len(found(ready)) == 1
    with scope(acting=by.organisation_id):
        case.refresh_from_db()
        assert (case.state, case.owner_name, case.note) == ("asked", by.name, "Letter of 3 June")


def test_pages(ready: World, client: Client) -> None:
    client.force_login(ready.people["finance_officer@eastmere"])
    assert "No pairs here" in client.get(PAGE).content.decode()
    for ref in ("B1", "C77"):
        invoice(ready, supplier(ready, f"Firm {ref}", vat_number="GB980780684"), ref, net=3_000)
    assert "1 new pairs" in client.post(PAGE, follow=True).content.decode()
    with scope(acting=ready.id("eastmere")):
        case = DuplicateCase.objects.get()
    assert "£36.00" in client.get(PAGE).content.decode()
    where = f"{PAGE}{case.pk}/"
    assert client.post(where, {"version": 1, "state": "recovered"}).status_code == 422
    client.post(where, {"version": 1, "state": "recovered", "note": "Credit note 9"})
    assert "No pairs here" in client.get(PAGE).content.decode()
    text = client.get(f"{PAGE}?state=recovered&format=csv").content.decode()
    assert "Credit note 9" in text and "At stake,£36.00" in text
    assert client.get(f"{PAGE}?state=all&format=xlsx").content[:2] == b"PK"
    client.force_login(ready.people["auditor@eastmere"])
    assert client.post(where, {"version": 2}).status_code == 403
    assert "Save the answer" not in client.get(where).content.decode()


def test_alerts_say_every_reason(ready: World, client: Client) -> None:
    harrow, by = supplier(ready), ready.actor("finance_officer@eastmere")
    sunday = date(2026, 6, 14)
    lines = [LineEntry("Paper", "54300", None, "ZR-IN", 300_000)]
    first = invoice(ready, harrow, "A-1", lines=lines, invoice_on=sunday)
    invoice(ready, harrow, "A-2", net=1_234)
    given = {"sort_code": "200415", "account_name": "Harrow", "from_on": TODAY, "by": by}
    with scope(acting=by.organisation_id):
        propose_bank(supplier=harrow, account_number="12345678", **given)
        (only,) = alerts([by.organisation_id])
    assert only.number == first.number
    assert only.reasons == [
        "The first invoice of this supplier",
        "A round sum",
        "Dated on a weekend",
    ]
    client.force_login(ready.people["finance_officer@eastmere"])
    assert "A round sum" in client.get("/eastmere/invoices/alerts/").content.decode()
    text = client.get("/eastmere/invoices/alerts/?format=csv").content.decode()
    assert "Dated on a weekend" in text and "Sum of Amount,3000.00" in text
    assert "Filter,none" in text


def test_an_invoice_after_new_bank_details_is_an_alert(ready: World) -> None:
    """A first account is none: only what is to replace another one."""
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        first = payment_books.supplier(by, "FIRST", banked=False)
        firms = [first, *(payment_books.supplier(by, code) for code in ("SETTLED", "MOVED"))]
    for firm in firms:
        invoice(ready, firm, "N-0", net=1_234)
        invoice(ready, firm, "N-1", net=2_345)
    given = {"sort_code": "200415", "account_name": "Harrow", "from_on": TODAY, "by": by}
    with scope(acting=by.organisation_id):
        for firm, number in ((first, "12345678"), (firms[2], "87654321")):
            propose_bank(supplier=firm, account_number=number, **given)
        reasons = {(one.supplier_name, one.supplier_ref): one.reasons
                   for one in alerts([by.organisation_id])}  # fmt: skip
    start, changed = "The first invoice of this supplier", "New bank details within 90 days"
    assert reasons == {
        ("Supplier FIRST", "N-0"): [start],
        ("Supplier SETTLED", "N-0"): [start],
        ("Supplier MOVED", "N-0"): [start, changed],
        ("Supplier MOVED", "N-1"): [changed],
    }


def test_many_alerts_are_shown_a_page_at_a_time(
    ready: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "ALERTS_PER_PAGE", 2)
    for number in range(3):
        invoice(ready, supplier(ready, f"New {number}"), f"B-{number}", net=100_000)
    client.force_login(ready.people["finance_officer@eastmere"])
    page = client.get("/eastmere/invoices/alerts/?page=2").content.decode()
    assert "Showing 3 to 3 of 3" in page and page.count("The first invoice of this supplier") == 1
    assert client.get("/eastmere/invoices/alerts/?format=csv").content.decode().count("B-") == 3
