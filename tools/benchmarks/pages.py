"""Pages over very many invoices, as a finance officer asks for them: the median of several asks.

A page must take under 150 ms on the server, at most 10 queries and 100 KB; what does not is named.
Files to download are measured too, without those bounds. Rows are those that the page shows; the
limit is reading as many invoices by a range of their primary key, and nothing else.
"""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from types import SimpleNamespace
from typing import Any

from tools.bench import Bench, Result
from tools.books import CENTRE, Books, make_books

ASKS = 5
# Lists of what is done about invoices, with the page of a figure that opens down to them.
WORK = {
    "exceptions": "invoices/exceptions/",
    "credit notes": "invoices/credits/",
    "recurring": "invoices/recurring/",
    "documents": "invoices/documents/",
    "duplicates": "invoices/duplicates/",
    "alerts": "invoices/alerts/",
    "supplier requests": "suppliers/requests/",
    "supplier statements": "suppliers/statements/",
    "supplier holds": "suppliers/holds/",
    "bank": "bank/",
    "bank accounts": "bank-accounts/",
    "late interest": "reports/late-interest/",
    "discounts": "reports/discounts/",
    "payments notices": "reports/payments-notices/",
    "published months": "transparency/months/",
    "redactions": "transparency/redactions/",
    "approval routes": "approvals/routes/",
}
MOST_MS, MOST_QUERIES, MOST_KILOBYTES = 150, 10, 100


@dataclass(frozen=True)
class PageResult(Result):
    """A page's line: also the milliseconds on the server, its queries and its size."""

    milliseconds: int
    queries: int
    kilobytes: int


def run(bench: Bench) -> Iterator[Result]:
    """Every page once for its caches, then `ASKS` times."""
    from django.test import Client, override_settings

    from access.proofs import note_second_factor

    books = make_books(bench.rows)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    # TESTING lets answers say how many queries they took; files need no manifest here.
    with override_settings(TESTING=True, STORAGES=plain):
        for person, slug, pages in (
            (books.officer, books.slug, addresses(books)),
            (books.auditor, books.slug, addresses_of_auditor(books)),
            (books.auditor, CENTRE, addresses_at_centre()),
        ):
            client = Client(SERVER_NAME="localhost")
            client.force_login(person)
            session = client.session
            shown = SimpleNamespace(session=session, user=person)
            note_second_factor(shown, "totp")
            session.save()
            for name, address in pages.items():
                found = _measure(bench, client, books, name, f"/{slug}/{address}")
                if _beyond(found) and not name.startswith("file of"):
                    sys.stderr.write(f"Beyond its bounds: {name}\n")
                yield found


def addresses(books: Books) -> dict[str, str]:
    """The pages by name, relative to the organisation."""
    day = "%d/%m/%Y"
    month = (books.today - timedelta(days=400)).strftime(day)
    after = (books.today - timedelta(days=370)).strftime(day)
    recent = (books.today - timedelta(days=20)).strftime(day)
    middle = books.rows // 2
    pages = {
        "home": "",
        "board": "board/",
        "suppliers": "suppliers/",
    }
    lists = {
        "open": "",
        **{state: f"state={state}" for state in ("received", "held", "submitted", "approved")},
        **{state: f"state={state}" for state in ("posted", "paid", "disputed", "reversed")},
        **{name: f"state={name}" for name in ("all", "due", "owed")},
        "held for a cause": "state=held&cause=price",
        "large supplier": "state=all&supplier=S1",
        "small supplier": f"state=all&supplier=S{books.suppliers - 3}",
        "large supplier, open": "supplier=S1",
        "due in a month": f"state=all&since={month}&until={after}",
        "open, due before": f"until={recent}",
    }
    for dates in ("received", "invoiced", "paid", "posted", "approved"):
        lists[f"{dates} in a month"] = f"state=all&dates={dates}&since={month}&until={after}"
        lists[f"{dates} in a month, paid"] = f"state=paid&dates={dates}&since={month}&until={after}"
        lists[f"{dates} long ago"] = f"state=all&dates={dates}&until=01/01/2020"
    lists |= {
        "amounts, many": "state=all&least=1000",
        "amounts, few": "state=all&least=150000",
        "amounts, few open": "least=150000",
        "amount, exact": "state=all&least=1234.56&most=1234.56",
        "amounts, none": "state=all&least=9000000",
        "duplicates": "state=all&duplicates=on",
        "duplicates, open": "duplicates=on",
        "duplicates, disputed": "state=disputed&duplicates=on",
        "name": "state=all&q=harrow",
        "name, open": "q=harrow",
        "one name": f"state=all&q=harrow+homes+{middle % books.suppliers}",
        "their number": f"state=all&q=REF-{middle}",
        "their numbers": "state=all&q=REF-1",
        "our number": f"state=all&q=INV-{middle}",
        "digits": f"state=all&q={middle}",
        "nothing found": "state=all&q=zebra",
        "a letter": "state=all&q=h",
        "a letter, open": "q=h",
        "name, by due": "state=all&q=harrow&sort=due",
        "their numbers, open": "q=REF-1",
    }
    for sort in ("number", "due", "-due", "amount", "-amount", "invoiced", "-invoiced"):
        lists[f"by {sort}"] = f"state=all&sort={sort}"
        lists[f"open by {sort}"] = f"sort={sort}"
    lists |= {
        "last page": "state=all&page=200",
        "last page by due": "state=all&page=200&sort=due",
        "last page by amount": "state=all&page=200&sort=-amount",
        "name, last page": "state=all&q=harrow&page=200",
        "amounts, by due": "state=all&least=150000&sort=due",
        "supplier by due": "state=all&supplier=S1&sort=-due",
        "name and paid in a month": f"state=all&q=harrow&dates=paid&since={month}&until={after}",
    }
    pages |= {f"invoices: {name}": f"invoices/?{query}" for name, query in lists.items()}
    return pages | {
        **WORK,
        "invoice": f"invoices/{middle}/",
        "suppliers: last page": f"suppliers/?page={books.suppliers // 50}",
        "suppliers: name": "suppliers/?q=harrow",
        "suppliers: code": f"suppliers/?q=S{books.suppliers // 2}",
        "suppliers: held": "suppliers/?status=held",
        "supplier, large": "suppliers/of/S1/",
        "supplier, small": f"suppliers/of/S{books.suppliers // 2}/",
        "payments": "payments/",
        "payments: last page": "payments/?page=200",
        "payments: in a month": f"payments/?since={month}&until={after}",
        "payments: name": "payments/?supplier=harrow",
        "payments: one name": f"payments/?supplier=harrow+homes+{middle % books.suppliers}",
        "payments: nobody": "payments/?supplier=zebra",
        "payments: run": "payments/?run=50",
        "payments: proposed": "payments/?state=proposed",
        "payments: taken out": "payments/?state=removed",
        "payment": f"payments/{books.rows // 10}/",
        "payment runs": "payment-runs/",
        "payment run": "payment-runs/50/",
        "files": "files/",
        "file": "files/1/",
        "submitted": "waiting/submitted/",
        "transparency": "transparency/",
        "trial balance": "ledger/",
        "ledger": "ledger/entries/",
        "ledger: account": "ledger/entries/?account=52000",
        "ledger: payables": "ledger/entries/?account=21000",
        "ledger: unit": "ledger/entries/?unit=100",
        "ledger: words": f"ledger/entries/?text=REF-{middle}",
        "ledger: no such words": "ledger/entries/?text=zebra",
        "ledger: batch": "ledger/entries/?batch=3",
        "ledger: page 200": "ledger/entries/?page=200",
        "ledger: last page": "ledger/entries/?page=9999999",
        "ledger: payables, last page": "ledger/entries/?account=21000&page=9999999",
        "periods": "ledger/periods/",
        "aged creditors": "reports/aged-creditors/",
        "prompt payment": "reports/prompt-payment/",
        "measures": "measures/",
        "measure": "measures/AP-03/",
        "journey": f"measures/AP-03/{books.today - timedelta(days=60):%Y-%m}/journey/",
        "runs": "runs/",
        "waiting": "waiting/",
        "file of invoices": "invoices/export/?state=all",
        "file of suppliers": "suppliers/export/",
        "file of payments": "payments/export/",
    }


def addresses_of_auditor(books: Books) -> dict[str, str]:
    """The pages of an auditor, by name: trail and decisions grow with every invoice."""
    return {
        "home of an auditor": "",
        "trail": "trail/",
        "trail: last page": "trail/?page=200",
        "trail: subject": f"trail/?subject=finance.invoice:{books.rows // 2}",
        "trail: person": "trail/?person=officer",
        "trail: nobody": "trail/?person=zebra",
        "trail: verb": "trail/?verb=finance.invoice.received",
        "trail: seals": "trail/seals/",
        "deliveries": "deliveries/",
        "decided": "waiting/decided/",
        "decided: last page": "waiting/decided/?page=400",
    }


def addresses_at_centre() -> dict[str, str]:
    """Pages of the centre, by name: lists of all partners together."""
    pages = {
        "home": "",
        "invoices": "invoices/",
        "invoices, all by due": "invoices/?state=all&sort=due",
        "invoices, name": "invoices/?q=harrow",
        "suppliers": "suppliers/",
        "payments": "payments/",
        "payments, last page": "payments/?page=200",
        "payment runs": "payment-runs/",
        "files": "files/",
        "ledger": "ledger/entries/",
        "aged creditors": "reports/aged-creditors/",
        "trail": "trail/",
        "deliveries": "deliveries/",
        "decided": "waiting/decided/",
        "periods": "ledger/periods/",
    }
    return {f"centre: {name}": address for name, address in pages.items()}


def _beyond(found: PageResult) -> bool:
    return (
        found.milliseconds >= MOST_MS
        or found.queries > MOST_QUERIES
        or found.kilobytes > MOST_KILOBYTES
    )


def _measure(bench: Bench, client: Any, books: Books, name: str, url: str) -> PageResult:
    answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answers {answer.status_code}")
    seconds = statistics.median(bench.timed(lambda: client.get(url)) for _ in range(ASKS))
    rows = max(answer.content.count(b"<tr") or answer.content.count(b"\r\n"), 1)
    return PageResult(
        **vars(bench.result(name, rows, seconds, _bare_seconds(bench, books, rows))),
        milliseconds=round(seconds * 1000),
        queries=int(answer["X-Queries"]),
        kilobytes=ceil(len(answer.content) / 1000),
    )


def _bare_seconds(bench: Bench, books: Books, rows: int) -> float:
    """The limit: as many invoices from the middle of the books, by their key."""
    from django.db import connection

    from core.scope import scope

    first = books.rows // 2
    sql = "SELECT * FROM finance_invoice WHERE organisation_id = %s AND id BETWEEN %s AND %s"
    with scope(acting=books.organisation_id), connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(sql, [books.organisation_id, first, first + rows - 1])
            cursor.fetchall()

        return statistics.median(bench.timed(read) for _ in range(ASKS))
