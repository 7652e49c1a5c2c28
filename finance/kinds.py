"""The runs of finance: what loading a file plans, does and must prove."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Sum

from core.actors import Actor
from core.errors import InvariantBroken
from core.states import move
from core.templatetags.web import pounds
from events.services import record
from finance.bulk.chunk import load_part
from finance.bulk.rows import Share
from finance.models import InvoiceLine, SourceFile, SourceRow
from finance.permissions import LOAD_FILES
from finance.selectors.files import CAUSE_LABELS
from finance.services.files import MOVES
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from runs.services import disagreements, note_exceptions, show_progress, totals
from tenants.selectors import all_organisations

# Rows that are in memory at a time. However many there are, a file is one transaction.
ROWS_OF_A_PART = 25_000


def _file(run: Run) -> SourceFile:
    return SourceFile.objects.get(organisation_id=run.organisation_id, number=run.inputs["file"])


def _plan(run: Run) -> Plan:
    file = _file(run)
    return Plan(
        chunks=[{}],
        rows_total=file.rows_total,
        control={"rows": file.rows_total, "pence": file.total_pence},
    )


def _work(run: Run, chunk: Chunk, by: Actor) -> Done:
    """The whole file or nothing of it: every part of it, and the count of what that made."""
    file = _file(run)
    link = _link_of(file)
    parts = max(1, -(-file.rows_total // ROWS_OF_A_PART))
    rows, figures = 0, Counter[str]()
    for part in range(parts):
        share, made = load_part(run=run, part=part, parts=parts, file=file, by=by)
        held = share.rows[share.rows["kind"] == "held"]
        columns = (held[name].tolist() for name in ("cause", "row_no", "cause_text"))
        found = zip(*columns, strict=True)
        note_exceptions(
            run,
            [(CAUSE_LABELS[cause], f"Row {row}", words, link) for cause, row, words in found],
        )
        rows += len(share.rows)
        figures.update(_counted(share), **made)
        if part + 1 < parts:
            show_progress(run, rows)
    wrong = disagreements(run.control, {"rows": rows, **figures})
    wrong += _disagreements(file, figures)
    if wrong:
        raise InvariantBroken("; ".join(wrong))
    return Done(rows=rows, figures=dict(figures))


def _counted(share: Share) -> dict[str, int]:
    return {
        "pence": share.loaded_pence + share.held_pence,
        "loaded_rows": share.count("loaded"),
        "held_rows": share.count("held"),
        "other_rows": share.count("header", "total", "blank", "preamble"),
        "loaded_pence": share.loaded_pence,
        "held_pence": share.held_pence,
    }


def _link_of(file: SourceFile) -> str:
    slug = next(o.slug for o in all_organisations() if o.id == file.organisation_id)
    return f"/{slug}/files/{file.number}/"


def _close(run: Run, by: Actor) -> list[str]:
    file, did = _file(run), totals(run)
    move(
        SourceFile.objects.filter(organisation_id=run.organisation_id, pk=file.pk),
        MOVES,
        "finish",
        expected=1,
        rows_loaded=did["loaded_rows"],
        rows_held=did["held_rows"],
        rows_other=did["other_rows"],
        loaded_pence=did["loaded_pence"],
        held_pence=did["held_pence"],
    )
    _tell(file, did, by)
    return []


def _disagreements(file: SourceFile, did: Mapping[str, int]) -> list[str]:
    """The tables are counted again: rows and pence of the file are those loaded and held."""
    here = {"organisation_id": file.organisation_id}
    rows: dict[str, Any] = {
        row["kind"]: row
        for row in SourceRow.objects.filter(**here, source_file=file)
        .values("kind")
        .annotate(rows=Count("id"), pence=Sum("amount_pence"))
    }
    lines = InvoiceLine.objects.filter(**here, invoice__source_file_id=file.pk).aggregate(
        rows=Count("id"), pence=Sum("net_pence")
    )
    found = {
        "rows of the file": sum(row["rows"] for row in rows.values()),
        "invoice lines": lines["rows"],
        "pence of invoice lines": lines["pence"] or 0,
        "pence held": (rows.get("held") or {}).get("pence") or 0,
    }
    wanted = {
        "rows of the file": file.rows_total,
        "invoice lines": did["loaded_rows"],
        "pence of invoice lines": did["loaded_pence"],
        "pence held": did["held_pence"],
    }
    return [
        f"{name}: {found[name]:,} instead of {wanted[name]:,}"
        for name in wanted
        if found[name] != wanted[name]
    ]


def _tell(file: SourceFile, did: dict[str, int], by: Actor) -> None:
    amount = pounds(did["loaded_pence"])
    loaded, held = did["loaded_rows"], did["held_rows"]
    record("finance.file.loaded", file, by=by, loaded=loaded, held=held, amount=amount)
    if file.purpose != "published":
        return
    record("finance.file.approved_by_rule", file, by=by, invoices=did.get("invoices", 0))
    paid = pounds(did.get("paid_pence", 0))
    record("finance.file.paid", file, by=by, payments=did.get("payments", 0), amount=paid)


LOAD_FILE = register(
    Kind(
        key="finance.load_file",
        label="Load a file",
        permission=LOAD_FILES,
        plan=_plan,
        work=_work,
        close=_close,
        link=lambda slug, run: f"/{slug}/files/{run.inputs['file']}/",
        whole=True,
    )
)
