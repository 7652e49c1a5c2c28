"""Bank and National Insurance numbers: sealed for one place, found by index, sealed again."""

import base64
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from core.errors import InvariantBroken
from core.scope import scope
from core.vault import Place, indexes, seal, unopened, unseal
from finance.models import SupplierBank
from hr.models import PrivateDetails
from hr.services.private import Details, change_private
from sharedservices import environment
from tests.finance.payment_books import books, invoice, propose, release, supplier
from tests.hr.record import FIRST, employer, hire
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Place(1, "finance_supplierbank.account_sealed", 7)
DIGITS = "20041512345678"
DETAILS = Details(ni_number="AB123456C", sort_code="200415", account_number="12345678")


@pytest.mark.parametrize(
    "other",
    [HERE._replace(organisation_id=2), HERE._replace(column="x.y"), HERE._replace(row=8)],
)
def test_a_value_opens_in_its_place_alone(other: Place) -> None:
    sealed = seal(HERE, DIGITS)
    assert unseal(HERE, sealed) == DIGITS and DIGITS.encode() not in sealed
    assert sealed != seal(HERE, DIGITS)
    with pytest.raises(InvariantBroken, match="does not open"):
        unseal(other, sealed)
    with pytest.raises(InvariantBroken, match="does not open"):
        unseal(HERE, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_same_account_has_another_index_elsewhere() -> None:
    assert indexes(1, DIGITS) == indexes(1, DIGITS) != indexes(2, DIGITS)


def test_a_file_of_thousands_is_opened_in_no_time() -> None:
    sealed = [(HERE._replace(row=row), seal(HERE._replace(row=row), DIGITS)) for row in range(5000)]
    began = perf_counter()
    assert all(unseal(*one) == DIGITS for one in sealed)
    # 20 to 30 ms on the machine of the benchmarks; a cipher made anew each time takes 200.
    assert perf_counter() - began < 0.15


def test_keys_are_strict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    given = {"name": "FIELD_KEYS", "keep_in": tmp_path / "key"}
    monkeypatch.setenv("FIELD_KEYS", f"k2:{key},k1:{key}")
    assert list(environment.keys(**given, may_be_made=False)) == ["k2", "k1"]
    for wrong in (f"K1:{key}", "k1:c2hvcnQ=", key, f"k1:{key},k1:{key}"):
        monkeypatch.setenv("FIELD_KEYS", wrong)
        with pytest.raises(environment.BadEnvironment):
            environment.keys(**given, may_be_made=True)
    monkeypatch.delenv("FIELD_KEYS")
    made = environment.keys(**given, may_be_made=True)
    assert made == environment.keys(**given, may_be_made=True) and len(made["local"]) == 32


def test_production_does_not_start_without_keys() -> None:
    given = {"DATABASE_URL": "postgresql://nobody@127.0.0.1/none", "SECRET_KEY": "for-this-test"}
    kept = {name: text for name, text in os.environ.items() if name not in ("DEMO", "FIELD_KEYS")}
    done = subprocess.run(
        [sys.executable, "-c", "import sharedservices.settings"],
        env={**kept, **given, "REDIS_URL": "redis://127.0.0.1"},
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert "FIELD_KEYS is missing" in done.stderr


def test_rotation_seals_again_and_the_invariant_sees_what_was_moved(
    world: World, settings: Settings
) -> None:
    by, officer = books(world), employer(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        first, second = supplier(by, "A"), supplier(by, "B")
        someone = hire(officer, world)
        payroll = world.actor("payroll_officer@eastmere")
        given = {"employment": someone, "from_on": FIRST, "by": payroll, "at": timezone.now()}
        change_private(details=DETAILS, **given)
        invoice(by, first, 1_000)
        before = SupplierBank.objects.get(supplier=first).digits()
        assert list(unopened(by.organisation_id)) == []
    (old,) = settings.FIELD_KEYS.values()
    settings.FIELD_KEYS = {"new": b"n" * 32, "local": old}
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "5 values sealed again with new" in said.getvalue()
    settings.FIELD_KEYS = {"new": b"n" * 32}
    with scope(acting=by.organisation_id):
        mine, other = SupplierBank.objects.order_by("supplier_id")
        assert mine.digits() == before and bytes(mine.account_sealed).startswith(b"new.")
        assert Details.opened(PrivateDetails.objects.get()) == DETAILS
        assert mine.supplier_id == first.pk and other.supplier_id == second.pk
        assert release(propose(by), boss).files.count() == 2
        assert list(unopened(by.organisation_id)) == []
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE finance_supplierbank SET account_sealed = %s WHERE id = %s",
                [bytes(other.account_sealed), mine.pk],
            )
            cursor.execute(
                "UPDATE finance_supplierbank SET account_index = '\\x00' WHERE id = %s", [other.pk]
            )
        said_of = sorted(text.partition(": ")[2] for text in unopened(by.organisation_id))
    assert said_of == [
        "A sealed value of finance_supplierbank.account_sealed does not open.",
        "its index is not that of what is sealed",
    ]
