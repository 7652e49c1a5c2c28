"""Killed at every step, and asked twice at once: nothing or everything, and each penny once."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from core.actors import Actor
from core.errors import Refusal, Refused
from core.scope import scope
from finance.models import PaymentFile, PaymentRun
from runs.faults import POINTS
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.finance.payment_books import books, invoice, propose, release, supplier
from tests.world import SINCE, World

ROOT = Path(__file__).resolve().parents[2]
STEPS = {
    "propose": ("finance_officer", ["numbered", "written", "allocated", "proposed"]),
    "release": ("finance_manager", ["checked", "filed", "posted", "settled", "released"]),
}
TABLES = {
    "finance_paymentrun": "number, state, payments, total_pence, version, batch_id",
    "finance_payment": "number, state, amount_pence, batch_id, journal_id",
    "finance_paymentfile": "format, serial, sha256, size_bytes, payments, total_pence",
    "finance_paymentfilepart": "format, sequence, octet_length(content_sealed)",
    "finance_allocation": "payment_id, invoice_id, amount_pence, live",
    "finance_invoice": "number, state, allocated_pence, paid_on, version",
    "finance_bankaccount": "name, next_serial",
    "finance_journalline": "batch_id, line_no, amount_pence",
    "events_event": "verb, subject_id",
    "tenants_counter": "series, next_number",
}


def snapshot(organisation_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """All that paying changes, without the ids and times that a retry may use up."""
    found = {}
    with scope(acting=organisation_id), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def filled(world: World, count: int = 6) -> Actor:
    by = books(world)
    with scope(acting=by.organisation_id):
        for number in range(count):
            row = supplier(by, f"S{number}")
            invoice(by, row, 1_000 + number)
            invoice(by, row, -10)
    return by


def in_process(step: str, role: str, point: str, fuse: Path) -> subprocess.CompletedProcess[str]:
    armed = {"FAULT_POINT": f"payments.{point}", "FAULT_FUSE": str(fuse)}
    command = [sys.executable, "-m", "tests.finance.pay_in_process", step]
    return subprocess.run(
        [*command, "eastmere", f"{role}@eastmere.example"],
        cwd=ROOT,
        env={**os.environ, **armed},
        capture_output=True,
        text=True,
        check=False,
    )


class Undo(Exception):
    """Ends a scope without its work."""


def undisturbed_files(by: Actor) -> list[tuple[str, str]]:
    """What a release without any fault would write, seen and undone."""
    found: list[tuple[str, str]] = []
    with pytest.raises(Undo), scope(acting=by.organisation_id):
        release(PaymentRun.objects.get(), by)
        found = sorted(PaymentFile.objects.values_list("format", "sha256"))
        raise Undo
    return found


@pytest.mark.faults
def test_killed_at_every_point_leaves_nothing_and_a_retry_does_all(
    committed_world: World, tmp_path: Path
) -> None:
    by = filled(committed_world)
    boss = committed_world.actor("finance_manager@eastmere")
    wanted: list[tuple[str, str]] = []
    for step, (role, points) in STEPS.items():
        for point in points:
            before = snapshot(by.organisation_id)
            fuse = tmp_path / point
            fuse.touch()
            killed = in_process(step, role, point, fuse)
            assert (killed.returncode, fuse.exists()) == (-9, False), (point, killed.stderr)
            assert snapshot(by.organisation_id) == before, point
        done = in_process(step, role, "none", tmp_path / "none")
        assert done.returncode == 0, done.stderr
        if step == "propose":
            wanted = undisturbed_files(boss)
    with scope(acting=by.organisation_id):
        assert sorted(PaymentFile.objects.values_list("format", "sha256")) == wanted
        run = PaymentRun.objects.get()
        assert (run.number, run.state, run.payments, run.total_pence) == (1, "released", 6, 5_955)
    named = {f"payments.{point}" for _, points in STEPS.values() for point in points}
    assert named == {point for point in POINTS if point.startswith("payments.")}


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs every act in a thread of its own; answers or refusals in their order."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.parametrize("days", [(18, 18, 18), (18, 19, 22)])
def test_concurrent_proposals_take_each_invoice_once(
    committed_world: World, days: tuple[int, ...]
) -> None:
    by = filled(committed_world, 40)

    def proposing(day: int) -> Callable[[], Any]:
        def act() -> Any:
            with scope(acting=by.organisation_id):
                return propose(by, pay_on=date(2026, 6, day)).number

        return act

    answers = at_once(*[proposing(day) for day in days])
    refused = [a.code for a in answers if isinstance(a, Refused)]
    made = [a for a in answers if not isinstance(a, Refused)]
    assert (made, refused) == (([1, 1, 1], []) if len(set(days)) == 1 else ([1], ["PAY02"] * 2))
    found = snapshot(by.organisation_id)
    live = [row for row in found["finance_allocation"] if row[3]]
    assert (len(live), len({row[1] for row in live})) == (80, 80)
    assert len(found["finance_payment"]) == 40


def second_manager(world: World) -> None:
    person = create_person(email="second@eastmere.example", name="Second manager")
    world.people["second@eastmere"] = person
    with scope(acting=world.id("eastmere")):
        give_role(person=person, role=Role.FINANCE_MANAGER, since=SINCE)


def test_concurrent_releases_by_two_people_make_one_file(committed_world: World) -> None:
    by = filled(committed_world, 40)
    second_manager(committed_world)
    with scope(acting=by.organisation_id):
        run = propose(by)

    def releasing(who: str) -> Callable[[], Any]:
        def act() -> Any:
            with scope(acting=by.organisation_id):
                return release(run, committed_world.actor(who)).state

        return act

    answers = at_once(releasing("finance_manager@eastmere"), releasing("second@eastmere"))
    assert sorted(str(type(a).__name__) for a in answers) == ["Clash", "str"]
    found = snapshot(by.organisation_id)
    assert len(found["finance_paymentfile"]) == 2
    assert (
        sum(
            row[2]
            for row in found["finance_journalline"]
            if row[0] == found["finance_paymentrun"][0][5]
        )
        == 0
    )
    assert {row[1] for row in found["finance_invoice"]} == {"paid"}


def test_concurrent_releases_by_one_person_are_one_release(committed_world: World) -> None:
    by = filled(committed_world, 5)
    boss = committed_world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = propose(by)

    def act() -> Any:
        with scope(acting=by.organisation_id):
            return release(run, boss).released_at

    first, second = at_once(act, act)
    assert first == second
    assert len(snapshot(by.organisation_id)["finance_paymentfile"]) == 2
