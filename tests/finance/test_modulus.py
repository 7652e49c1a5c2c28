"""The modulus check: methods, exceptions, tables that are made here, and where it warns."""

import os
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import Refused
from core.registry import SUBJECTS
from core.scope import scope
from finance.formats.modulus import TablesUnusable, passes, read_tables
from finance.models import Payment, SupplierBank
from finance.services.suppliers import propose_bank
from tests.finance import payment_books
from tests.finance.payables import prepare, supplier
from tests.world import TODAY, World

# The weights that stand in the text of the specification, at 1.3.3, 1.3.4 and exception 14.
ALTERNATE = "2 1 2 1 2 1 2 1 2 1 2 1 2 1"
STANDARD = "0 0 0 0 0 0 7 5 8 3 4 6 2 1"
COUTTS = "0 0 0 0 0 0 8 7 6 5 4 3 2 1"
# Of our own: only the last digit counts, only the first of the account, only that of the sort code.
LAST = "0 0 0 0 0 0 0 0 0 0 0 0 0 1"
FIRST = "0 0 0 0 0 0 1 0 0 0 0 0 0 0"
BRANCH = "0 0 0 0 0 1 0 0 0 0 0 0 0 1"
BOTH = "0 0 0 0 0 0 1 0 0 0 0 0 0 1"


def table(folder: Path, *lines: str, instead: str = "") -> Any:
    (folder / "VALACDOS.txt").write_text("\r\n".join(lines) + "\r\n")
    (folder / "scsubtab.txt").write_text(instead)
    for name in ("VALACDOS.txt", "scsubtab.txt"):
        os.utime(folder / name, (1_790_000_000, 1_790_000_000))
    return folder


def found(folder: Path, *lines: str, sort: str = "100000", account: str, instead: str = "") -> Any:
    return passes(read_tables(table(folder, *lines, instead=instead)), sort, account)


@pytest.mark.parametrize(
    ("line", "sort", "account", "right"),
    [
        # Worked examples and cases of the specification.
        (f"499272 499273 DBLAL {ALTERNATE}", "499273", "12345678", True),
        (f"499272 499273 DBLAL {ALTERNATE}", "499273", "12345687", False),
        (f"000000 000100 MOD11 {STANDARD}", "000000", "58177632", True),
        (f"000000 000100 MOD11 {STANDARD}", "000000", "58177623", False),
        (f"180002 180002 MOD11 {COUTTS} 14", "180002", "98093517", True),
        (f"180002 180002 MOD11 {COUTTS} 14", "180002", "00000190", True),
        (f"180002 180002 MOD11 {COUTTS} 14", "180002", "00000192", False),
        # The last one is 11 more than 98093517 has, but for a digit that cannot be left out.
        (f"180002 180002 MOD11 {COUTTS} 14", "180002", "98093518", False),
        # No range holds the sort code; ends of ranges are within.
        (f"100000 100009 MOD10 {LAST}", "100010", "00000001", None),
        (f"100000 100009 MOD10 {LAST}", "100009", "00000001", False),
        (f"100000 100009 MOD10 {LAST}", "100000", "00000000", True),
        # 1: 27 is added. 4: the remainder is the last two digits.
        (f"100000 100000 DBLAL {LAST} 1", "100000", "00000003", True),
        (f"100000 100000 DBLAL {LAST} 1", "100000", "00000000", False),
        (f"100000 100000 MOD11 {FIRST} 4", "100000", "70000007", True),
        (f"100000 100000 MOD11 {FIRST} 4", "100000", "70000017", False),
        # 6: foreign currency is not checked.
        (f"100000 100000 MOD11 {LAST} 6", "100000", "41011166", None),
        (f"100000 100000 MOD11 {LAST} 6", "100000", "91011166", False),
        (f"100000 100000 MOD11 {LAST} 6", "100000", "41011160", True),
        # 7: with g = 9 the first digits do not count. 8: another sort code is checked.
        (f"100000 100000 MOD10 {FIRST} 7", "100000", "50000090", True),
        (f"100000 100000 MOD10 {FIRST} 7", "100000", "50000080", False),
        (f"100000 100000 MOD10 {BRANCH} 8", "100000", "00000004", True),
        (f"100000 100000 MOD10 {BRANCH} 8", "100000", "00000000", False),
    ],
)
def test_one_check(tmp_path: Path, line: str, sort: str, account: str, right: bool | None) -> None:
    assert found(tmp_path, line, sort=sort, account=account) is right


@pytest.mark.parametrize(
    ("first", "second", "account", "right"),
    [
        # Without exceptions both have to pass.
        (f"MOD10 {FIRST}", f"MOD11 {LAST}", "00000000", True),
        (f"MOD10 {FIRST}", f"MOD11 {LAST}", "10000000", False),
        (f"MOD10 {FIRST}", f"MOD11 {LAST}", "00000001", False),
        # 2 and 9: the weights of the specification stand for those of the table; its own cases.
        (f"MOD11 {LAST} 2", f"MOD11 {LAST} 9", "12345677", True),
        (f"MOD11 {LAST} 2", f"MOD11 {LAST} 9", "99345694", True),
        (f"MOD11 {LAST} 2", f"MOD11 {BRANCH} 9", "12345678", False),
        # The second one looks at 309634: 4 and 7 are 11.
        (f"MOD11 {LAST} 2", f"MOD11 {BRANCH} 9", "02355687", True),
        (f"MOD11 {LAST} 2", f"MOD11 {BRANCH} 9", "02355688", False),
        # 3: with c = 6 or 9 the second one is left out.
        (f"MOD11 {FIRST}", f"DBLAL {LAST} 3", "00600001", True),
        (f"MOD11 {FIRST}", f"DBLAL {LAST} 3", "00900001", True),
        (f"MOD11 {FIRST}", f"DBLAL {LAST} 3", "00500001", False),
        (f"MOD11 {FIRST}", f"DBLAL {LAST} 3", "10600000", False),
        # 10 and 11, 12 and 13: either is enough; 10 leaves the first digits out after 09 or 99.
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "10000000", True),
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "00000001", True),
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "10000001", False),
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "99000091", True),
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "99000081", False),
        (f"MOD11 {FIRST} 10", f"MOD11 {LAST} 11", "89000091", False),
        (f"MOD11 {FIRST} 12", f"MOD10 {LAST} 13", "10000000", True),
        (f"MOD11 {FIRST} 12", f"MOD10 {LAST} 13", "10000001", False),
    ],
)
def test_two_checks(tmp_path: Path, first: str, second: str, account: str, right: bool) -> None:
    rows = [f"100000 100000 {one}" for one in (first, second)]
    assert found(tmp_path, *rows, account=account) is right


@pytest.mark.parametrize(
    ("account", "right"),
    [
        # The sort code ends in 7 instead of 0; g is 11 less the remainder, h 10 less it.
        ("00000043", True),
        ("00000053", False),
        ("00000044", False),
    ],
)
def test_exception_5_has_check_digits_and_another_sort_code(
    tmp_path: Path, account: str, right: bool
) -> None:
    branch = "0 0 0 0 0 1 0 0 0 0 0 0 0 0"
    rows = [f"100000 100007 {method} {branch} 5" for method in ("MOD11", "DBLAL")]
    assert found(tmp_path, *rows, account=account, instead="100000 100007\n") is right
    # A remainder of one has no check digit.
    assert found(tmp_path, *rows, sort="100001", account="00000009") is False
    assert found(tmp_path, *rows, sort="100000", account="00000000") is True


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"10000 100009 MOD10 {LAST}", "line 1: two sort codes"),
        (f"100000 100009 MOD97 {LAST}", "MOD97 is not known"),
        (f"100000 100009 MOD10 {LAST} 15", "exception 15 is not known"),
        (f"100000 100009 MOD10 {LAST[:-1]}x", "a weight is not a number"),
    ],
)
def test_a_table_that_is_none_names_its_line(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(TablesUnusable, match=told):
        read_tables(table(tmp_path, line))
    with pytest.raises(TablesUnusable, match=r"scsubtab.txt, line 1"):
        read_tables(table(tmp_path, f"100000 100009 MOD10 {LAST}", instead="1 2"))
    with pytest.raises(TablesUnusable, match=r"no file valacdos.txt"):
        read_tables(tmp_path / "nowhere")


@pytest.fixture
def tables(tmp_path: Path, settings: Any) -> Path:
    """A table by which accounts of 12-34-56 and 20-04-15 have to end in 0."""
    rows = (f"{sort} {sort} MOD10 {LAST}" for sort in ("123456", "200415"))
    settings.MODULUS_TABLES = str(table(tmp_path, *rows))
    return tmp_path


def propose(world: World, of: Any, account: str, **more: Any) -> SupplierBank:
    return propose_bank(
        supplier=of, sort_code="12-34-56", account_number=account, account_name="H",
        from_on=TODAY, by=world.actor("finance_officer@eastmere"), **more,
    )  # fmt: skip


def test_an_account_that_fails_needs_somebody_who_is_sure(world: World, tables: Path) -> None:
    prepare(world)
    harrow, moss = supplier(world), supplier(world, "Moss")
    with scope(acting=world.id("eastmere")):
        with pytest.raises(Refused) as refusal:
            propose(world, harrow, "12345678")
        assert refusal.value.code == "SUP18"
        bank = propose(world, harrow, "12345678", sure=True)
        assert (bank.modulus, bank.modulus_tables_of) == ("failed", date(2026, 9, 21))
        card = SUBJECTS["finance.supplier_bank"]
        row = card.reading(SupplierBank.objects.all())[0]
        assert ("Modulus check", "Fails (tables of 21 September 2026)") in card.card(row)
        assert any("fails the modulus check" in one for one in card.warnings(row))
        assert propose(world, moss, "12345670").modulus == "passed"
        with pytest.raises(IntegrityError, match="tables_of_a_day"), transaction.atomic():
            SupplierBank.objects.update(modulus="unchecked")


def test_pages_say_what_is_installed(
    world: World, client: Client, tmp_path: Path, settings: Any
) -> None:
    prepare(world)
    harrow = supplier(world)
    client.force_login(world.people["finance_officer@eastmere"])
    addresses = ["/eastmere/suppliers/new/", f"/eastmere/suppliers/bank/{harrow.code}/",
                 "/eastmere/payment-runs/new/"]  # fmt: skip

    def told(words: str) -> bool:
        return all(words in client.get(one).content.decode() for one in addresses)

    assert told("Accounts are not checked: no modulus tables are installed.")
    settings.MODULUS_TABLES = str(tmp_path)
    assert told("the modulus tables are unusable. There is no file valacdos.txt in the folder.")
    table(tmp_path, f"123456 123456 MOD10 {LAST}")
    assert told("Accounts are checked by modulus tables of 21 September 2026 with 1 checks.")
    given = {"account_name": "H", "sort_code": "123456", "account_number": "12345678"}
    given["from_on"] = "20/06/2026"
    answer = client.post(addresses[1], given)
    assert answer.status_code == 422
    assert "fails the modulus check" in answer.content.decode()
    page = client.post(addresses[1], {**given, "sure": "on"}, follow=True).content.decode()
    assert "Fails (tables of 21 September 2026)" in page


def test_all_accounts_are_checked_again_and_runs_warn(
    world: World, tables: Path, settings: Any
) -> None:
    by = payment_books.books(world)
    with scope(acting=by.organisation_id):
        for code, number in (("A", "10000000"), ("B", "10000001")):
            row = payment_books.supplier(by, code, banked=False)
            payment_books.bank(by, row, account_number=number)
            payment_books.invoice(by, row, 900)
    out = StringIO()
    call_command("check_modulus", stdout=out)
    said = out.getvalue()
    assert said.startswith("Accounts are checked by modulus tables of 21 September 2026")
    assert "eastmere: passes: 1, fails: 1, no check for this account: 0" in said
    with scope(acting=by.organisation_id):
        payment_books.propose(by)
        warned = Payment.objects.order_by("supplier__code").values_list("warnings", flat=True)
        assert ["modulus" in one for one in warned] == [False, True]
    settings.MODULUS_TABLES = ""
    with pytest.raises(CommandError, match="no modulus tables are installed"):
        call_command("check_modulus")
