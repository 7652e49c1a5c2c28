"""Sessions end when nobody uses them and after a working day; bank pages ask sooner."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Request
from approvals.services import set_routes
from core.actors import system_actor
from core.scope import scope
from finance.services.invoices import submit_for_approval
from finance.services.suppliers import propose_bank, record_call
from finance.views import payment_runs, payments, suppliers
from sharedservices import environment
from tenants.models import Person
from tests.access.codes import code, sign_in, with_app, with_password
from tests.finance.payables import invoice, prepare, supplier
from tests.house.test_routes import TENANT_ROUTES
from tests.world import TODAY, World

HOME, RUNS, PROVE = "/eastmere/", "/eastmere/payment-runs/", "/account/prove/"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of the machine on: of the product, the library and the app alike."""
    ahead, true = [0], time.time
    monkeypatch.setattr(time, "time", lambda: true() + ahead[0])

    def forward(seconds: int) -> None:
        ahead[0] += seconds

    return forward


@pytest.fixture
def officer(world: World) -> Person:
    return with_password(world.people["finance_officer@eastmere"])


@pytest.fixture
def client(officer: Person) -> Client:
    client = Client()
    client.force_login(officer)
    assert client.get(HOME).status_code == 200
    return client


def test_an_hour_without_use_ends_it(client: Client, clock: Any) -> None:
    clock(HOUR)
    answer = client.get(HOME)
    assert answer["Location"] == f"/account/login/?next={HOME}"
    page = client.get(answer["Location"])
    told = [str(message) for message in page.context["messages"]]
    assert told == ["You were signed out after 60 minutes in which you did nothing here."]
    assert client.get(HOME)["Location"].startswith("/account/login/")


def test_use_keeps_it_open_until_the_day_is_over(client: Client, clock: Any) -> None:
    for _ in range(12 * 2 - 1):
        clock(30 * MINUTE)
        assert client.get(HOME).status_code == 200
    clock(30 * MINUTE)
    answer = client.get(HOME, follow=True)
    assert "You signed in 12 hours ago" in answer.content.decode()


def test_its_row_is_gone_and_programs_are_told(client: Client, clock: Any) -> None:
    key = client.session.session_key
    clock(HOUR)
    answer = client.get("/api/v1/eastmere/invoices/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert "signed out" in answer.json()["detail"]
    assert not Session.objects.filter(session_key=key).exists()


def test_pages_that_ask_by_themselves_are_not_use(client: Client, clock: Any) -> None:
    """A window left open over a run would stay signed in for ever."""
    for _ in range(3):
        clock(25 * MINUTE)
        answer = client.get("/eastmere/runs/1/progress/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/account/login/")


def test_what_was_typed_waits_behind_the_sign_in(officer: Person, clock: Any) -> None:
    secret, client = with_app(officer), Client()
    client.force_login(officer)
    client.get(HOME)
    clock(HOUR)
    answer = client.post("/eastmere/suppliers/new/", {"name": "Harrow Paper"})
    assert answer["Location"] == "/account/login/?next=/account/send-again/"
    assert "Harrow" not in str(dict(client.session)) and client.session["kept_form"]
    client.post(answer["Location"], {"login": officer.email, "password": "marble-lantern-orchard"})
    onwards = client.post("/account/login/code/", {"code": code(secret)})
    assert onwards["Location"] == "/account/send-again/"
    kept = client.get("/account/send-again/").context["kept"]
    assert kept["action"] == "/eastmere/suppliers/new/"
    assert ["name", "Harrow Paper"] in kept["fields"]


def test_bank_pages_ask_after_a_quarter_of_an_hour(officer: Person, clock: Any) -> None:
    secret, client = with_app(officer), Client()
    client.force_login(officer)
    assert client.get(RUNS).status_code == 200
    clock(14 * MINUTE)
    assert client.get(RUNS).status_code == 200
    clock(15 * MINUTE)
    # Looking elsewhere first leads around nothing.
    assert client.get(HOME).status_code == 200
    answer = client.get(RUNS)
    assert answer["Location"] == f"{PROVE}?next={RUNS}"
    page = client.get(answer["Location"], follow=True)
    assert page.redirect_chain[-1][0] == f"{PROVE}code/?next=%2Feastmere%2Fpayment-runs%2F"
    given = {"code": "000000", "next": RUNS}
    assert client.post(f"{PROVE}code/", given).status_code == 200
    assert client.get(RUNS).status_code == 302
    given["code"] = code(secret)
    assert client.post(f"{PROVE}code/", given)["Location"] == RUNS
    assert client.get(RUNS).status_code == 200


def test_what_was_typed_on_a_bank_page_waits_too(world: World, officer: Person, clock: Any) -> None:
    prepare(world)
    where = f"/eastmere/suppliers/bank/{supplier(world).code}/"
    secret, client = with_app(officer), Client()
    client.force_login(officer)
    assert client.get(where).status_code == 200
    clock(16 * MINUTE)
    typed = {"sort_code": "20-04-15", "account_number": "12345678"}
    answer = client.post(where, typed)
    assert answer["Location"] == f"{PROVE}?next=/account/send-again/"
    given = {"code": code(secret), "next": "/account/send-again/"}
    assert client.post(f"{PROVE}code/", given)["Location"] == "/account/send-again/"
    kept = client.get("/account/send-again/").context["kept"]
    assert kept["action"] == where
    assert ["account_number", "12345678"] in kept["fields"]


def test_agreeing_to_bank_details_asks_too(world: World, clock: Any) -> None:
    """Deciding on anything else does not; the decision goes on with one press after the code."""
    prepare(world)
    owner, by = supplier(world), world.actor("finance_officer@eastmere")
    for key in ("finance.invoice", "finance.supplier_bank"):
        with scope(acting=by.organisation_id):
            bands = [(0, None, "finance_manager")]
            set_routes(subject_key=key, bands=bands, by=system_actor(by.organisation_id))
    row = invoice(world, owner, "AA-1")
    with scope(acting=by.organisation_id):
        submit_for_approval(invoice=row, version=1, by=by)
        given = {"sort_code": "200415", "account_number": "12345678", "account_name": "Harrow"}
        bank = propose_bank(supplier=owner, **given, from_on=TODAY, by=by)
        record_call(bank=bank, outcome="confirmed", person="Jo", number="01632 960123",
                    source="invoice", by=by, at=timezone.now())  # fmt: skip
        waits = dict(Request.objects.values_list("subject_key", "pk"))
    boss = world.people["finance_manager@eastmere"]
    secret, client = with_app(boss), Client()
    client.force_login(boss)
    client.get(HOME)
    clock(16 * MINUTE)
    yes = {"decision": "approve"}
    where = "/eastmere/approvals/{}/decision/"
    one = client.post(where.format(waits["finance.invoice"]), yes)
    assert one["Location"] == "/eastmere/waiting/"
    bank = where.format(waits["finance.supplier_bank"])
    assert client.post(bank, yes)["Location"] == f"{PROVE}?next=/account/send-again/"
    client.post(f"{PROVE}code/", {"code": code(secret), "next": "/account/send-again/"})
    kept = client.get("/account/send-again/").context["kept"]
    assert (kept["action"], kept["fields"]) == (bank, [["decision", "approve"]])
    assert client.post(bank, yes)["Location"] == "/eastmere/waiting/"


def test_signing_in_again_is_proof_enough(officer: Person, clock: Any) -> None:
    secret, client = with_app(officer), Client()
    clock(20 * MINUTE)
    sign_in(client, officer)
    client.post("/account/login/code/", {"code": code(secret)})
    assert client.get(RUNS).status_code == 200


def test_every_page_of_bank_details_and_payment_runs_is_one() -> None:
    asks = {str(entry.name) for _r, entry in TENANT_ROUTES if getattr(entry.callback, "bank", 0)}
    paying = ("payment_run", "api_payment_run", "api_payment_proposals", "remittances")
    assert {name for name in asks if name.startswith(paying)} == {
        str(entry.name) for route, entry in TENANT_ROUTES if "payment-runs/" in route
    } - {"payment_file"}
    assert asks >= {"payment_file", "bank_accounts", "supplier_bank", "factors_reset"}
    assert payment_runs.payment_run_release.bank
    assert payments.bank_accounts.bank and suppliers.supplier_bank.bank


def test_the_list_of_sessions_says_device_and_last_use(officer: Person, clock: Any) -> None:
    secret = with_app(officer)
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
    client = Client(HTTP_USER_AGENT=firefox)
    sign_in(client, officer)
    client.post("/account/login/code/", {"code": code(secret)})
    client.get(HOME)
    clock(5 * MINUTE)
    client.get(HOME)
    (row,) = client.get("/account/sessions/").context["sessions"]
    assert (row["device"], row["here"]) == ("Firefox on Windows", True)
    assert (row["used"] - row["since"]).total_seconds() > 4 * MINUTE


def test_signing_out_everywhere_leaves_nothing(officer: Person) -> None:
    secret, clients = with_app(officer), [Client(), Client()]
    for number, one in enumerate(clients):
        sign_in(one, officer)
        one.post("/account/login/code/", {"code": code(secret, later=number)})
        assert one.get(HOME).status_code == 200
    assert clients[0].post("/account/sessions/end-all/")["Location"] == reverse("account_login")
    assert [one.get(HOME).status_code for one in clients] == [302, 302]


@pytest.mark.parametrize("value", ["0", "721", "ten", "-5", "6.5", "", "٦٠"])
def test_a_senseless_length_stops_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_IDLE_MINUTES", value)
    with pytest.raises(environment.BadEnvironment, match="SESSION_IDLE_MINUTES must be a whole"):
        environment.whole("SESSION_IDLE_MINUTES", 60, least=5, most=720)
