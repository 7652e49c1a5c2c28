"""Files that came in: the list, one file with what became of its rows, and what a reading shows."""

import json
from collections import abc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from django.db.models import Count, QuerySet, Sum

from core.errors import NotFound
from core.unreadable import column_letter
from finance.models import SourceFile, SourceRow
from finance.reading import CAUSES, ROLES, Mapping, Reading, Unreadable, rows_beneath
from finance.reading.kept import reading_of
from finance.rules_files import FIL02

SAMPLE_ROWS = 10
SAMPLE_CELLS = 3
FEW_HELD = 500
# What to do about a held row, by its cause; the sentence of each row says where.
REMEDIES = {
    "received_missing": "Enter the day each invoice was received.",
    **{code: text.partition(". ")[2] or text for code, text in CAUSES.items()},
}
CAUSE_LABELS = {
    "not_a_payment": "Not a payment",
    "amount_missing": "No amount",
    "amount_unreadable": "Amount cannot be read",
    "amount_fraction": "Amount has a part of a penny",
    "amount_zero": "Amount is nil",
    "date_missing": "No date",
    "date_unreadable": "Date cannot be read",
    "supplier_missing": "No supplier",
    "vat_unreadable": "VAT cannot be read",
    "received_missing": "No received date",
    "total_differs": "Stated total differs",
}


@dataclass(frozen=True)
class HeldCause:
    """Held rows of one cause: how many, how much, and what to do."""

    cause: str
    label: str
    remedy: str
    rows: int
    pence: int


@dataclass(frozen=True)
class Column:
    """A column of a layout as the preview shows it: letter, heading, first cells, role and why."""

    index: int
    letter: str
    header: str
    cells: tuple[str, ...]
    role: str
    reason: str
    confidence: int


@dataclass(frozen=True)
class SampleRow:
    """A row as it was understood, or why it would be held."""

    row_no: int
    supplier: str
    dated_on: date | None
    pence: int | None
    reference: str
    words: str


@dataclass(frozen=True)
class Preview:
    """What is known of a file before it is loaded; without a reading `problem` says why."""

    columns: tuple[Column, ...]
    sample: tuple[SampleRow, ...]
    clean: int
    held: int
    other: int
    total_pence: int
    problem: str
    sheet: str = ""
    header_row: int = 0


def source_files(organisation_ids: list[int]) -> QuerySet[SourceFile]:
    """Newest first, without the bytes."""
    return (
        SourceFile.objects.filter(organisation_id__in=organisation_ids)
        .defer("content_sealed", "mapping", "headers")
        .order_by("-made_at", "-id")
    )


def source_file(*, organisation_id: int, number: int, with_content: bool = False) -> SourceFile:
    """One file of the organisation; NotFound otherwise."""
    rows = SourceFile.objects.filter(organisation_id=organisation_id, number=number)
    found = (rows if with_content else rows.defer("content_sealed")).first()
    if found is None:
        raise NotFound()
    return found


def preview(file: SourceFile) -> Preview:
    """The file as its mapping reads it now, or as far as that goes."""
    mapping = Mapping.from_json(json.dumps(file.mapping))
    try:
        reading = reading_of(file)
    except Unreadable as error:
        below = rows_beneath(file.content, mapping, SAMPLE_CELLS)
        return Preview(_columns(mapping, below), (), 0, 0, 0, 0, error.message)
    loads = file.purpose == "published" or "received_on" in reading.mapping.columns
    other = len(reading.rows) - reading.counts["clean"] - reading.counts["held"]
    below = reading.rows[reading.header_row : reading.header_row + SAMPLE_CELLS]
    return Preview(
        columns=_columns(reading.mapping, below),
        sample=tuple(_sample(reading)),
        clean=reading.counts["clean"],
        held=reading.counts["held"],
        other=other,
        total_pence=reading.total_pence,
        problem="" if loads else FIL02.refuse().message,
        sheet=reading.sheet,
        header_row=reading.header_row,
    )


def _columns(mapping: Mapping, below: list[list[str]]) -> tuple[Column, ...]:
    roles = {column: role for role, column in mapping.columns.items()}
    why = {guess.column: guess for guess in mapping.guesses}
    columns = []
    for index, header in enumerate(mapping.headers):
        guess, role = why.get(index), roles.get(index, "")
        chosen = guess is None or (guess.role or "") != role
        cells = tuple(row[index][:60] for row in below if index < len(row) and row[index])
        if not (header.strip() or cells or role):
            continue  # spreadsheets write empty columns far to the right
        columns.append(
            Column(
                index=index,
                letter=column_letter(index),
                header=header.strip(),
                cells=cells,
                role=role,
                reason="Chosen by hand" if chosen or guess is None else guess.reason,
                confidence=0 if chosen or guess is None else guess.confidence,
            )
        )
    return tuple(columns)


def _sample(reading: Reading) -> Iterator[SampleRow]:
    """The first rows that load, then the first that are held."""
    data = reading.frame[reading.frame["kind"] == "data"]
    held = data[data["cause"].notna()].head(SAMPLE_ROWS // 2)
    clean = data[data["cause"].isna()].head(SAMPLE_ROWS - len(held))
    for row in [*clean.to_dict("records"), *held.to_dict("records")]:
        day, pence = row["dated_on"], row["amount_pence"]
        yield SampleRow(
            row_no=row["row_no"],
            supplier=row["supplier"],
            dated_on=None if pd.isna(day) else day.date(),
            pence=None if pd.isna(pence) else int(pence),
            reference=row["supplier_ref"] or row["transaction"],
            words=row["cause_text"] or "",
        )


@dataclass(frozen=True)
class Held:
    """Held rows grouped by cause, most rows first, and those to be listed; `counted` is how many
    there are of the listed kind."""

    causes: list[HeldCause]
    rows: Sequence[SourceRow] | QuerySet[SourceRow]
    counted: int


def held(file: SourceFile, cause: str = "") -> Held:
    """Of few held rows all are read at once; of many, the groups, and the rows of a chosen one."""
    if file.rows_held <= FEW_HELD:
        every = list(held_rows(file))
        groups: dict[str, list[int]] = {}
        for row in every:
            groups.setdefault(row.cause, []).append(row.amount_pence or 0)
        causes = [_cause(code, len(each), sum(each)) for code, each in groups.items()]
        shown = [row for row in every if cause in ("", row.cause)]
        return Held(_most_first(causes), shown, len(shown))
    causes = held_causes(file)
    rows = sum(one.rows for one in causes if one.cause == cause)
    return Held(causes, held_rows(file, cause) if rows else [], rows)


def held_causes(file: SourceFile) -> list[HeldCause]:
    """Held rows grouped by cause, most rows first."""
    found = held_rows(file).order_by().values_list("cause")
    counted = found.annotate(rows=Count("id"), pence=Sum("amount_pence"))
    return _most_first([_cause(code, rows, pence or 0) for code, rows, pence in counted])


def _cause(code: str, rows: int, pence: int) -> HeldCause:
    label = CAUSE_LABELS.get(code, code.replace("_", " ").capitalize())
    return HeldCause(code, label, REMEDIES.get(code, ""), rows, pence)


def _most_first(causes: list[HeldCause]) -> list[HeldCause]:
    return sorted(causes, key=lambda one: (-one.rows, one.cause))


def held_rows(file: SourceFile, cause: str = "") -> QuerySet[SourceRow]:
    """Held rows in the order of the file."""
    rows = SourceRow.objects.filter(
        organisation_id=file.organisation_id, source_file=file, kind=SourceRow.Kind.HELD
    ).order_by("row_no")
    return rows.filter(cause=cause) if cause else rows


@dataclass(frozen=True)
class Outcome:
    """What a file became when it was loaded, and how many likely duplicates of each grade."""

    invoices: int
    payments: int
    paid_pence: int
    in_suspense: int
    duplicates: dict[str, int]


def outcome(results: abc.Mapping[str, int]) -> Outcome:
    """From the figures of the run that loaded the file."""
    return Outcome(
        invoices=results.get("invoices", 0),
        payments=results.get("payments", 0),
        paid_pence=results.get("paid_pence", 0),
        in_suspense=results.get("in_suspense", 0),
        duplicates={
            name.removeprefix("duplicates_"): count
            for name, count in sorted(results.items())
            if name.startswith("duplicates_")
        },
    )


def role_choices() -> list[tuple[str, str]]:
    """For a select box: role and what it is; the first means that the column is not used."""
    return [("", "Not used"), *((role, text[0].upper() + text[1:]) for role, text in ROLES.items())]
