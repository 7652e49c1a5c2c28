"""Rows that lay in clear before numbers were sealed: the migrations seal them, and they open."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from core.errors import InvariantBroken
from core.management.commands.init_db import connect, create
from core.vault import Place, indexes, unseal
from finance.models import BankAccount, SupplierBank
from hr.models import PrivateDetails
from tests.databases import using

BEFORE = [("payroll", "0002_promises"), ("finance", "0007_workbench")]
AFTER = [
    ("hr", "0005_nothing_in_clear"),
    ("payroll", "0005_nothing_in_clear"),
    ("finance", "0010_nothing_in_clear"),
]
SEALED = ("finance_supplierbank", "finance_bankaccount", "hr_privatedetails")
# As `migrate` leaves every table: its owner sees no row.
FORCED = "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY; ALTER TABLE {0} FORCE ROW LEVEL SECURITY"
NEEDED = """
SELECT column_name, data_type FROM information_schema.columns
 WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
ANYTHING = {
    "integer": 1, "bigint": 1, "smallint": 1, "boolean": False, "date": "2026-04-01",
    "timestamp with time zone": "2026-04-01 09:00Z", "jsonb": "{}", "uuid": "0" * 32, "numeric": 1,
    "bytea": b"", "daterange": "[2026-04-01,)", "ARRAY": "{}",
}  # fmt: skip
SORT_CODE, NUMBERS = "200415", ("12345678", "00000017")


def migrate(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connections["owner"]).migrate(list(targets))
    connections["owner"].close()


def put(cursor: Any, table: str, **facts: Any) -> None:
    """A row, with anything at all in the columns that must hold something."""
    cursor.execute(NEEDED, [table])
    row = {name: ANYTHING.get(kind, "") for name, kind in cursor.fetchall()} | facts
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def put_all(cursor: Any) -> None:
    """Two organisations with the same accounts: a supplier's, its payment, staff and their pay."""
    cursor.execute("SET session_replication_role = replica")
    for here in (1, 2):
        for row, number in enumerate(NUMBERS, start=10 * here):
            both = {"sort_code": SORT_CODE, "account_number": number}
            mine = {"organisation_id": here, "id": row}
            put(cursor, "finance_supplierbank", **mine, **both, supplier_id=row)
            put(cursor, "finance_payment", **mine, **both, number=row, supplier_id=row)
            put(
                cursor, "hr_privatedetails", **mine, **both, ni_number=f"AB1234{row}C",
                employment_id=row,
            )  # fmt: skip
            put(cursor, "payroll_payslip", **mine, employment_id=row)
            put(cursor, "payroll_paypayment", **mine, **both, number=row, payslip_id=row)
        put(cursor, "finance_bankaccount", organisation_id=here, id=here, **both)
        # A supplier and a person of whom no account is known.
        empty = {"organisation_id": here, "id": 99 + here, "sort_code": "", "account_number": ""}
        put(cursor, "finance_payment", **empty, number=99, supplier_id=99)
        put(cursor, "hr_privatedetails", **empty, ni_number="", employment_id=99 + here)
    for table in (*SEALED, "finance_payment", "payroll_paypayment", "payroll_payslip"):
        cursor.execute(FORCED.format(table))


@pytest.fixture
def before(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Any]:
    """A cursor of the administrator in a database that was not migrated further."""
    name = f"{connection.settings_dict['NAME']}_before"
    create(name)
    with django_db_blocker.unblock(), using(name):  # type: ignore[attr-defined]
        migrate(*BEFORE)
        with closing(connect(name)) as admin, admin.cursor() as cursor:
            put_all(cursor)
            yield cursor


def test_what_lay_in_clear_is_sealed_in_its_place(before: Any) -> None:
    before.execute("UPDATE finance_payment SET account_number = '99999999' WHERE id = 21")
    with pytest.raises(InvariantBroken, match="1 payments went to an account that no supplier had"):
        migrate(*AFTER)
    before.execute("UPDATE finance_payment SET account_number = '00000017' WHERE id = 21")
    migrate(*AFTER)
    found: list[tuple[str, int, int, str]] = []
    for model in (SupplierBank, BankAccount, PrivateDetails):
        before.execute(
            "SELECT organisation_id, id, account_sealed, account_index, account_ending"
            f" FROM {model._meta.db_table} WHERE account_ending <> ''"
        )
        for here, row, sealed, index, ending in before.fetchall():
            digits = "".join(model.opened(here, row, sealed))
            assert (bytes(index), ending) == (indexes(here, digits)[0], digits[-4:])
            found.append((model.__name__, here, row, digits))
    accounts = [SORT_CODE + number for number in NUMBERS]
    assert sorted(found) == [
        *(("BankAccount", here, here, accounts[1]) for here in (1, 2)),
        *(("PrivateDetails", here, 10 * here + n, accounts[n]) for here in (1, 2) for n in (0, 1)),
        *(("SupplierBank", here, 10 * here + n, accounts[n]) for here in (1, 2) for n in (0, 1)),
    ]
    before.execute("SELECT organisation_id, id, ni_sealed FROM hr_privatedetails ORDER BY id")
    column = "hr_privatedetails.ni_sealed"
    opened = [unseal(Place(here, column, row), sealed) for here, row, sealed in before.fetchall()]
    assert opened == ["AB123410C", "AB123411C", "AB123420C", "AB123421C", "", ""]
    before.execute(
        "SELECT id, bank_id, account_ending FROM finance_payment WHERE number <> 99 ORDER BY id"
    )
    assert before.fetchall() == [(n, n, NUMBERS[n % 10][-4:]) for n in (10, 11, 20, 21)]
    before.execute("SELECT id, details_id FROM payroll_paypayment ORDER BY id")
    assert before.fetchall() == [(n, n) for n in (10, 11, 20, 21)]
    before.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name IN ('sort_code', 'account_number', 'ni_number')"
    )
    assert before.fetchall() == []
