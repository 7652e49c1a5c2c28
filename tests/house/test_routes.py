"""Every route of the URL map, tried by every role and by strangers.

The organisations are full of rows (`planted`). What others are told, and what becomes of it when a
wall is off, is in test_walls.py.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.actors import may
from core.permissions import PERMISSIONS
from core.scope import scope
from core.tenancy import tenant_models
from tenants.models import RESERVED
from tenants.roles import Role
from tests.house import fields
from tests.house.arguments import ARGUMENTS, NOBODYS
from tests.house.planted import EMPTY, PATTERNS, Planted, marked, texts
from tests.world import World

# Said before anything is looked at, so it tells nobody anything.
METHOD_UNKNOWN = 405
GUARDS = (
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
    "Cross-Origin-Opener-Policy", "Cache-Control",
)  # fmt: skip
SIGN_IN = "/account/login/"
# The letterhead of printed pages, which two questions in a row need not share.
PRINTED_AT = re.compile(r"(?<= on )\d{1,2} \w{3} \d{4}, \d\d:\d\d(?=</span></p>)")
# Pages of forms, of figures, and of moments that no test reaches: they hold no words of people.
WITHOUT_ROWS = {
    *("pay_certificate_part", "api_pay_certificate_part"),  # packed
    *("pay_particulars_file", "pay_particulars_template"),
    "discounts",  # Of invoices of the last twelve months; those planted are of fixed days.
    *("pay_claim_file", "pay_claim_template", "pay_order_new", "pay_order_end"),
    *("recovery_plan_new", "recovery_plan_end", "payslip_ask", "parallel_template"),
    *("parallel_run_withdraw", "pay_notice_new", "pay_summary_file", "enrolment_request"),
    "api_pay_questions",
    "api_prompt_payment",  # months and figures, no words
    *("api_journey_back", "api_roles", "api_seals"),  # the same
    "api_early_discounts",  # As on the page.
    *("api_pay_account_changes", "api_pension_letters", "organisation_new"),
    "organisations_load",
    *("file_upload", "invoice_new", "supplier_new", "journal_reversal", "token_new"),
    *("webhook_new", "bank_upload", "payment_run_answer"),
    *("absence_file", "absence_template", "pay_earnings_new"),
    # Numbers, forms and reasons; a document that is packed.
    *("my_statutory_letters", "api_statutory_letters", "api_statutory_letters_due"),
    "api_statutory_letter_file",
    # One organisation must not be told of the other's: tests/hr/test_seconding.py.
    *("seconded_out", "seconded_in"),
    *("starter", "staff_template", "units_load", "rights_load", "calendar_close", "roles", "role"),
    *("approval_routes", "approval_route_change", "routes_load"),
    *("calendar_load", "targets_load", "codes_load", "posts_load", "layouts_load"),
    *(
        "api_figures",
        "api_comparison",
        "api_indicators",
        "api_indicator",
        "comparison",
        "measures",
        "prompt_payment",
        "periods",
        "seals",
        "spend_months",
    ),
    "what_if",
}


def walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry


ROUTES = list(walk(get_resolver().url_patterns))
TENANT_ROUTES = [(route, entry) for route, entry in ROUTES if "<slug:organisation>" in route]
OPEN_ROUTES = [(route, entry) for route, entry in ROUTES if "<slug:organisation>" not in route]


def values(name: str, of: Planted | None) -> dict[str, Any]:
    """The arguments of a route for a planted row, or without one for a row that nobody has."""
    found = {}
    for argument, key in ARGUMENTS.get(name, {}).items():
        if isinstance(key, int):
            found[argument] = key
        elif callable(key):
            found[argument] = key()
        elif key.startswith("="):
            found[argument] = key[1:]
        else:
            kind = str if key in ("supplier", "letter") else int
            found[argument] = of.keys[key] if of else NOBODYS[kind]
    return found


def address(entry: URLPattern, slug: str, of: Planted | None) -> str:
    return reverse(str(entry.name), kwargs={"organisation": slug, **values(str(entry.name), of)})


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def new_key() -> dict[str, str]:
    """What lets a call that moves money in; a page does not look at it."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def told(answer: Any) -> str:
    """Everything that an answer says, headers and body, but for the minute of its letterhead."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return PRINTED_AT.sub("", f"{headers}\n{body.decode('utf-8', 'replace')}")


def content(answer: Any) -> str:
    """What an answer says apart from the frame of its page, which names the organisation."""
    return told(answer).partition("<main")[2] or told(answer)


def leaks(answer: Any, slug: str) -> list[str]:
    return sorted(set(PATTERNS[slug].findall(told(answer))))


def test_every_route_declares_its_access() -> None:
    bare = [route for route, entry in ROUTES if not hasattr(entry.callback, "access")]
    assert bare == []


def test_no_organisation_can_hide_behind_an_address() -> None:
    everything = ROUTES + list(walk([get_resolver()]))
    first = {route.lstrip("^/").split("/")[0] for route, _entry in everything}
    first |= {settings.STATIC_URL.strip("/").split("/")[0]}
    assert {part for part in first if part and not part.startswith("<")} <= set(RESERVED)


def test_every_permission_of_a_route_exists() -> None:
    for route, entry in TENANT_ROUTES:
        permission, unsafe = entry.callback.access
        assert permission in PERMISSIONS, route
        assert unsafe is None or unsafe in PERMISSIONS, route
    for route, entry in OPEN_ROUTES:
        assert entry.callback.access[0] == "open", route


def test_every_argument_of_a_route_has_a_planted_row(planted: Any) -> None:
    for route, entry in TENANT_ROUTES:
        wanted = set(entry.pattern.converters) - {"organisation"}
        assert wanted == set(ARGUMENTS.get(str(entry.name), {})), route


def test_every_text_of_every_table_carries_its_mark(planted: Any, db: None) -> None:
    world, *_ = planted
    for slug in PATTERNS:
        with scope(acting=world.id(slug)):
            for model in tenant_models():
                if model._meta.db_table in EMPTY:
                    continue
                assert model.objects.exists(), model
                for column in texts(model):
                    found = model.objects.values_list(column.name, flat=True)
                    if column.name == "account_ending":
                        found = [f"ending {one}" for one in found]
                    assert any(marked(one, slug) for one in found), (model, column.name)


def told_to_programs(answer: Any) -> bool:
    return bool(answer.status_code == 200 and answer["Content-Type"] == "application/json")


@dataclass(frozen=True)
class Shown:
    """What one role was answered at one address of its own organisation."""

    status: int
    mark_in_page: bool
    mark_anywhere: bool
    role: str
    of_others: tuple[str, ...]
    content: Any = None
    unguarded: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def shown(planted: Any, django_db_blocker: Any) -> dict[str, list[Shown]]:
    """Every address of Northdale, asked once by each of its roles for all tests of this file."""
    world, _east, north = planted
    found: dict[str, list[Shown]] = {}
    with django_db_blocker.unblock():
        for role in Role:
            client = signed_in(world, f"{role}@northdale")
            for _route, entry in TENANT_ROUTES:
                answer = client.get(address(entry, "northdale", north))
                one = Shown(
                    status=answer.status_code,
                    mark_in_page=PATTERNS["northdale"].search(content(answer)) is not None,
                    mark_anywhere=leaks(answer, "northdale") != [],
                    role=role,
                    of_others=tuple(leaks(answer, "eastmere")),
                    content=answer.json() if told_to_programs(answer) else None,
                    unguarded=tuple(name for name in GUARDS if name not in answer),
                )
                found.setdefault(str(entry.name), []).append(one)
    return found


def test_the_marks_are_seen_by_those_who_may(shown: dict[str, list[Shown]]) -> None:
    """A page that shows nothing proves nothing: each has a reader to whom it shows its rows."""
    blank = set()
    for name, answers in shown.items():
        pages = [one for one in answers if one.status == 200]
        if pages and not any(one.mark_in_page for one in pages):
            blank.add(name)
        if all(one.status in (403, 404) for one in answers):
            blank.add(name)
    assert blank == WITHOUT_ROWS


def test_every_answer_of_every_address_is_guarded(shown: dict[str, list[Shown]]) -> None:
    """What these headers say is in tests/portal/test_security_headers.py."""
    answers = [(name, one) for name, every in shown.items() for one in every]
    assert {one.status for _, one in answers} >= {200, 302, 403, 405}
    assert [(name, one.role, one.unguarded) for name, one in answers if one.unguarded] == []


def test_words_of_an_organisation_are_found_on_its_own_pages(
    shown: dict[str, list[Shown]],
) -> None:
    """The tests below can fail: what they look for stands on pages of those whom it belongs to."""
    found = {name for name, answers in shown.items() if any(one.mark_anywhere for one in answers)}
    assert len(found) > 40, found


def test_each_role_is_told_the_fields_that_it_may_know(shown: dict[str, list[Shown]]) -> None:
    """A new field, or one that another role is told, is looked at by a person and then entered."""
    answers: fields.Answers = {}
    for route, entry in TENANT_ROUTES:
        path = "/" + re.sub(r"<[a-z]+:([a-z]+)>", r"{\1}", route)
        answers[path] = [
            (one.role, one.content) for one in shown[str(entry.name)] if one.content is not None
        ]
    made, kept = fields.matrix(answers), fields.EXPECTED.read_text(encoding="utf-8").splitlines()
    assert sorted(set(made) - set(kept)) == [], "not yet in tests/house/fields.txt"
    assert sorted(set(kept) - set(made)) == [], "no longer so, but in tests/house/fields.txt"


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_sign_in(planted: Any, db: None, method: str) -> None:
    _world, east, _north = planted
    client = Client()
    for route, entry in TENANT_ROUTES:
        answer = getattr(client, method)(address(entry, "eastmere", east))
        if answer.status_code == METHOD_UNKNOWN:
            continue
        if route.startswith("api/"):
            assert answer.status_code == 401, route
            assert answer["Content-Type"] == "application/problem+json", route
            continue
        assert answer.status_code == 302, route
        assert answer["Location"].startswith(SIGN_IN), route


def test_open_routes_tell_nothing_of_anybody(planted: Any, db: None) -> None:
    world, *_ = planted
    for client in (Client(), signed_in(world, "finance_manager@eastmere")):
        for route, entry in OPEN_ROUTES:
            given = {
                "slug": "northdale",
                "provider_id": "northdale",
                "number": 1,
                "pk": 1,
                "key": "priya",
                "person": 1,
                "token": "guess",
            }
            wanted = {name: given[name] for name in entry.pattern.converters}
            where = reverse(str(entry.name), kwargs=wanted)
            for method in ("get", "post"):
                if entry.name == "account_logout":
                    continue
                assert leaks(getattr(client, method)(where), "northdale") == [], route


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_exactly_where_it_may(
    planted: Any, shown: dict[str, list[Shown]], db: None, role: str
) -> None:
    actor = planted[0].actor(f"{role}@northdale")
    for route, entry in TENANT_ROUTES:
        (answer,) = (one for one in shown[str(entry.name)] if one.role == role)
        assert answer.of_others == (), (role, route)
        if may(actor, entry.callback.access[0]):
            assert answer.status in (200, 302, 404, 405, 422), (role, route)
        else:
            assert answer.status == 403, (role, route)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sends_exactly_where_it_may(planted: Any, db: None, role: str) -> None:
    world, east, _north = planted
    client, actor = signed_in(world, f"{role}@eastmere"), world.actor(f"{role}@eastmere")
    for route, entry in TENANT_ROUTES:
        permission, unsafe = entry.callback.access
        posted = client.post(address(entry, "eastmere", east), headers=new_key())
        assert leaks(posted, "northdale") == [], (role, route, "POST")
        if posted.status_code == METHOD_UNKNOWN:
            continue
        if not may(actor, permission) or (unsafe and not may(actor, unsafe)):
            assert posted.status_code == 403, (role, route, "POST")
        else:
            assert posted.status_code < 500, (role, route, "POST")
