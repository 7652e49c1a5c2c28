"""Pages of suppliers: list, one of them, adding, changing, new bank details."""

from django.test import Client

from core.scope import scope
from finance.models import Supplier, SupplierBank
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

LIST = "/eastmere/suppliers/"


def test_list_finds_by_name_and_code(world: World, client: Client) -> None:
    supplier(world, "Harrow Paper")
    moss = supplier(world, "Moss & Sons", code="M/7")
    client.force_login(world.people["auditor@eastmere"])

    def found(query: str) -> list[str]:
        return [row["cells"][0] for row in client.get(f"{LIST}?{query}").context["rows"]]

    assert found("") == ["Harrow Paper", "Moss & Sons"]
    assert found("q=moss s") == ["Moss & Sons"]
    assert found("q=M/7") == ["Moss & Sons"]
    assert found("status=held") == []
    assert client.get(f"{LIST}of/{moss.code}/").status_code == 200


def test_as_many_queries_for_three_rows_as_for_one(world: World, client: Client) -> None:
    client.force_login(world.people["finance_officer@eastmere"])
    supplier(world)
    one = client.get(LIST)["X-Queries"]
    supplier(world, "Two")
    supplier(world, "Three")
    assert client.get(LIST)["X-Queries"] == one
    assert int(one) <= 10


def test_supplier_is_changed(world: World, client: Client) -> None:
    client.force_login(world.people["finance_officer@eastmere"])
    supplier(world)
    given = {"name": "Harrow Paper", "terms_days": "30", "status": "active"}
    wrong = {**given, "vat_number": "GB123456789", "version": "1"}
    answer = client.post(f"{LIST}change/S000001/", wrong)
    assert answer.status_code == 422
    assert "Its check digits do not fit." in answer.content.decode()
    assert client.get(f"{LIST}change/S000001/").status_code == 200
    held = client.post(f"{LIST}change/S000001/", {**given, "status": "held", "version": "1"})
    assert "held and released on its page, with a reason" in held.content.decode()
    changed = {**given, "status": "ended", "version": "1"}
    response = client.post(f"{LIST}change/S000001/", changed, follow=True)
    assert "No longer used" in response.content.decode()
    with scope(acting=world.id("eastmere")):
        assert Supplier.objects.get().status == "ended"


def test_two_people_do_not_overwrite_each_other(world: World, client: Client) -> None:
    """Who saves second keeps what was typed, sees what the first saved, and decides."""
    supplier(world)
    client.force_login(world.people["finance_officer@eastmere"])
    address = f"{LIST}change/S000001/"
    seen = client.get(address).context["form"].initial["version"]
    given = {"name": "Harrow Paper", "terms_days": "30", "status": "active", "version": seen}
    assert client.post(address, {**given, "terms_days": "45"}).status_code == 302
    mine = {**given, "town": "Leeds", "public_body": "on"}
    late = client.post(address, mine)
    text = late.content.decode()
    assert late.status_code == 409
    assert "Someone changed this supplier while you had it open" in text
    assert "Saved meanwhile: 45" in text and "Saved meanwhile: nothing" in text
    assert "Saved meanwhile: no<" in text and 'value="Leeds"' in text
    assert 'name="version" value="2"' in text
    with scope(acting=world.id("eastmere")):
        assert Supplier.objects.values_list("terms_days", "town").get() == (45, "")
    assert client.post(address, {**mine, "version": "2"}).status_code == 302
    with scope(acting=world.id("eastmere")):
        assert Supplier.objects.values_list("terms_days", "town").get() == (30, "Leeds")


def test_bank_details_wait_and_are_masked(world: World, client: Client) -> None:
    prepare(world)
    harrow = supplier(world)
    invoice(world, harrow)
    client.force_login(world.people["finance_officer@eastmere"])
    given = {
        "account_name": "Harrow Paper",
        "sort_code": "12-34-56",
        "account_number": "12345678",
        "from_on": "20/06/2026",
    }
    address = f"{LIST}bank/{harrow.code}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {**given, "sort_code": "1"}).status_code == 422
    page = client.post(address, given, follow=True).content.decode()
    assert "••••5678" in page
    assert "12345678" not in page
    assert "Waiting for a second person" in page
    with scope(acting=world.id("eastmere")):
        bank = SupplierBank.objects.get()
        assert bank.state == "proposed"
    look = f"{LIST}look/{bank.pk}/"
    assert look in page
    assert "12345678" not in client.get(look).content.decode()
    assert client.post(look, {"reason": " "}).status_code == 422
    shown = client.post(look, {"reason": "Their letter of May"}).content.decode()
    assert "12-34-56" in shown and "12345678" in shown
    page = client.get(f"{LIST}of/{harrow.code}/").content.decode()
    assert "Bank details ••••5678 looked at in full: Their letter of May" in page
    client.force_login(world.people["auditor@eastmere"])
    assert client.post(look, {"reason": "Curious"}).status_code == 403


def test_only_officers_change_suppliers(world: World, client: Client) -> None:
    harrow = supplier(world)
    client.force_login(world.people["auditor@eastmere"])
    assert client.get(f"{LIST}change/{harrow.code}/").status_code == 403
    page = client.get(f"{LIST}of/{harrow.code}/").content.decode()
    assert "New bank details" not in page


def test_export(world: World, client: Client) -> None:
    harrow = supplier(world)
    client.force_login(world.people["auditor@eastmere"])
    text = client.get(f"{LIST}export/").content.decode("utf-8-sig").splitlines()
    assert text[-1].startswith(f"Eastmere,{harrow.code},Harrow Paper")


def test_a_call_is_recorded(world: World, client: Client) -> None:
    prepare(world)
    harrow = supplier(world)
    client.force_login(world.people["finance_officer@eastmere"])
    given = {"account_name": "H", "sort_code": "123456", "account_number": "12345678"}
    client.post(f"{LIST}bank/{harrow.code}/", {**given, "from_on": "20/06/2026"})
    with scope(acting=world.id("eastmere")):
        bank = SupplierBank.objects.get()
    address = f"{LIST}call/{bank.pk}/"
    assert address in client.get(f"{LIST}of/{harrow.code}/").content.decode()
    assert client.post(address, {"person": "Jo"}).status_code == 422
    said = {"person": "Jo", "number": "01632 960123", "source": "contract", "outcome": "unreached"}
    page = client.post(address, said, follow=True).content.decode()
    assert "Nobody could be reached: Jo on 01632 960123 (from the contract)" in page
    client.force_login(world.people["finance_manager@eastmere"])
    assert client.post(address, said).status_code == 403
