"""Files lie in tables sealed for their row: those for the bank, and those that came in."""

import hashlib
import os
import zlib
from io import StringIO
from pathlib import Path
from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from core import vault
from core.errors import InvariantBroken
from core.invariants import problems
from core.scope import scope
from core.vault import Place, seal_bytes, unopened, unseal_bytes
from events.selectors import timeline
from finance.models import (
    InvoiceDocument,
    PaymentFilePart,
    PaymentRun,
    SourceFile,
    SupplierBank,
)
from finance.paying.files import content_of
from finance.services.documents import keep_document
from finance.services.statements import receive_bank_file
from sharedservices.exit_pack import faults_of, write_pack
from tests.finance.payment_books import books, invoice, propose, release, supplier
from tests.finance.pdf_documents import pdf_of
from tests.finance.statement_files import NUMBER, camt053
from tests.world import World


def read(table: str) -> list[bytes]:
    """What lies in the column, for whoever has the database or a back-up of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT content_sealed FROM {table} ORDER BY id")
        return [bytes(sealed) for (sealed,) in cursor.fetchall()]


def unreadable(sealed: bytes, *secrets: bytes) -> bool:
    """Neither as it lies there nor unpacked."""
    try:
        seen = zlib.decompress(sealed) + zlib.decompress(sealed.partition(b".")[2])
    except zlib.error:
        seen = b""
    return sealed.startswith(b"local.") and not any(one in sealed + seen for one in secrets)


@pytest.fixture
def run(world: World) -> PaymentRun:
    """A released run of one payment to the account of a supplier."""
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 1_000)
        return release(propose(by), world.actor("finance_manager@eastmere"))


def test_files_for_the_bank_lie_sealed_and_leave_as_they_were_made(
    world: World, run: PaymentRun
) -> None:
    with scope(acting=run.organisation_id):
        _, payee = SupplierBank.objects.get().digits()
        sealed = read("finance_paymentfilepart")
        files = {file.format: file for file in run.files.all()}
        assert all(payee.encode() in b"".join(content_of(file)) for file in files.values())
        assert list(unopened(run.organisation_id)) == []
    assert len(sealed) >= len(files) == 2
    assert all(unreadable(one, payee.encode(), b"66374958", b"089999") for one in sealed)
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    answer = client.get(f"/eastmere/payment-runs/{run.number}/files/bacs18/")
    assert hashlib.sha256(answer.content).hexdigest() == files["bacs18"].sha256
    assert payee.encode() in answer.content
    with scope(acting=run.organisation_id):
        assert timeline(run)[0].text == "Downloaded the Bacs Standard 18 file 000001"


def test_statements_and_documents_lie_sealed_and_come_once(world: World) -> None:
    by = books(world)
    statement, paper = camt053(), pdf_of("Harrow Paper 20-04-15 12345678")
    with scope(acting=by.organisation_id):
        file = receive_bank_file(name="s.xml", data=statement, by=by).file
        document, _ = keep_document(name="oak.pdf", data=paper, by=by)
        (of_file,), (of_document,) = read("finance_sourcefile"), read("finance_invoicedocument")
        assert unreadable(of_file, NUMBER.encode(), b"camt.053")
        assert unreadable(of_document, b"%PDF", b"12345678")
        assert SourceFile.objects.get().content == statement
        assert InvoiceDocument.objects.get().content == paper
        assert receive_bank_file(name="again.xml", data=statement, by=by).before
        assert keep_document(name="again.pdf", data=paper, by=by) == (document, False)
        assert file.sha256 == hashlib.sha256(statement).hexdigest()


def test_a_part_opens_in_no_other_row_and_in_no_other_organisation(
    world: World, run: PaymentRun
) -> None:
    with scope(acting=run.organisation_id):
        first, second, *_ = PaymentFilePart.objects.order_by("pk")
        assert first.content
        elsewhere = PaymentFilePart(
            pk=first.pk, organisation_id=first.organisation_id + 1,
            content_sealed=first.content_sealed,
        )  # fmt: skip
        with pytest.raises(InvariantBroken, match="does not open"):
            _ = elsewhere.content
        rows = PaymentFilePart.objects.filter(pk=second.pk)
        rows.update(content_sealed=bytes(first.content_sealed))
        with pytest.raises(InvariantBroken, match="does not open"):
            _ = rows.get().content
        said = {problem.text for problem in problems(run.organisation_id)}
    assert said >= {
        f"finance_paymentfilepart.content_sealed, row {second.pk}:"
        " A sealed value of finance_paymentfilepart.content_sealed does not open.",
        f"{run}: the bacs18 file 000001 cannot be read",
    }


def test_nothing_of_a_part_is_changed_but_its_seal(run: PaymentRun) -> None:
    with scope(acting=run.organisation_id):
        for change in ({"sequence": 9}, {"format": "faster"}, {"payment_run_id": 9}):
            with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
                PaymentFilePart.objects.update(**change)


def test_keys_of_files_are_changed_a_few_at_a_time(
    world: World, run: PaymentRun, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "MOST_BYTES", 10)  # each file by itself
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        receive_bank_file(name="s.xml", data=camt053(), by=by)
        before = {file.pk: b"".join(content_of(file)) for file in run.files.all()}
    (old,) = settings.FIELD_KEYS.values()
    settings.FIELD_KEYS = {"new": b"n" * 32, "local": old}
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_KEYS = {"new": b"n" * 32}
    with scope(acting=by.organisation_id):
        for table in ("finance_paymentfilepart", "finance_sourcefile"):
            assert all(one.startswith(b"new.") for one in read(table))
        assert {file.pk: b"".join(content_of(file)) for file in run.files.all()} == before
        assert SourceFile.objects.get().content == camt053()
        assert list(unopened(by.organisation_id)) == []


def test_the_pack_of_who_leaves_holds_the_files_opened(run: PaymentRun, tmp_path: Path) -> None:
    write_pack(run.organisation_id, "eastmere", tmp_path)
    with scope(acting=run.organisation_id):
        for file in run.files.all():
            kept = tmp_path / "documents" / f"{run}-{file.format}-{file.serial}"
            assert hashlib.sha256(kept.read_bytes()).hexdigest() == file.sha256
    assert faults_of(tmp_path) == []


def test_a_file_of_a_hundred_thousand_payments_is_sealed_in_no_time() -> None:
    place, data = Place(1, "finance_paymentfilepart.content_sealed", 1), os.urandom(10_000_000)
    began = perf_counter()
    assert unseal_bytes(place, seal_bytes(place, data)) == data
    # 20 ms on the machine of the benchmarks.
    assert perf_counter() - began < 0.5
