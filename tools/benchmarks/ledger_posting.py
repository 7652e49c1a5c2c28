"""Posting journals of five lines: from files to sealed entries, with numbers and balances."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tools.bench import Bench, Result

LINES = 5
CODINGS = 80
YEAR_START = date(2026, 4, 1)


def run(bench: Bench) -> Iterator[Result]:
    """A tenth of the rows first: memory must not grow with them."""
    by = _books()
    for rows in (bench.rows // 10, bench.rows):
        yield _post(bench, rows, by)


def _books() -> Any:
    from core.actors import system_actor
    from core.scope import scope
    from finance.services.ledger import ensure_periods, install_chart
    from tenants.services import create_organisation

    organisation = create_organisation(slug="bench", name="Bench", kind="council")
    by = system_actor(organisation.pk)
    with scope(acting=organisation.pk):
        install_chart(by=by)
        ensure_periods(days=[YEAR_START, YEAR_START + timedelta(days=100)], by=by)
    return by


def _post(bench: Bench, rows: int, by: Any) -> Result:
    from core.scope import scope
    from finance.models import Account
    from finance.services.ledger import coding_ids

    with scope(acting=by.organisation_id):
        codes = list(Account.objects.values_list("code", flat=True))[:CODINGS]
        found = coding_ids(pairs=[(code, None) for code in codes], by=by)
    journals, lines = bench.folder / "journals", bench.folder / "lines"
    _write(journals, lines, rows // LINES, list(found.values()))
    bench.checkpoint()
    key = str(rows)
    seconds = bench.timed(lambda: _load(journals, lines, key, by))
    condition = f"batch_id IN (SELECT id FROM finance_batch WHERE key = '{key}')"  # noqa: S608
    limit = bench.limit_seconds(
        [("finance_journal", condition), ("finance_journalline", condition)]
    )
    return bench.result("ledger posting", rows, seconds, limit)


def _write(journals: Path, lines: Path, count: int, codings: list[int]) -> None:
    """One month of journals, each of four costs against a creditor."""
    with journals.open("w") as heads, lines.open("w") as body:
        for n in range(count):
            day = YEAR_START + timedelta(days=n % 30)
            heads.write(f"{n}\t{day}\tInvoice {n}\tfinance.invoice\t{n}\n")
            amounts = [(n * 7919 + k * 104729) % 900_000 + 1 for k in range(LINES - 1)]
            for k, pence in enumerate((*amounts, -sum(amounts))):
                coding = codings[(n * 31 + k * 17) % len(codings)]
                body.write(f"{n}\t{coding}\t{pence}\tPart {k} of invoice {n}\n")


def _load(journals: Path, lines: Path, key: str, by: Any) -> None:
    from django.db import connection

    from core.scope import scope
    from finance.services.ledger import post_staged, stage

    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        stage(cursor)
        columns = "(journal_key, coding_id, amount_pence, description)"
        for path, name in ((journals, "new_journal"), (lines, f"new_line {columns}")):
            with path.open("rb") as file:
                cursor.cursor.copy_expert(f"COPY {name} FROM STDIN", file)
        post_staged(source="bench", key=key, series="GJ", by=by)
