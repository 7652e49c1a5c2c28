"""The main job: files of published spending of many organisations, from bytes to paid invoices.

Outside any scope: each function opens the scope of the organisation it works for.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.text import slugify

from core.actors import Actor, system_actor
from core.scope import scope
from finance import clock
from finance.models import SourceFile, SourceRow
from finance.reading import Unreadable, read_file
from finance.services.files import load_file, receive_file
from runs.models import Run
from runs.services import finish_run
from tenants.models import Organisation
from tenants.roles import Role
from tenants.selectors import Holder, all_organisations, person_by_id, role_holders
from tenants.services import create_organisation, give_role

# What upper apps do once the measures are computed, as comparison does; they add it in ready().
AFTER_MEASURES: list[Callable[[], object]] = []
IMPORTER = "Import of published spending"
_COUNTED = ("invoices", "payments", "paid_", "in_suspense", "duplicates_")
_SUFFIXES = (".csv", ".xlsx")
_PLAIN_WORDS = frozenset({"the", "borough", "metropolitan", "district", "of", "council"})


@dataclass(frozen=True)
class Found:
    """A file and the organisation that it names, or the reason why it cannot be read."""

    path: Path
    name: str = ""
    confidence: int = 0
    refused: str = ""


@dataclass
class FileResult:
    """What became of one file. `control`: rows and pence loaded and held add up to its own."""

    file: str
    state: str
    problem: str = ""
    rows: int = 0
    loaded_rows: int = 0
    held_rows: int = 0
    other_rows: int = 0
    total_pence: int = 0
    loaded_pence: int = 0
    held_pence: int = 0
    control: bool = False
    figures: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)


@dataclass
class OrganisationResult:
    """What became of the files of one organisation, and the seconds of each stage."""

    organisation_id: int
    slug: str
    name: str
    files: list[FileResult] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def files_under(paths: Sequence[Path]) -> list[Path]:
    """The files themselves and those of the directories given, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        inside = path.iterdir() if path.is_dir() else [path]
        found += sorted(p for p in inside if p.suffix.lower() in _SUFFIXES or p == path)
    return found


def inspect(path: Path) -> Found:
    """Whose file it is, from its column of organisations or its name."""
    try:
        guess = read_file(path.name, path.read_bytes()).organisation
    except Unreadable as error:
        return Found(path, refused=str(error))
    if not guess.name:
        return Found(path, refused=f"It is not clear whose file this is: {guess.reason}.")
    return Found(path, guess.name, guess.confidence)


def without_former(found: Sequence[Found]) -> list[Found]:
    """The files, those of organisations that have left the service refused: nobody writes there."""
    former = Organisation.Status.FORMER
    left = {organisation_key(o.name): o.name for o in all_organisations() if o.status == former}
    return [
        Found(file.path, refused=f"{left[key]} has left the service. Its books take no more files.")
        if not file.refused and (key := organisation_key(file.name)) in left
        else file
        for file in found
    ]


def organisation_key(name: str) -> str:
    """The words that tell councils apart: «The Borough of Calderdale» and «Calderdale» are one."""
    words = re.findall(r"[a-z0-9']+", name.lower())
    return " ".join([w for w in words if w not in _PLAIN_WORDS] or words)


def organisations_for(found: Sequence[Found]) -> list[tuple[OrganisationResult, list[Path]]]:
    """The organisations of the files, made where missing; most bytes first."""
    named: dict[str, list[Found]] = {}
    for file in found:
        named.setdefault(organisation_key(file.name), []).append(file)
    known = {organisation_key(o.name): o for o in all_organisations()}
    work = []
    for key, files in named.items():
        there = known.get(key)
        if there is None:
            best = max(files, key=lambda f: (f.confidence, len(f.name)))
            result = _make_organisation(best.name, key)
        else:
            result = OrganisationResult(there.id, there.slug, there.name)
        work.append((result, [f.path for f in files]))
    return sorted(work, key=lambda pair: -sum(p.stat().st_size for p in pair[1]))


def _make_organisation(name: str, key: str) -> OrganisationResult:
    """A council that the centre serves: its agents and managers may work for it at once."""
    made = create_organisation(slug=slugify(key)[:40], name=name, kind="council")
    today = timezone.localdate()
    serving: list[Holder] = []
    for centre in all_organisations():
        if centre.kind == "centre":
            with scope(readable={centre.id}):
                serving += role_holders([Role.CENTRE_AGENT, Role.CENTRE_MANAGER], today)
    with scope(acting=made.pk):
        for holder in serving:
            give_role(person=person_by_id(holder.person_id), role=holder.role, since=today)
    return OrganisationResult(made.pk, made.slug, made.name)


def import_files(result: OrganisationResult, paths: Sequence[Path]) -> OrganisationResult:
    """Loads the files one after the other through the same runs as an upload."""
    clock.take()
    by = system_actor(result.organisation_id, IMPORTER)
    result.files = [_import_one(path, by) for path in paths]
    result.seconds = clock.take()
    return result


def _import_one(path: Path, by: Actor) -> FileResult:
    """One file to its end, whichever worker does the work; a load cut short is taken up again."""
    try:
        with scope(acting=by.organisation_id), clock.timed("receive"):
            received = receive_file(
                name=path.name, data=path.read_bytes(), purpose="published", by=by
            )
            file = received.file
            run_id = file.run_id if received.before else load_file(file=file, by=by).pk
    except Unreadable as error:
        return FileResult(path.name, "refused", str(error))
    if run_id is None:
        said = f"Sent by {file.made_by_name} as {file.name}; its columns wait to be confirmed."
        return FileResult(path.name, "waiting", said)
    if file.state == SourceFile.State.LOADED:
        return FileResult(path.name, "known", f"Received before as {file.name}; nothing was done.")
    with clock.timed("in all"):
        run = finish_run(by.organisation_id, run_id)
    with scope(acting=by.organisation_id):
        return _result(by.organisation_id, file.pk, run)


def refresh_statistics() -> None:
    """The planner learns of the new rows now and not with the next autovacuum.

    Measures of nine councils straight after their load took 49 s without it and 9 s with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.analyse_payables()")


def _result(organisation_id: int, file_id: int, run: Run) -> FileResult:
    """The file's own counts; when its run did not finish, the state and the problem of the run."""
    file = SourceFile.objects.get(organisation_id=organisation_id, pk=file_id)
    causes = (
        SourceRow.objects.filter(
            organisation_id=file.organisation_id, source_file=file, kind=SourceRow.Kind.HELD
        )
        .values_list("cause")
        .annotate(rows=Count("id"))
    )
    rows = file.rows_loaded + file.rows_held + file.rows_other
    return FileResult(
        file=file.name,
        state=file.state if run.state == Run.State.FINISHED else run.state,
        problem="" if run.state == Run.State.FINISHED else _why_not(run),
        rows=file.rows_total,
        loaded_rows=file.rows_loaded,
        held_rows=file.rows_held,
        other_rows=file.rows_other,
        total_pence=file.total_pence,
        loaded_pence=file.loaded_pence,
        held_pence=file.held_pence,
        control=rows == file.rows_total and file.loaded_pence + file.held_pence == file.total_pence,
        figures={k: v for k, v in run.results.items() if not k.endswith("_rows")},
        causes=dict(causes),
    )


def _why_not(run: Run) -> str:
    """Why a run ended without its file being loaded."""
    return f"{run} is held: {run.problem.rstrip('.')}."


def unfinished(results: Sequence[OrganisationResult]) -> list[str]:
    """In words, every file that is neither loaded nor refused, and where to go on with it."""
    return [
        f"{file.file}: {file.problem} Go on at /{result.slug}/files/."
        for result in results
        for file in result.files
        if file.state not in ("loaded", "known", "refused")
    ]


def added(results: Sequence[OrganisationResult]) -> dict[str, Any]:
    """The figures of all files added up, held rows by cause and seconds by stage."""
    figures: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    states: Counter[str] = Counter()
    names = ("rows", "loaded_rows", "held_rows", "other_rows", "total_pence", "loaded_pence")
    for result in results:
        for stage, spent in result.seconds.items():
            seconds[stage] += spent
        for file in result.files:
            states[file.state] += 1
            causes.update(file.causes)
            figures.update({name: getattr(file, name) for name in (*names, "held_pence")})
            figures.update({n: v for n, v in file.figures.items() if n.startswith(_COUNTED)})
    return {
        "files": dict(states),
        "figures": dict(figures),
        "held_by_cause": dict(causes),
        "seconds": dict(seconds),
    }
