"""What goes wrong is said in plain words, with a next step, in the house's frame and policy."""

import html
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import clear_url_caches, path
from django.utils import timezone

from core.management.commands.init_db import connect
from core.web.api import problem
from portal import views
from sharedservices import urls
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

NEW = "/eastmere/suppliers/new/"
TYPED = {"name": "Marlow & Daughters", "terms_days": "30", "category": "goods", "town": "Eastmere"}
TYPED |= {"address": "1 Mill Lane", "contact_name": "Jo Marlow", "wanted_for": "Benches"}
TYPED |= {"asked_by": "Parks", "no_vat": "unregistered", "no_company": "sole"}
STATUSES = ("400", "403", "404", "405", "409", "413", "422", "429", "500", "503")


def as_(world: World, who: str = "finance_officer@eastmere", **more: Any) -> Client:
    client = Client(**more)
    client.force_login(world.people[who])
    return client


def check(answer: Any, status: int, *words: str) -> str:
    """The page has its status, one heading that is in its title too, a way on, and the policy."""
    page = html.unescape(answer.content.decode())
    assert answer.status_code == status
    heading = re.findall(r"<h1[^>]*>\s*(.*?)\s*</h1>", page, re.S)
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert len(heading) == 1 and title and heading[0] in title[1]
    assert 'class="govuk-link" href="/' in page or 'class="govuk-button" href=' in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(
        r"(?i)forbidden|invalid|illegal|oops|csrf|sorry|an error occurred",
        page[page.index("<main") : page.index("</main>")].replace("csrfmiddlewaretoken", ""),
    )
    for expected in words:
        assert expected in page
    return page


def test_every_status_has_a_page() -> None:
    have = {p.stem for p in (settings.BASE_DIR / "templates" / "errors").glob("[0-9]*.html")}
    assert have == set(STATUSES)


def test_unknown_address(client: Client, world: World) -> None:
    check(client.get("/no/such/page/"), 404, "check that it is right")
    check(as_(world).get("/eastmere/invoices/99/"), 404, "check that it is right")


def test_role_without_the_right(world: World) -> None:
    check(as_(world, "board_member@eastmere").get(NEW), 403, "Ask the person who looks after roles")


@pytest.mark.parametrize("address", ["/eastmere/deliveries/retry/", "/account/sessions/1/end/"])
def test_button_address_opened_by_hand(world: World, address: str) -> None:
    answer = as_(world, "centre_manager@centre").get(address.replace("eastmere", "centre"))
    check(answer, 405, "Nothing was changed")
    assert answer["Allow"] == "POST"


def test_unreadable_and_oversized_requests(client: Client, world: World) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    check(answer, 400, "Nothing was saved")
    many = {f"f{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    check(as_(world).post(NEW, many), 413, "send it in parts")
    for address in ("/eastmere/suppliers/?q=a%00b", "/eastmere/runs/?words=%00"):
        check(as_(world).get(address), 400, "Nothing was saved")
    bare = views.bad_request(RequestFactory().get("/"), RequestDataTooBig())
    assert bare.status_code == 413


@contextmanager
def at_address(address: str, does: Callable[[], Any]) -> Iterator[None]:
    """A page that does what no page of ours should."""

    def view(request: Any) -> HttpResponse:
        does()
        return HttpResponse()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "urlpatterns", [path(address, view), *urls.urlpatterns])
        clear_url_caches()
        yield
    clear_url_caches()


def has_reference(page: str, log: str) -> bool:
    reference = re.search(r"reference: <strong>(\w{8})<", page)
    return bool(reference) and f"Fault {reference[1]} at GET /broken/" in log


def test_fault_of_ours_has_a_reference_that_is_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("deliberate")

    client.raise_request_exception = False
    with at_address("broken/", broken):
        page = check(client.get("/broken/"), 500, "Nothing was saved", "Try again")
    assert has_reference(page, caplog.text)


def asked(*statements: str) -> None:
    """In one transaction of the application."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def raised(state: str) -> None:
    asked(f"DO $$ BEGIN RAISE EXCEPTION 'deliberate' USING ERRCODE = '{state}'; END $$")


@contextmanager
def another() -> Iterator[Any]:
    """The cursor of somebody else, an administrator, who is connected at the same time."""
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as other, other.cursor() as cursor:
        yield cursor


def too_long() -> None:
    asked("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(10)")


def locked_out() -> None:
    with another() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7001)")
        asked("SET LOCAL lock_timeout = '20ms'", "SELECT pg_advisory_xact_lock(7001)")


def deadlock() -> None:
    """The other one waits first, and so patiently that it is the page that has to give way."""
    with another() as cursor, ThreadPoolExecutor(1) as pool, transaction.atomic():
        cursor.execute("SET deadlock_timeout = '1min'; SELECT pg_advisory_lock(7002)")
        asked("SELECT pg_advisory_xact_lock(7001)")
        pool.submit(cursor.execute, "SELECT pg_advisory_lock(7001)")
        asked("SELECT pg_advisory_xact_lock(7002)")


def overtaken() -> None:
    """Both change the same people; the page had read it before the other did."""
    change = "UPDATE tenants_person SET name = name || '.'"
    with another() as other, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM tenants_person")
        other.execute(change)
        cursor.execute(change)


def cut_off() -> None:
    with another() as cursor, transaction.atomic():
        asked("SELECT 1")
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        asked("SELECT 1")


@pytest.mark.parametrize("wrong", [too_long, locked_out, deadlock, overtaken])
def test_database_busy(committed_world: World, client: Client, wrong: Callable[[], None]) -> None:
    with at_address("broken/", wrong):
        answer = client.get("/broken/")
    check(answer, 503, "The service is busy just now", "Nothing was saved", "in a moment")
    assert answer["Retry-After"] == "5"


@pytest.mark.parametrize(
    "wrong",
    [cut_off, partial(raised, "08006"), partial(raised, "53300"), partial(raised, "57P03")],
)
def test_database_away_in_the_middle(
    committed_world: World, client: Client, wrong: Callable[[], None]
) -> None:
    with at_address("broken/", wrong):
        answer = client.get("/broken/")
    check(answer, 503, "not available just now", "Wait a minute")
    assert answer["Retry-After"] == "30"


@pytest.mark.parametrize("state", ["53100", "53200", "58030", "23505"])
def test_what_trying_again_does_not_mend_is_a_fault(
    db: None, client: Client, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk, memory, a broken file: somebody has to look, so it has a reference."""
    client.raise_request_exception = False
    with at_address("broken/", partial(raised, state)):
        page = check(client.get("/broken/"), 500)
    assert has_reference(page, caplog.text)


@pytest.mark.parametrize(("state", "seconds"), [("57014", "5"), ("57P03", "30")])
def test_programs_are_told_to_come_back(db: None, state: str, seconds: str) -> None:
    with pytest.raises(OperationalError) as caught:
        raised(state)
    answer = problem(caught.value, {"request": RequestFactory().get("/api/")})
    assert answer is not None and answer.status_code == 503
    assert (answer["Retry-After"], answer.data["status"]) == (seconds, 503)


def test_database_away(committed_world: World, client: Client) -> None:
    client.force_login(committed_world.people["finance_officer@eastmere"])
    there = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/no/such/server"
    try:
        answer = client.get("/eastmere/invoices/")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = there
    check(answer, 503, "Wait a minute")
    assert answer["Retry-After"] == "30"


def _expire(client: Client) -> None:
    key = client.cookies["sessionid"].value
    Session.objects.filter(session_key=key).update(expire_date=timezone.now())


def test_nothing_typed_is_lost_when_the_session_ends(world: World) -> None:
    prepare(world)
    client = as_(world)
    _expire(client)
    answer = client.post(NEW, TYPED)
    assert answer["Location"] == "/account/login/?next=/account/send-again/"
    client.force_login(world.people["finance_officer@eastmere"])
    page = check_kept(client)
    assert 'action="/eastmere/suppliers/new/"' in page
    for value in TYPED.values():
        assert f">\n{html.escape(value)}</textarea>" in page
    assert "There is nothing to send again" in client.get("/account/send-again/").content.decode()


def check_kept(client: Client) -> str:
    answer = client.get("/account/send-again/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_typed_is_shown_to_nobody_else(world: World) -> None:
    client = as_(world)
    _expire(client)
    client.post(NEW, TYPED)
    client.force_login(world.people["manager@eastmere"])
    assert "Marlow" not in check_kept(client)


def test_strangers_store_nothing(client: Client, world: World) -> None:
    before = Session.objects.count()
    answer = client.post(NEW, TYPED)
    assert answer["Location"] == f"/account/login/?next={NEW}"
    assert Session.objects.count() == before


def test_part_of_a_page_takes_the_whole_page_to_sign_in(client: Client, world: World) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/eastmere/runs/1/"}
    answer = client.get("/eastmere/runs/1/progress/", headers=headers)
    assert answer["HX-Redirect"] == "/account/login/?next=/eastmere/runs/1/"
    assert not answer.content


def test_stale_token_offers_what_was_typed_to_a_page_of_ours(world: World) -> None:
    prepare(world)
    client = as_(world, enforce_csrf_checks=True)
    ours = {"origin": "http://testserver"}
    page = check(client.post(NEW, TYPED, headers=ours), 403, "Nothing was saved yet", "Send again")
    assert "Marlow & Daughters</textarea>" in page
    elsewhere = {"origin": "http://elsewhere.example"}
    page = check(client.post(NEW, TYPED, headers=elsewhere), 403, "load the page again")
    assert "Marlow" not in page
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"',
        check(client.post(NEW, TYPED, headers=ours), 403),
    )
    assert token
    sent = client.post(NEW, {**TYPED, "csrfmiddlewaretoken": token[1]}, headers=ours)
    assert sent.status_code == 302


def test_passwords_are_offered_to_nobody(client: Client, world: World) -> None:
    """Two open sign-in pages are enough for a stale token."""
    strict = Client(enforce_csrf_checks=True)
    sent = {"login": "staff@eastmere.example", "password": "marble-lantern-orchard"}
    answer = strict.post("/account/login/", sent, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    assert "marble-lantern-orchard" not in answer.content.decode()


def test_clash_and_refusal(world: World) -> None:
    prepare(world)
    invoice(world, supplier(world), "A-100")
    client = as_(world)
    late = client.post("/eastmere/invoices/1/", {"action": "submit", "version": "99"})
    check(late, 409, "Nothing you did was saved", "Open it again")
    refused = client.post("/eastmere/invoices/1/", {"action": "release", "version": "1"})
    check(refused, 422, "Rule INV08")
