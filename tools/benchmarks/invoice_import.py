"""Published payment files from bytes to invoices posted and paid: invoice lines a second."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from tools.bench import Bench, Result

LINES_OF_A_FILE = 20_000
LINES_OF_AN_INVOICE = 2
SUPPLIERS = 1_500
FIRST_DAY = date(2026, 4, 1)
SERVICES = ("Libraries", "Parks", "Adult care", "Highways", "Schools", "Housing", "Museums")
CATEGORIES = ("Stationery", "Rest Home Payment", "Agency staff", "Electricity", "Software", "Rents")
HEADINGS = (
    "Service,Category,Payment Date,Transaction Number,Net Amount,Supplier Number,Supplier Name"
)
OUTPUTS = (
    *("finance_sourcerow", "finance_invoice", "finance_invoiceline", "finance_journal"),
    *("finance_journalline", "finance_payment", "finance_allocation"),
)


def run(bench: Bench) -> Iterator[Result]:
    """A tenth of the rows first: memory and pace must not change with them."""
    for number, rows in enumerate((bench.rows // 10, bench.rows)):
        yield _import(bench, f"bench-{number}", rows)


def _import(bench: Bench, slug: str, rows: int) -> Result:
    from tenants.services import create_organisation

    here = create_organisation(slug=slug, name=slug, kind="council").pk
    bench.checkpoint()
    seconds = 0.0
    for first in range(0, rows, LINES_OF_A_FILE):
        data = _file(first, min(rows, first + LINES_OF_A_FILE))
        seconds += bench.timed(partial(_load, here, f"{first}.csv", data))
    limit = bench.limit_seconds([(table, f"organisation_id = {here}") for table in OUTPUTS])
    return bench.result("invoice import to posted and paid", rows, seconds, limit)


def _file(first: int, until: int) -> bytes:
    """Rows in the manner of councils: a transaction of two lines, one in forty a credit."""
    lines = [HEADINGS]
    for n in range(first, until):
        transaction = n // LINES_OF_AN_INVOICE
        supplier = transaction * 7_919 % SUPPLIERS
        day = FIRST_DAY + timedelta(days=transaction % 28)
        pence = (n * 104_729 % 900_000 + 100) * (-1 if transaction % 40 == 0 else 1)
        amount = f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"
        lines.append(
            f"{SERVICES[n % 7]},{CATEGORIES[n % 6]},{day:%d/%m/%Y},T{transaction:08},{amount},"
            f"{supplier + 10_000},Supplier {supplier} Ltd"
        )
    return "\n".join(lines).encode()


def _load(organisation_id: int, name: str, data: bytes) -> None:
    from core.actors import system_actor
    from core.scope import scope
    from finance.services.files import load_file, receive_file
    from runs.models import Run
    from runs.services import work_run

    by: Any = system_actor(organisation_id)
    with scope(acting=organisation_id):
        received = receive_file(name=name, data=data, purpose="published", by=by)
        run = load_file(file=received.file, by=by)
    work_run(organisation_id, run.pk)
    with scope(acting=organisation_id):
        done = Run.objects.get(pk=run.pk)
        if done.state != Run.State.FINISHED:
            raise RuntimeError(f"The run did not finish: {done.problem}")
