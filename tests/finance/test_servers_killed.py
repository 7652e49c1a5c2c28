"""PostgreSQL, Redis and the worker are killed halfway; what is left is as if nobody had been.

Eastmere loads a published file; Northdale posts keyed invoices, proposes to pay them and releases
the payments; a worker counts. All of it happens on one server of their own, so that no other test
is disturbed.
"""

import os
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, close_old_connections, connection, connections
from kombu import Connection

from approvals.models import Request
from approvals.services import decide
from core.scope import scope
from finance.models import PaymentRun
from finance.services.files import load_file, receive_file
from finance.services.invoices import submit_for_approval
from runs.services import make_run, waiting
from runs.tasks import work_waiting
from sharedservices import embedded
from tests.conftest import EMPTY
from tests.finance import payables
from tests.finance.files_in import PUBLISHED
from tests.finance.payment_books import AT, DUE, bank, books, propose, release
from tests.finance.test_files_parts import books as loaded
from tests.runs import kinds as _kinds  # noqa: F401
from tests.runs.outcome import outcome
from tests.runs.outcome import undisturbed as parts_done
from tests.runs.processes import lose_redis, running, same_database, until
from tests.runs.server import Server
from tests.world import World, build_world

pytestmark = pytest.mark.faults
INVOICES, PARTS = 6, 10
# By the numbers that people know: a server that was killed leaves gaps among the ids.
PAID = {
    "runs": "SELECT number, state, payments, total_pence, version, released_by_name"
    " FROM finance_paymentrun",
    "payments": "SELECT number, state, amount_pence FROM finance_payment",
    "files": "SELECT format, serial, sha256, payments, total_pence FROM finance_paymentfile",
    "allocations": "SELECT p.number, i.number, a.amount_pence, a.live FROM finance_allocation a"
    " JOIN finance_payment p ON p.id = a.payment_id JOIN finance_invoice i ON i.id = a.invoice_id",
    "invoices": "SELECT number, state, posted_on, period, allocated_pence, paid_on, version"
    " FROM finance_invoice",
    "bank accounts": "SELECT name, next_serial FROM finance_bankaccount",
    "journals": "SELECT series, year, document_no, posting_date, narrative, total_debit_pence"
    " FROM finance_journal",
    "lines": "SELECT j.series, j.document_no, l.line_no, c.code, l.amount_pence"
    " FROM finance_journalline l JOIN finance_journal j"
    " ON (j.period, j.batch_id, j.id) = (l.period, l.batch_id, l.journal_id)"
    " JOIN finance_coding d ON d.id = l.coding_id JOIN finance_account c ON c.id = d.account_id",
    "decisions": "SELECT subject_key, amount_pence, state, decided_by_name FROM approvals_request",
    "events": "SELECT verb, subject_key, count(*) FROM events_event GROUP BY verb, subject_key",
    "counters": "SELECT series, next_number FROM tenants_counter",
}


@pytest.fixture
def fresh(server: Server) -> World:
    """The organisations as they are before anything is disturbed, always from empty tables."""
    return prepared(server)


def prepared(server: Server) -> World:
    """Eastmere's file waits to be loaded, Northdale's invoices for approval: two have theirs."""
    with closing(server.admin()) as admin, admin.cursor() as cursor:
        cursor.execute(EMPTY)
    world = build_world()
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        data = PUBLISHED.encode()
        received = receive_file(name="april.csv", data=data, purpose="published", by=by)
        load_file(file=received.file, by=by)
    by = books(world, "northdale")
    payables.prepare(world, "northdale")
    for number in range(INVOICES):
        of = payables.supplier(world, f"Supplier {number}", "northdale")
        made = payables.invoice(
            world, of, f"R{number}", "northdale", net=10_000 + number, due_on=DUE
        )
        with scope(acting=by.organisation_id):
            bank(by, of, account_number=f"1000000{number}")
            submit_for_approval(invoice=made, version=made.version, by=by)
    approve(world, 2)
    return world


def load(world: World) -> None:
    """As a worker does without Redis: by asking the tables until nothing waits."""
    call_command("work", once=True)


def approve(world: World, most: int = INVOICES) -> None:
    """One decision after the other, each of which posts its invoice."""
    boss = world.actor("finance_manager@northdale")
    for _ in range(most):
        with scope(acting=boss.organisation_id):
            request = Request.objects.filter(state="waiting").order_by("id").first()
            if request is not None:
                decide(request=request, decision="approve", by=boss, as_of=AT)


def propose_payments(world: World) -> None:
    by = world.actor("finance_officer@northdale")
    with scope(acting=by.organisation_id):
        propose(by)


def release_payments(world: World) -> None:
    boss = world.actor("finance_manager@northdale")
    with scope(acting=boss.organisation_id):
        release(PaymentRun.objects.get(), boss)


# Each step with the table that it writes to when half of its work is done.
STEPS: dict[str, tuple[Callable[[World], None], str]] = {
    "import": (load, "finance_payment"),
    "posting": (approve, "finance_journalline"),
    "proposal": (propose_payments, "finance_allocation"),
    "release": (release_payments, "finance_journalline"),
}


def left_behind(world: World) -> dict[str, Any]:
    """All that the steps leave in both organisations."""
    found = loaded(world.id("eastmere"))
    with scope(acting=world.id("northdale")), connection.cursor() as cursor:
        for name, query in PAID.items():
            cursor.execute(query)
            found[f"paid {name}"] = sorted(cursor.fetchall(), key=repr)
    return found


@pytest.fixture(scope="module")
def undisturbed(server: Server) -> dict[str, Any]:
    world = prepared(server)
    for act, _ in STEPS.values():
        act(world)
    found = left_behind(world)
    assert (found["file"][0], found["paid runs"][0][1:3]) == ("loaded", ("released", INVOICES))
    return found


def ask(act: Callable[[World], None], world: World) -> None:
    """As a web process is asked: it looks at first whether its connection still lives."""
    close_old_connections()
    act(world)


@pytest.mark.parametrize("step", STEPS)
def test_postgresql_killed_in_the_middle(
    server: Server, undisturbed: dict[str, Any], fresh: World, step: str
) -> None:
    with ThreadPoolExecutor(1) as process:
        for name, (act, table) in STEPS.items():
            if name == step:
                before = left_behind(fresh)
                with server.halting(table) as halted:
                    asked = process.submit(ask, act, fresh)
                    halted()
                    server.kill()
                    assert isinstance(asked.exception(30), Error)
                server.start()
                connection.close()
                # Only that a run has been started is known beforehand, of all that it does.
                begun = {"run": [("running", 0, {})]} if step == "import" else {}
                assert left_behind(fresh) == before | begun
            process.submit(ask, act, fresh).result(60)
        process.submit(connections.close_all).result()
    assert left_behind(fresh) == undisturbed


def test_worker_outlives_postgresql(server: Server, fresh: World, tmp_path: Path) -> None:
    """Some parts of its run are done and some are not; it waits, and does only the others."""
    place = fresh.id("eastmere")
    with scope(acting=place):
        inputs = {"parts": PARTS, "milliseconds": 200}
        by = fresh.actor("finance_officer@eastmere")
        make_run(kind="tests.short", key="k", inputs=inputs, by=by)
    log = tmp_path / "work.log"
    with running(log, "work", **same_database()) as worker:
        until(lambda: outcome(place, "k")["rows"][0] > 0, 30, "the worker did not begin")
        server.kill()
        until(lambda: "PostgreSQL is away" in log.read_text(), 30, "the worker saw nothing")
        server.start()
        connection.close()
        until(lambda: not waiting(), 60, "the run was not finished")
        assert worker.poll() is None
    assert outcome(place, "k") == parts_done(PARTS)


def test_worker_and_redis_killed_in_the_middle(
    server: Server, undisturbed: dict[str, Any], fresh: World, tmp_path: Path
) -> None:
    """Nobody starts Redis again: the load, the posting and the paying go on without it.

    The process of this test has none either, so that of its own bells nobody ever hears.
    """
    home = tmp_path / "redis"
    url = embedded.start_redis(home).replace("unix://", "redis+socket://")
    there = {**same_database(), "REDIS_URL": url}
    try:
        with Connection(url) as bell:
            work_waiting.apply_async(connection=bell)
        with (
            server.halting(STEPS["import"][1]) as halted,
            running(tmp_path / "celery.log", "celery", str(tmp_path / "beat"), **there) as worker,
        ):
            halted()
            os.killpg(worker.pid, signal.SIGKILL)
            lose_redis(home)
    finally:
        embedded.stop_redis(home)
        shutil.rmtree(embedded.redis_socket(home).parent, ignore_errors=True)
    assert waiting()
    for act, _ in STEPS.values():
        act(fresh)
    assert left_behind(fresh) == undisturbed
