"""Files that lay in clear before files were sealed: the migrations seal them, and they open."""

import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection
from pytest import MonkeyPatch

from core import vault
from core.management.commands.init_db import connect, create
from core.vault import Place, unseal_bytes
from tests.core.test_rows_sealed_late import FORCED, migrate, put
from tests.databases import using

BEFORE = [("payroll", "0033_claimed_by_terms"), ("finance", "0041_bank_reports_of_others")]
AFTER = [("payroll", "0035_sealed_files"), ("finance", "0042_sealed_files")]
CAME_IN = ("finance_sourcefile", "finance_invoicedocument", "finance_supplierstatement")
PARTS = ("finance_paymentfilepart", "payroll_payfilepart")
CONTENT = b"200415,12345678,Harrow Paper Ltd\n" * 40


@pytest.fixture
def before(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Any]:
    """A cursor of the administrator in a database that was not migrated further."""
    name = f"{connection.settings_dict['NAME']}_files"
    create(name)
    with django_db_blocker.unblock(), using(name):  # type: ignore[attr-defined]
        migrate(*BEFORE)
        with closing(connect(name)) as admin, admin.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for here in (1, 2):
                for row in (10 * here, 10 * here + 1):
                    key = {"organisation_id": here, "id": row}
                    for table in CAME_IN:
                        own = {"sha256": str(row)} | (
                            {} if table == "finance_invoicedocument" else {"number": row}
                        )
                        put(cursor, table, **key, content=CONTENT, **own)
                    for table in PARTS:
                        put(cursor, table, **key, packed=zlib.compress(CONTENT), sequence=row)
            for table in (*CAME_IN, *PARTS):
                cursor.execute(FORCED.format(table))
            yield cursor


def test_what_lay_in_clear_is_sealed_where_it_lies(before: Any, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "MOST_BYTES", len(CONTENT))  # so that each goes by itself
    migrate(*AFTER)
    for table in (*CAME_IN, *PARTS):
        before.execute(f"SELECT organisation_id, id, content_sealed FROM {table} ORDER BY id")
        rows = [(here, row, bytes(sealed)) for here, row, sealed in before.fetchall()]
        assert [row for _, row, _ in rows] == [10, 11, 20, 21], table
        for here, row, sealed in rows:
            assert b"12345678" not in sealed and sealed.startswith(b"local.")
            place = Place(here, f"{table}.content_sealed", row)
            assert zlib.decompress(unseal_bytes(place, sealed)) == CONTENT
