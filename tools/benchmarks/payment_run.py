"""A payment run from open invoices to files, journal and paid invoices: an invoice a payment."""

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tools.bench import Bench, Result

AT = datetime(2026, 6, 15, 10, tzinfo=ZoneInfo("Europe/London"))
# Bacs carries less than £1,000,000,000.00 in a file, so the amounts are small.
INVOICES = 1
SEALED_AT_ONCE = 5_000
SUPPLIERS = """
INSERT INTO finance_supplier (organisation_id, code, name, name_norm, vat_number, company_number,
  public_body, redacted, terms_days, status, email, town, postcode, version,
  made_at)
SELECT %(o)s, %(key)s || n, 'Supplier ' || %(key)s || n, 'SUPPLIER' || %(key)s || n, '', '',
       false, false, 30, 'active', '', '', '', 1, %(at)s FROM generate_series(1, %(rows)s) n
"""
BANKS = """
INSERT INTO finance_supplierbank (organisation_id, id, supplier_id, account_sealed, account_index,
  account_ending, account_name, valid, state, made_by_name, made_at, agreed_by_name, agreed_at,
  called_by_name, called_number, called_outcome, called_person, called_source, modulus)
SELECT %(o)s, b.id, s.id, b.sealed, b.index, b.ending, s.name, '[2025-01-01,)', 'active',
       'Bench', '2025-01-01', 'Bench', '2025-01-01', '', '', '', '', '', 'unchecked'
FROM unnest(%(ids)s::bigint[], %(sealed)s::bytea[], %(indexes)s::bytea[], %(endings)s::text[])
     WITH ORDINALITY AS b (id, sealed, index, ending, place)
JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - %(first)s + 1 AS place
        FROM finance_supplier WHERE organisation_id = %(o)s AND code ^@ %(key)s) s USING (place)
"""
OPEN = """
INSERT INTO finance_invoice (organisation_id, number, supplier_id, supplier_ref, ref_norm, origin,
  invoice_on, received_on, due_on, net_pence, vat_pence, gross_pence, allocated_pence, state,
  hold_cause, hold_text, duplicate_grade, description, unit_path, touched, thread, version,
  made_by_name, made_at)
SELECT %(o)s, coalesce((SELECT max(number) FROM finance_invoice WHERE organisation_id = %(o)s), 0)
         + row_number() OVER (), s.id, 'R' || s.id || k, 'R' || s.id || k, 'keyed', '2026-05-01',
       '2026-05-01', '2026-06-01', 100 + s.id %% 9999, 0, 100 + s.id %% 9999, 0, 'posted', '', '',
       '', '', '', false, gen_random_uuid(), 1, 'Bench', %(at)s
FROM finance_supplier s, generate_series(1, %(each)s) k
WHERE s.organisation_id = %(o)s AND s.code ^@ %(key)s
"""


def run(bench: Bench) -> Iterator[Result]:
    """A twentieth of the rows as payments, and a tenth of those first: memory and pace stay.

    Then two organisations pay as many at once, each in a process of its own: a run alone keeps
    either PostgreSQL or Python busy, never both, so it cannot use two cores.
    """
    by, boss = _books("bench")
    for payments in (bench.rows // 200, bench.rows // 20):
        yield _pay(bench, payments, by, boss)
    yield _pay_at_once(bench, bench.rows // 20)


def _books(slug: str) -> tuple[Any, Any]:
    from core.actors import Actor, Right, system_actor
    from core.scope import scope
    from finance.services.ledger import ensure_periods, install_chart
    from finance.services.payments import create_bank_account
    from tenants.services import create_organisation

    organisation = create_organisation(slug=slug, name="Bench", kind="council")
    by = system_actor(organisation.pk)
    with scope(acting=organisation.pk):
        install_chart(by=by)
        ensure_periods(days=[AT.date()], by=by)
        create_bank_account(
            name="Main",
            sort_code="089999",
            account_number="66374958",
            account_name="Bench Council",
            service_user="654321",
            by=by,
        )
    boss = Actor(1, "Boss", organisation.pk, (Right(organisation.pk, "finance_manager"),))
    return by, boss


def _pay(bench: Bench, payments: int, by: Any, boss: Any) -> Result:
    _open(payments, by)
    _settle_down(bench)
    made: list[Any] = []
    seconds = bench.timed(lambda: made.append(_propose_and_release(by, boss)))
    limit = _limit(bench, made[0].pk, made[0].batch_id)
    return bench.result("payment run", payments, seconds, limit)


def _pay_at_once(bench: Bench, payments: int) -> Result:
    """Both start when both are ready; the time is that of the later to end."""
    payers = [_books(f"bench-{n}") for n in (1, 2)]
    for by, _ in payers:
        _open(payments, by)
    _settle_down(bench)
    fresh = multiprocessing.get_context("spawn")
    start, done = fresh.Barrier(3), fresh.Queue()
    processes = [fresh.Process(target=_payer, args=(*payer, start, done)) for payer in payers]
    for process in processes:
        process.start()
    start.wait(60)
    made: list[tuple[int, int]] = []
    seconds = bench.timed(lambda: made.extend(done.get(timeout=120) for _ in payers))
    limit = sum(_limit(bench, run_id, batch_id) for run_id, batch_id in made)
    return bench.result("payment run, two organisations at once", 2 * payments, seconds, limit)


def _payer(by: Any, boss: Any, start: Any, done: Any) -> None:
    """A process of its own, as a second web worker is."""
    import django
    from django.db import connection

    from tools.bench import DATABASE

    django.setup()
    connection.settings_dict["NAME"] = DATABASE
    connection.ensure_connection()
    start.wait(60)
    run = _propose_and_release(by, boss)
    done.put((run.pk, run.batch_id))


def _open(payments: int, by: Any) -> None:
    """So many suppliers of the organisation with bank details and an open invoice each."""
    from django.db import connection

    from core.scope import scope

    values = {
        "o": by.organisation_id,
        "key": f"{payments}-",
        "rows": payments,
        "each": INVOICES,
        "at": AT,
    }
    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        cursor.execute(SUPPLIERS, values)
        # Some at a time: what the measured run takes must not drown in what its rows took to make.
        for first in range(1, payments + 1, SEALED_AT_ONCE):
            some = _sealed_accounts(by, min(SEALED_AT_ONCE, payments + 1 - first))
            cursor.execute(BANKS, {**values, **some, "first": first})
        cursor.execute(OPEN, values)


def _limit(bench: Bench, run_id: int, batch_id: int) -> float:
    of_run = f"payment_run_id = {run_id}"
    return bench.limit_seconds(
        [
            ("finance_payment", of_run),
            (
                "finance_allocation",
                f"payment_id IN (SELECT id FROM finance_payment WHERE {of_run})",  # noqa: S608
            ),
            ("finance_paymentfilepart", of_run),
            ("finance_journalline", f"batch_id = {batch_id}"),
        ]
    )


def _sealed_accounts(by: Any, count: int) -> dict[str, Any]:
    """The columns of as many bank details, each sealed for its row."""
    from core.vault import next_ids
    from finance.models import SupplierBank

    ids = next_ids(SupplierBank, count)
    rows = [
        SupplierBank.columns_for(by.organisation_id, row, "200415", f"{row % 10**8:08d}")
        for row in ids
    ]
    names = {"sealed": "account_sealed", "indexes": "account_index", "endings": "account_ending"}
    return {"ids": ids, **{key: [row[name] for row in rows] for key, name in names.items()}}


def _settle_down(bench: Bench) -> None:
    """What autovacuum has long done to invoices that wait to be paid, and a checkpoint."""
    from core.management.commands.init_db import connect
    from tools.bench import DATABASE

    with closing(connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE finance_supplier, finance_supplierbank, finance_invoice,"
            " finance_payment, finance_allocation"
        )
    bench.checkpoint()


def _propose_and_release(by: Any, boss: Any) -> Any:
    from core.scope import scope
    from finance.models import BankAccount
    from finance.services.payments import propose_run, release_run

    days: dict[str, Any] = {"due_to": AT.date(), "pay_on": AT.date().replace(day=18)}
    with scope(acting=by.organisation_id):
        account = BankAccount.objects.get()
        run = propose_run(**days, bank_account=account, by=by, at=AT)
    with scope(acting=by.organisation_id):
        return release_run(
            run=run, typed_total_pence=run.total_pence, version=run.version, by=boss, at=AT
        )
