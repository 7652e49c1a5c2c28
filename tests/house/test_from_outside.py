"""What leaves the house: the exit pack, the examples of the API, and the API asked at random."""

import csv
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.money import pounds
from core.scope import scope
from core.tenancy import tenant_models
from core.web.passes import known_scopes
from finance.models import Invoice, Payment, PaymentRun, Period
from finance.selectors.closing import standings
from sla.services import load_indicators
from tenants.roles import Role
from tests.access.test_tokens import token
from tests.conftest import committing
from tests.house.planted import PATTERNS, Planted, plant
from tests.house.test_routes import ROUTES, signed_in, values
from tests.house.walls import state_of
from tests.payroll.pay_runs import next_month_end
from tests.world import World, build_world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Those who may do most between them, and one who may do next to nothing.
ROLES = (
    *(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.HR_OFFICER, Role.ADMINISTRATOR),
    Role.STAFF,
)
EXAMPLES = 2
SERVED = get_wsgi_application()


Full = tuple[World, Planted, Path, Any]


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Full]:
    """Two organisations full of rows, the pack of one, and the state of the other before it."""
    with committing(django_db_blocker), override_settings(API_TOKEN_PER_MINUTE=100_000):
        world = build_world()
        load_indicators()
        planted = plant(world, "eastmere")
        plant(world, "northdale")
        before = state_of(world, "northdale")
        folder = tmp_path_factory.mktemp("pack") / "eastmere"
        call_command("exit_pack", "eastmere", str(folder), stdout=StringIO())
        yield world, planted, folder, before


def test_every_table_is_in_it_with_every_row(full: Full) -> None:
    world, _planted, folder, _before = full
    told = {one["path"]: one for one in json.loads((folder / "manifest.json").read_text())["files"]}
    with scope(readable={world.id("eastmere")}):
        for model in tenant_models():
            table = model._meta.db_table
            assert told[f"tables/{table}.csv"]["rows"] == model.objects.count(), table


def test_nothing_of_another_is_in_it_and_nothing_there_changed(full: Full) -> None:
    world, _planted, folder, before = full
    found = 0
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            assert PATTERNS["northdale"].findall(text) == [], path
            found += bool(PATTERNS["eastmere"].search(text))
    assert found > 50
    assert state_of(world, "northdale") == before


def test_documents_are_the_bytes_that_came(full: Full) -> None:
    _world, _planted, folder, _before = full
    """They lie sealed in the tables, and opened in the pack."""
    documents = (folder / "documents").iterdir()
    opened = {hashlib.sha256(path.read_bytes()).hexdigest() for path in documents}
    for table in (
        *("finance_sourcefile", "finance_invoicedocument", "finance_supplierstatement"),
        *("finance_paymentfile", "payroll_payfile"),
    ):
        with (folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            known = {row["sha256"] for row in csv.DictReader(file)}
        assert known and known <= opened, table
    hashes = {one["sha256"] for one in json.loads((folder / "manifest.json").read_text())["files"]}
    assert len(hashes) > 60


def test_credentials_stay_behind(full: Full) -> None:
    _world, _planted, folder, _before = full
    heads = {
        path.stem: path.open(encoding="utf-8").readline().strip().split(",")
        for path in (folder / "tables").iterdir()
    }
    assert "secret" not in heads["events_webhook"]
    assert "secret" not in heads["access_identityprovider"]
    assert "digest" not in heads["access_apitoken"]
    assert heads["people"] == ["id", "name", "email"]


def test_what_was_changed_is_found(full: Full, tmp_path: Path) -> None:
    _world, _planted, folder, _before = full
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    call_command("exit_pack", "eastmere", str(copy), "--verify", stdout=StringIO())
    (copy / "more.txt").write_text("more")
    (copy / "tables" / "people.csv").write_text("id,name,email\n")
    (copy / "tables" / "tenants_unit.csv").unlink()
    said = StringIO()
    with pytest.raises(CommandError, match="not whole"):
        call_command("exit_pack", "eastmere", str(copy), "--verify", stderr=said)
    assert said.getvalue().splitlines() == [
        "tables/tenants_unit.csv is missing",
        "more.txt is not in the manifest",
        "tables/people.csv was changed",
    ]
    with pytest.raises(CommandError, match="is not empty"):
        call_command("exit_pack", "eastmere", str(copy))


EXAMPLES_PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
ASKED = re.compile(r"^    (GET|POST) (\S+) as (\w+)((?:\n    .*)*)", re.MULTILINE)
ANSWERED = re.compile(r"^    (\d{3})((?:\n    .*)*)", re.MULTILINE)


def places(full: Full) -> dict[str, Any]:
    """What stands for the braces of the examples: numbers of things that are there."""
    world, planted, *_ = full
    with scope(readable={world.id("eastmere")}):
        proposal = PaymentRun.objects.get(number=planted.keys["proposal"])
    more = {"total": pounds(proposal.total_pence), "version": proposal.version}
    more |= {"version_out": proposal.version + 1, "version_back": proposal.version + 2}
    more["pay_on"] = proposal.pay_on
    with scope(readable={world.id("eastmere")}):
        more["proposal_payment"] = proposal.items.order_by("number")[0].number
    with scope(readable={world.id("eastmere")}):
        credit = Invoice.objects.get(number=planted.keys["credit"])
        more["credit_version"] = credit.version
        spare = Invoice.objects.filter(state="received").exclude(number=planted.keys["invoice"])
        other = spare.filter(gross_pence__gt=0).order_by("number")[0]
        more |= {"other": other.number, "other_version": other.version}
        posted = Invoice.objects.filter(state="posted", gross_pence__gt=20_00)
        one = posted.exclude(allocations__live=True).order_by("number")[0]
        more |= {"posted": one.number, "posted_version": one.version}
        third = spare.filter(gross_pence__gt=0).order_by("number")[2]
        more |= {"third": third.number, "third_version": third.version}
        more["third_held_version"] = third.version + 2
        paid = Payment.objects.get(number=planted.keys["payment"]).supplier
        more |= {"other_supplier": paid.code, "other_supplier_version": paid.version}
        more["earliest"] = Period.objects.filter(status="open").order_by("period")[0].period
        found = standings(world.id("eastmere"), 202606)
        more["assertion"] = next(one.assertion.key for one in found if one.stands_in_the_way)
    more["review_on"] = timezone.localdate() + timedelta(days=30)
    more["later_on"] = timezone.localdate() + timedelta(days=40)
    more["pay_day"] = next_month_end()
    more["target_from"] = f"{more['later_on']:%Y-%m}"
    more["working_day"] = next(
        day
        for day in (more["later_on"] + timedelta(days=n) for n in range(7))
        if day.weekday() == 2
    )
    return {**planted.keys, **more}


def filled(text: str, found: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: str(found[name[1]]), text)


def shape(told: Any) -> Any:
    """Names and kinds without values; a list is like its first row."""
    if isinstance(told, dict):
        return {name: shape(value) for name, value in told.items()}
    if isinstance(told, list):
        return [shape(one) for one in told[:1]]
    return "text or null" if told is None or isinstance(told, str) else type(told).__name__


def alike(one: Any, other: Any) -> bool:
    """Null stands for anything, and an empty list for any other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return not one or not other or alike(one[0], other[0])
    return one == other or "text or null" in (one, other)


def examples() -> list[tuple[str, str, str, str, str, str]]:
    text = EXAMPLES_PAGE.read_text(encoding="utf-8")
    found = []
    for asked in ASKED.finditer(text):
        answered = ANSWERED.search(text, asked.end())
        assert answered is not None, asked[0]
        found.append((*asked.groups(), *answered.groups()))
    return found


def test_the_examples_of_the_page_are_answered_as_it_says(full: Full) -> None:
    world, found = full[0], places(full)
    asked = set()
    for method, where, role, body, status, answer in examples():
        client = signed_in(world, f"{role}@eastmere")
        where = filled(where, found)
        asked.add(resolve(where.partition("?")[0]).url_name)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        given = {"data": filled(body.strip(), found), "content_type": "application/json"}
        more = {**given, "headers": headers} if method == "POST" else {}
        told = getattr(client, method.lower())(where, **more)
        assert told.status_code == int(status), (where, told.content)
        assert alike(shape(json.loads(answer)), shape(told.json())), (where, told.content)
    known = {str(entry.name) for route, entry in ROUTES if route.startswith("api/v1/<slug")}
    without = {"api_bank_files", "api_file_taking_back"}
    without |= {"api_supplier_looking"}  # tests/finance/test_registers.py
    # Files, and what is done with one that was sent: tests/finance/test_api_files_in.py.
    without |= {"api_documents_sent", "api_files_sent", "api_file_columns", "api_file_loading"}
    # The same of staff: tests/hr/test_api_posts.py.
    without |= {"api_supplier_statements_sent", "api_staff_files_sent"}
    without |= {"api_absence_files_sent"}  # tests/hr/test_absence_pages.py
    # Acts with a test of their own: tests/runs/test_api_runs.py, tests/sla/test_api_months.py.
    without |= {"api_run_cancellation", "api_run_retry", "api_month_signature", "api_month_remarks"}
    assert known - asked == without


@pytest.mark.parametrize("role", ROLES)
def test_no_call_fails_and_every_answer_is_documented(full: Full, role: str) -> None:
    world, planted, *_ = full
    shown = token(world, f"{role}@eastmere", scopes=sorted(known_scopes()))
    statuses: list[int] = []
    many = 1 if role == Role.STAFF else EXAMPLES
    for found in described().get_all_operations():
        ask_at_random(found.ok(), {"Authorization": f"Bearer {shown}"}, planted, statuses, many)
    assert {200, 403, 404} <= set(statuses) if role != Role.STAFF else {200, 403} <= set(statuses)


def application(environ: Any, start_response: Any) -> Any:
    """The product as a server calls it, from an address that is known."""
    return SERVED({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


@cache
def described() -> Any:
    """The calls as the product describes them, read once for all roles."""
    return schemathesis.openapi.from_wsgi("/api/v1/schema.yaml", application)


def ask_at_random(
    operation: Any, headers: dict[str, str], planted: Planted, statuses: list[int], many: int
) -> None:
    """Half of the calls name things that are there, or all of them would find nothing."""
    turns = count()

    @settings(
        max_examples=many,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.path_parameters["organisation"] = "eastmere"
        if next(turns) % 2 == 0:
            sample = {**case.path_parameters, **dict.fromkeys(_numbers(operation), 1)}
            name = resolve(operation.path.format(**sample)).url_name
            case.path_parameters |= values(str(name), planted)
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        statuses.append(answer.status_code)

    ask()


def _numbers(operation: Any) -> list[str]:
    """The arguments of an address besides the organisation."""
    return [one.name for one in operation.path_parameters if one.name != "organisation"]
