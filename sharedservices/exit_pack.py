"""Everything of one organisation in open files, with a manifest that proves it whole.

One CSV file for each table that the database says belongs to organisations, its documents as the
files that they were, the public facts of the people named in it, and a manifest with counts and
hashes. It is read as the application reads, in one moment, within the organisation's scope: no
other organisation's row can be in it, and nothing is changed.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from core.scope import scope
from finance.models import InvoiceDocument, PaymentFile, SourceFile, SupplierStatement
from finance.paying.files import content_of
from payroll.models import PayFile
from payroll.selectors.runs import bytes_of
from sharedservices.classes import credentials

MANIFEST = "manifest.json"
CAME_IN = {SourceFile: "file", InvoiceDocument: "document", SupplierStatement: "statement"}
# The tables of the catalogue, so that one that nobody thought of is not left behind.
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition AND a.attname = 'organisation_id' AND NOT a.attisdropped
 ORDER BY c.relname
"""
COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
PEOPLE = """
SELECT id, name, email FROM tenants_person WHERE id IN
 (SELECT person_id FROM tenants_affiliation WHERE organisation_id = %(id)s
  UNION SELECT person_id FROM tenants_grant WHERE organisation_id = %(id)s) ORDER BY id
"""


@dataclass(frozen=True)
class Packed:
    """A file of the pack."""

    path: str
    sha256: str
    size: int
    rows: int | None = None


def write_pack(organisation_id: int, slug: str, folder: Path) -> dict[str, Any]:
    """Writes the pack into an empty folder and returns its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    with (
        _one_moment(),
        scope(readable={organisation_id}),
        connection.cursor() as cursor,
    ):
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        files = [_table(cursor, name, organisation_id, folder) for name in tables]
        own = f"SELECT * FROM tenants_organisation WHERE id = {organisation_id:d}"  # noqa: S608
        files.append(_copy(cursor, own, folder / "tables" / "tenants_organisation.csv", folder))
        people = PEOPLE % {"id": organisation_id}
        files.append(_copy(cursor, people, folder / "tables" / "people.csv", folder))
        files += _documents(organisation_id, folder)
        cursor.execute("SELECT number, hash FROM ctx.anchors() WHERE slug = %s", [slug])
        anchor = cursor.fetchone()
    manifest = {
        "organisation": slug,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "anchor_of_the_trail": {"seal": anchor[0], "hash": anchor[1]} if anchor else None,
        # They open nothing elsewhere, and nobody else may have them.
        "left_out": {name: sorted(columns) for name, columns in credentials().items()},
        "files": [one.__dict__ for one in files],
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


@contextmanager
def _one_moment() -> Iterator[None]:
    """Everything is read as of one moment, and PostgreSQL itself refuses any change."""
    characteristics = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL"
    with connection.cursor() as cursor:
        cursor.execute(f"{characteristics} REPEATABLE READ, READ ONLY")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{characteristics} READ COMMITTED, READ WRITE")


def _table(cursor: Any, name: str, organisation_id: int, folder: Path) -> Packed:
    cursor.execute(COLUMNS, [name])
    left_out = credentials().get(name, set())
    columns = ", ".join(f'"{column}"' for (column,) in cursor.fetchall() if column not in left_out)
    rows = f'SELECT {columns} FROM "{name}" WHERE organisation_id = {organisation_id:d}'  # noqa: S608
    return _copy(cursor, rows, folder / "tables" / f"{name}.csv", folder)


def _copy(cursor: Any, query: str, path: Path, folder: Path) -> Packed:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as out:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)", out)
    return _packed(path, folder, rows=cursor.rowcount)


def _documents(organisation_id: int, folder: Path) -> Iterator[Packed]:
    """Files that came in and files for the bank, opened, byte for byte."""
    here = folder / "documents"
    here.mkdir()
    for name, pieces in _opened(organisation_id):
        path = here / name
        with path.open("wb") as out:
            out.writelines(pieces)
        yield _packed(path, folder)


def _opened(organisation_id: int) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each file by a name of its own: one at a time, so that memory stays that of the largest."""
    for model, word in CAME_IN.items():
        rows = model.objects.filter(organisation_id=organisation_id).order_by("pk")
        for file in rows.iterator(chunk_size=1):
            number = getattr(file, "number", file.pk)
            yield f"{word}-{number}{Path(file.name).suffix[:10]}", [file.content]
    sent = PaymentFile.objects.filter(organisation_id=organisation_id)
    for one in sent.select_related("payment_run").order_by("id"):
        yield f"{one.payment_run}-{one.format}-{one.serial}", content_of(one)
    paid = PayFile.objects.filter(organisation_id=organisation_id)
    for pay in paid.select_related("pay_run", "pay_again").order_by("id"):
        of = pay.pay_again or pay.pay_run
        yield f"{of}-{pay.format}-{pay.serial}", [bytes_of(pay)]


def _packed(path: Path, folder: Path, rows: int | None = None) -> Packed:
    return Packed(str(path.relative_to(folder)), *_hash_of(path), rows)


def _hash_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def faults_of(folder: Path) -> list[str]:
    """What is not as the manifest says: a file missing, added or changed, a row gone."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    told = {one["path"]: one for one in manifest["files"]}
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    faults = [f"{path} is missing" for path in sorted(set(told) - there)]
    faults += [f"{path} is not in the manifest" for path in sorted(there - set(told))]
    for path in sorted(there & set(told)):
        one = told[path]
        if _hash_of(folder / path) != (one["sha256"], one["size"]):
            faults.append(f"{path} was changed")
        elif one["rows"] is not None and _rows_of(folder / path) != one["rows"]:
            faults.append(f"{path} has not the {one['rows']} rows that it should have")
    return faults


def _rows_of(path: Path) -> int:
    usual = csv.field_size_limit(2**31 - 1)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _row in csv.reader(file)) - 1
    finally:
        # It is one for all that this process reads.
        csv.field_size_limit(usual)
