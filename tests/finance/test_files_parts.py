"""All that the load of a file leaves; it is the same in however many parts."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connections
from django.db.models import Count, Sum

from core.actors import system_actor
from core.management.commands.init_db import connect
from core.scope import scope
from events.models import Event
from finance.models import (
    Allocation,
    Coding,
    Invoice,
    Journal,
    JournalLine,
    Payment,
    PaymentRun,
    SourceFile,
    SourceRow,
    Supplier,
)
from finance.services.files import load_file, receive_file
from runs.models import Problem, Run
from runs.services import work_all
from tenants.services import create_organisation
from tests.conftest import EMPTY
from tests.finance.files_in import PUBLISHED


@pytest.fixture(scope="module", autouse=True)
def committed_tables(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Real transactions for all trials; each has an organisation of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
        connections["default"].close()
        with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin:
            admin.cursor().execute(EMPTY)


def plan(slug: str) -> int:
    """A new organisation whose file is confirmed and waits to be loaded."""
    short = slug.replace(".", "-").replace("_", "-")
    made = create_organisation(slug=short, name=slug, kind="council")
    by = system_actor(made.pk)
    with scope(acting=made.pk):
        data = PUBLISHED.encode()
        received = receive_file(name="april.csv", data=data, purpose="published", by=by)
        load_file(file=received.file, by=by)
    return made.pk


@pytest.fixture(scope="module")
def undisturbed(committed_tables: None) -> dict[str, Any]:
    organisation_id = plan("undisturbed")
    work_all()
    return books(organisation_id)


def books(organisation_id: int) -> dict[str, Any]:
    """Everything the load leaves, by the keys that people know and not by those of tables."""
    with scope(acting=organisation_id):
        accounts = dict(Coding.objects.values_list("id", "account__code"))
        balances: Counter[str] = Counter()
        for coding, pence in JournalLine.objects.values_list("coding_id", "amount_pence"):
            balances[accounts[coding]] += pence
        file = SourceFile.objects.get()
        return {
            "file": [file.state, file.rows_loaded, file.rows_held, file.loaded_pence],
            "rows": sorted(SourceRow.objects.values_list("row_no", "kind", "cause")),
            "suppliers": sorted(Supplier.objects.values_list("code", "name")),
            "invoices": sorted(
                Invoice.objects.values_list(
                    "number", "supplier__code", "supplier_ref", "gross_pence", "state"
                )
            ),
            "journals": sorted(
                Journal.objects.values_list("series", "period").annotate(
                    journals=Count("document_no", distinct=True), pence=Sum("total_debit_pence")
                )
            ),
            "balances": dict(balances),
            "payment runs": sorted(
                PaymentRun.objects.values_list("number", "pay_on", "payments", "total_pence")
            ),
            "payments": sorted(Payment.objects.values_list("number", "amount_pence")),
            "allocations": sorted(Allocation.objects.values_list("amount_pence", "live")),
            "run": list(Run.objects.order_by("id").values_list("state", "rows_done", "results")),
            "exceptions": sorted(Problem.objects.values_list("row", "cause")),
            "events": sorted(
                Event.objects.filter(verb__startswith="finance.file.").values_list("verb")
            ),
        }


def test_file_of_several_parts_is_the_same_in_all(
    undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finance.kinds.ROWS_OF_A_PART", 4)
    organisation_id = plan("parts")
    work_all()
    with scope(acting=organisation_id):
        assert Run.objects.get().problem == ""
    parts = books(organisation_id)
    for same in ("file", "rows", "balances", "exceptions", "allocations"):
        assert parts[same] == undisturbed[same]
    assert [each[0] for each in parts["invoices"]] == list(range(1, 9))
    for name, unnumbered in (("invoices", 2), ("payment runs", 1), ("payments", 1)):
        assert sorted(each[unnumbered:] for each in parts[name]) == sorted(
            each[unnumbered:] for each in undisturbed[name]
        )
