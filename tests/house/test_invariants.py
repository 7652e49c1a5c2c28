"""Each promise of the books is asked afterwards, and each check finds what an administrator broke.

One organisation does a little of everything; then its rows are changed behind the back of every
constraint and trigger, one way at a time.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from approvals.models import Request
from approvals.services import Band, decide
from approvals.services.delegations import delegate
from core.invariants import INVARIANTS
from core.management.commands.init_db import connect
from core.scope import scope
from events import services
from events.verbs import declare, handler
from finance.models import Invoice, JournalLine, Payment
from finance.services import invoices
from finance.services.credits import match_credit
from finance.services.einvoices import receive_einvoice
from finance.services.reconciliations import prepare_reconciliation, sign_reconciliation
from finance.services.recurring import Plan, decide_schedule, propose_schedule
from finance.services.returns import return_payment
from finance.services.supplier_statements import choose_statement_columns, receive_statement
from sla.models import MeasureValue
from sla.services import compute_measures, load_indicators, propose_target, sign_month
from tests.access.reviewed import begun_reviews
from tests.access.two_hats import accepted_conflict
from tests.approvals.cast import make_day, set_bands, submit
from tests.events.sealing import seal_everything
from tests.finance import bank_books, ubl_documents
from tests.finance.files_in import load
from tests.finance.payables import again, ask, entry, held, prepare
from tests.finance.payment_books import AT, books, propose, release, supplier
from tests.finance.publications_in import published
from tests.house.breaks import BREAKS
from tests.hr.allowed import allowance, ask_allowance
from tests.hr.record import FIRST, agree, employer, hire
from tests.payroll import pay_runs
from tests.world import TODAY, World

declare(tests__thing__heard="Heard")


def broken() -> set[str]:
    out = StringIO()
    try:
        call_command("check_invariants", json=True, stdout=out)
    except CommandError:
        assert out.getvalue() != "[]"
    found = json.loads(out.getvalue())
    assert {row["organisation"] for row in found} <= {"eastmere"}
    return {row["invariant"] for row in found}


@contextmanager
def behind_its_back(admin: Any, table: str, statement: str) -> Iterator[None]:
    """The statement without constraints and triggers; the table is as it was afterwards."""
    with admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            f" WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''"
        )
        (columns,) = cursor.fetchone()
        cursor.execute(f"CREATE TABLE kept AS SELECT {columns} FROM {table}")
        try:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
            yield
        finally:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM kept")
            cursor.execute("DROP TABLE kept")


def posted(world: World, of: Any, ref: str) -> Invoice:
    """An invoice, entered by one and approved by another; in an open scope."""
    by, boss = (world.actor(f"finance_{who}@eastmere") for who in ("officer", "manager"))
    row = invoices.enter_invoice(entry=entry(of, ref), by=by, as_of=TODAY)
    invoices.submit_for_approval(invoice=row, version=row.version, by=by)
    request = Request.objects.get(subject_id=row.pk, state="waiting")
    decide(request=request, decision="approve", comment="", by=boss, as_of=AT)
    return again(row)


def decided_in_two_steps(world: World) -> None:
    """By one for another, then by a third; a second delegation of the same days besides."""
    steps = [(0, None, "manager"), Band(0, None, "finance_manager", 2)]
    set_bands(world, bands=steps)
    now = timezone.now()
    for who, to in (("manager", "payroll_officer"), ("finance_officer", "administrator")):
        by, other = world.actor(f"{who}@eastmere"), world.people[f"{to}@eastmere"]
        days = {"first_on": timezone.localdate(now), "last_on": timezone.localdate(now)}
        with scope(acting=by.organisation_id):
            delegate(to_person_id=other.pk, by=by, as_of=now, **days)
    request = submit(world, make_day(world))
    for who in ("payroll_officer", "finance_manager"):
        by = world.actor(f"{who}@eastmere")
        with scope(acting=by.organisation_id):
            decide(request=request, decision="approve", by=by, as_of=timezone.now())


@pytest.fixture
def a_little_of_everything(committed_world: World) -> World:
    """A file loaded and paid as published; a delivery; keyed invoices in every stage."""
    world = committed_world
    prepare(world)
    by, boss = books(world), world.actor("finance_manager@eastmere")
    decided_in_two_steps(world)
    load(world)
    officer = employer(world)
    handler("tests.thing.heard", "listen")(lambda event: None)
    with scope(acting=by.organisation_id):
        harrow = supplier(by, "HARROW")
        posted(world, harrow, "TO-PAY")
        posted(world, supplier(by, "KESTREL"), "TO-COME-BACK")
        release(propose(by, due_to=TODAY + timedelta(days=60)), boss)
        wrong = posted(world, harrow, "WRONG")
        invoices.reverse_invoice(
            invoice=wrong, version=wrong.version, reason="Not ours", by=boss, as_of=TODAY
        )
        posted(world, harrow, "PROPOSED")
        propose(by, due_to=TODAY + timedelta(days=60))
        credited = posted(world, harrow, "OPEN")
        credit = invoices.enter_invoice(entry=entry(harrow, "CN", net=-500), by=by, as_of=TODAY)
        given = {"invoice": credited, "pence": 500, "reason": "Returned", "by": by}
        match_credit(credit=credit, version=1, **given)
        ask(by)
        held(by, supplier(by, "STOPPED"))
        plan = Plan("Paper", 120_00, 0, "yearly", TODAY, None, "54300", None, by.person_id or 0)
        schedule = propose_schedule(supplier=harrow, plan=plan, by=by, as_of=TODAY)
        decide_schedule(schedule=schedule, version=1, agree=True, by=boss)
        given = {"supplier": harrow, "statement_on": TODAY, "by": by}
        said = receive_statement(name="june.csv", data=b"Ref,Amount\nOPEN,120.00", **given)
        choose_statement_columns(statement=said, version=1, columns=said.mapping, by=by)
        receive_einvoice(name="kestrel.xml", data=ubl_documents.invoice(), by=by)
        someone = hire(officer, world)
        allowance(officer)
        agree(ask_allowance(officer, someone.number, FIRST), world)
        services.record_about("tests.thing.heard", "tests.thing", 1, by=by)
    bank_of(world)
    pay_runs.fill(world, "eastmere")
    load_indicators()
    compute_measures([by.organisation_id])
    with scope(acting=by.organisation_id):
        for (month,) in (
            MeasureValue.objects.filter(month__lte=TODAY).order_by().values_list("month").distinct()
        ):
            sign_month(month=month, job_title="Head of Finance", by=boss)
        pay_runs.opted_out(by)
        lines = (Decimal(95), Decimal(90), Decimal(80))
        later = {"indicator_code": "AP-03", "valid_from": timezone.localdate(), "lines": lines}
        published(by, boss, "A law")
        propose_target(**later, reason="The board asked for it.", by=boss)
    accepted_conflict(world, "eastmere")
    begun_reviews(world, "eastmere")
    services.deliver_waiting()
    seal_everything()
    return world


def bank_of(world: World) -> None:
    """A run on a statement, an entry that nothing explains, June signed, a payment come back.

    Each in a scope of its own: the ledger adds up at commit.
    """
    by = world.actor("finance_officer@eastmere")
    boss = world.actor("centre_manager@centre", "eastmere")
    with scope(acting=by.organisation_id):
        own = bank_books.bank_account()
        left = Payment.objects.filter(state="released", payment_run__bank_account=own)
        total = left.aggregate(pence=Sum("amount_pence"))["pence"]
        moved = JournalLine.objects.filter(coding_id=own.coding_id)
        opening = moved.aggregate(pence=Sum("amount_pence"))["pence"]
        entries = [bank_books.paid(total), (date(2026, 6, 30), -40, "", "ODD")]
        bank_books.bank_says(by, entries, opening)
    with scope(acting=by.organisation_id):
        june = {"account": own, "period": 202606, "by": by, "at": bank_books.JULY}
        sign_reconciliation(reconciliation=prepare_reconciliation(**june), by=boss)
        why = {"kind": "returned", "reason": "Closed", "by": by, "at": bank_books.JULY}
        return_payment(payment=left.get(supplier__code="KESTREL"), **why)


def test_every_check_finds_what_was_broken(a_little_of_everything: World) -> None:
    assert broken() == set()
    wanted, found = {}, {}
    with closing(connect(connection.settings_dict["NAME"])) as admin:
        for table, statement, names in BREAKS:
            with behind_its_back(admin, table, statement):
                wanted[statement], found[statement] = names, broken()
    assert found == wanted
    assert broken() == set()
    assert set(INVARIANTS) == set().union(*(names for _, _, names in BREAKS))


def test_an_unknown_organisation_is_said_to_be_so(world: World) -> None:
    with pytest.raises(CommandError, match="no such organisation"):
        call_command("check_invariants", organisation="atlantis")
