"""Taking files in: received once, their columns confirmed by a person, loaded by a run."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from core.states import move
from events.services import record
from finance.models import SourceFile
from finance.permissions import LOAD_FILES
from finance.reading import Mapping, Reading, Unreadable, guess_layout, read_file
from finance.reading.kept import keep, reading_of
from finance.rules_files import FIL01, FIL02, FIL03, FIL04, FIL05
from finance.selectors.layouts import TABLE, columns_before
from finance.services.layouts import keep_layout
from runs.models import Run
from runs.services import make_run
from tenants.services import next_number

State = SourceFile.State
MOVES = {
    "confirm": ((State.UPLOADED,), State.READING),
    "finish": ((State.READING,), State.LOADED),
    "set_aside": ((State.READING,), State.REVERSED),
    "take_back": ((State.LOADED,), State.REVERSED),
}


@dataclass(frozen=True)
class Received:
    """A file and whether it had come before; `reading` is None while columns are missing."""

    file: SourceFile
    before: bool
    reading: Reading | None = None


def receive_file(*, name: str, data: bytes, purpose: str, by: Actor) -> Received:
    """The file is kept with its columns as confirmed before for this layout, or as guessed.

    The same bytes are recognised: the file of then is returned and nothing is done. `Unreadable`
    when the bytes are no table or hold no headings, with a reason for each column; FIL05 when
    they are none. Event finance.file.received.
    """
    require(by, LOAD_FILES)
    FIL05.check(data.strip())
    digest = hashlib.sha256(data).hexdigest()
    known = file_with(digest=digest, by=by)
    if known is not None:
        return Received(known, before=True)
    mapping, reading = _first_reading(name, data, by)
    facts = {"purpose": purpose, **_read_facts(mapping, reading)}
    file = keep_file(name=name, data=data, digest=digest, by=by, **facts)
    record("finance.file.received", file, by=by, name=file.name, rows=file.rows_total)
    return Received(file, before=False, reading=reading)


def keep_file(*, name: str, data: bytes, digest: str, by: Actor, **facts: Any) -> SourceFile:
    """A file under the next number, with its bytes and who sent it. The caller has looked whether
    it came before, and records the event."""
    return SourceFile.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("source_file", by=by),
        name=PurePath(name).name[:200],
        sha256=digest,
        **SourceFile.sealed_content(by.organisation_id, data),
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
        **facts,
    )


def file_with(*, digest: str, by: Actor) -> SourceFile | None:
    """The file of these bytes that came before; who sends it at the same moment waits to be told.

    A second click on the button is the usual case.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"finance.file|{by.organisation_id}|{digest}"],
        )
    same = SourceFile.objects.filter(organisation_id=by.organisation_id, sha256=digest)
    return same.exclude(state=State.REVERSED).first()


def _first_reading(name: str, data: bytes, by: Actor) -> tuple[Mapping, Reading | None]:
    """By the mapping saved for these headers, else by a guess, which may lack columns."""
    try:
        reading = read_file(name, data)
        mapping = reading.mapping
    except Unreadable:
        mapping, reading = guess_layout(data), None
    today = timezone.localdate()
    saved = columns_before(by.organisation_id, mapping.signature, kind=TABLE, on=today)
    if saved is not None:
        confirmed = Mapping.from_json(json.dumps(saved))
        if reading is None or confirmed.columns != reading.mapping.columns:
            reading = read_file(name, data, confirmed)
            mapping = reading.mapping
    if reading is not None:
        keep(by.organisation_id, reading)
    return mapping, reading


def _read_facts(mapping: Mapping, reading: Reading | None) -> dict[str, object]:
    return {
        "mapping": json.loads(mapping.to_json()),
        "headers": list(mapping.headers),
        "encoding": reading.encoding if reading else "",
        "rows_total": len(reading.rows) if reading else 0,
        "total_pence": reading.total_pence if reading else 0,
    }


def choose_columns(*, file: SourceFile, columns: dict[str, int], by: Actor) -> Reading:
    """The columns as a person chose them, role to column from 0; the file is read again by them.

    FIL01 once confirmed; FIL03 for a column with two roles; `Unreadable` without a supplier, an
    amount and a date. Event finance.file.columns_chosen, unless they are those it had.
    """
    require(by, LOAD_FILES)
    FIL01.check(file.state == State.UPLOADED)
    FIL03.check(len(set(columns.values())) == len(columns))
    before = Mapping.from_json(json.dumps(file.mapping))
    if columns == before.columns:
        return reading_of(file)
    mapping = before.with_roles(columns)
    reading = read_file(file.name, file.content, mapping)
    keep(by.organisation_id, reading)
    facts = _read_facts(reading.mapping, reading)
    SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk).update(**facts)
    for name, value in facts.items():
        setattr(file, name, value)
    record("finance.file.columns_chosen", file, by=by)
    return reading


def load_file(*, file: SourceFile, by: Actor) -> Run:
    """The columns are right: they are kept for the layout and a run loads the file.

    FIL01 when already confirmed, FIL02 for real invoices without a received date, FIL04 when
    it cannot be read by its columns. Event finance.file.confirmed.
    """
    require(by, LOAD_FILES)
    FIL01.check(file.state == State.UPLOADED)
    try:
        mapping = reading_of(file).mapping
    except Unreadable as error:
        raise FIL04.refuse(str(error)) from error
    FIL02.check(file.purpose == "published" or "received_on" in mapping.columns)
    move(
        SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk),
        MOVES,
        "confirm",
        expected=1,
    )
    keep_layout(
        signature=mapping.signature, name=file.name, mapping=json.loads(mapping.to_json()), by=by
    )
    run = make_run(
        kind="finance.load_file",
        key=f"{file.sha256}/{file.number}",
        inputs={"file": file.number, "columns": mapping.columns},
        by=by,
    )
    SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk).update(run_id=run.pk)
    file.run_id = run.pk
    record("finance.file.confirmed", file, by=by)
    return run
