"""The main job: organisations from files, every row accounted, refusals with reasons, done once."""

import csv
import io
import json
import os
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from core.actors import system_actor
from core.management.commands.init_db import connect
from core.scope import scope
from finance.models import Invoice, SourceFile
from finance.selectors.transparency import republished
from finance.services.files import load_file, receive_file
from finance.services.spend_import import organisation_key
from runs.models import Chunk, Run
from tenants.roles import Role
from tenants.selectors import all_organisations, role_holders
from tenants.services import create_organisation
from tests.finance.files_in import PUBLISHED
from tests.runs.processes import running, same_database, until
from tests.world import TODAY, World

SPEND = Path(settings.BASE_DIR).parent / "shared" / "data" / "spend"
STRANGE = "Wem,Was\nHarrow,Papier\nGreen,Baum\n"


def imported(*paths: Path, processes: int = 1) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_spend", *map(str, paths), "--json", "--processes", str(processes), stdout=out
    )
    return json.loads(out.getvalue())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two layouts of one new council, one of another, and one that nobody can read."""
    (tmp_path / "fenwick-2019-04.csv").write_text(PUBLISHED, encoding="utf-8")
    heading, *rows = PUBLISHED.splitlines()
    named = [f"Body Name,{heading}", *(f"Fenwick Borough Council,{row}" for row in rows)]
    (tmp_path / "spend.csv").write_text("\n".join(named), encoding="utf-8")
    (tmp_path / "oldham-2019-04.csv").write_text(PUBLISHED.replace("T", "O"), encoding="utf-8")
    (tmp_path / "strange.csv").write_text(STRANGE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Borough of Calderdale", "Calderdale", True),
        ("Oxford City", "Oxford City Council", True),
        ("Oxford City Council", "Oxfordshire County Council", False),
    ],
)
def test_names_of_one_council_are_one(one: str, other: str, same: bool) -> None:
    assert (organisation_key(one) == organisation_key(other)) is same


def test_organisations_are_made_and_served_by_the_centre(world: World, files: Path) -> None:
    imported(files)
    made = {o.slug: o for o in all_organisations() if o.slug not in world.organisations}
    assert {slug: (o.name, o.kind) for slug, o in made.items()} == {
        "fenwick": ("Fenwick Borough Council", "council"),
        "oldham": ("Oldham", "council"),
    }
    with scope(readable={made["fenwick"].id}):
        holders = role_holders(Role.values, TODAY.replace(year=2100))
    assert [(h.role, h.name) for h in holders] == [
        ("centre_agent", "Service centre agent of centre"),
        ("centre_manager", "Service centre manager of centre"),
    ]


def test_summary_accounts_for_every_row_and_penny(world: World, files: Path) -> None:
    answer = imported(files)
    results = [file for one in answer["organisations"] for file in one["files"]]
    assert [(f["file"], f["state"], f["control"]) for f in results] == [
        ("fenwick-2019-04.csv", "loaded", True),
        ("spend.csv", "loaded", True),
        ("oldham-2019-04.csv", "loaded", True),
    ]
    figures = answer["figures"]
    assert figures["rows"] == 45
    assert figures["rows"] == sum(figures[f"{k}_rows"] for k in ("loaded", "held", "other"))
    assert figures["total_pence"] == figures["loaded_pence"] + figures["held_pence"]
    assert answer["files"] == {"loaded": 3, "refused": 1}
    assert {"read", "group", "posting", "payments"} <= set(answer["seconds"])


def test_unknown_layout_is_refused_with_a_reason_per_column(world: World, files: Path) -> None:
    refused = imported(files / "strange.csv")["refused"]
    assert [one["file"] for one in refused] == ["strange.csv"]
    assert "No row of the first 40 reads as column headings." in refused[0]["reason"]
    text = "Payment Date,Net Amount,Wem\n30/04/2019,10.00,Harrow Paper\n"
    (files / "half.csv").write_text(text, encoding="utf-8")
    refused = imported(files / "half.csv")["refused"]
    assert "Column C ('Wem'): the heading is not one known here" in refused[0]["reason"]
    assert {o.slug for o in all_organisations()} == {"centre", "eastmere", "northdale"}


def test_second_time_does_nothing(world: World, files: Path) -> None:
    imported(files)
    (files / "strange.csv").unlink()
    again = imported(files)
    assert again["files"] == {"known": 3}
    assert again["figures"]["loaded_rows"] == 0
    out = io.StringIO()
    call_command("import_spend", str(files), "--processes", "1", stdout=out)
    assert "Every file had been received before; nothing was done." in out.getvalue()


def begun(world: World, file: Path) -> Run:
    """The file as another worker has it: received and confirmed by a person, not yet loaded."""
    by = system_actor(world.id("eastmere"), "Another")
    with scope(acting=by.organisation_id):
        data = file.read_bytes()
        received = receive_file(name=file.name, data=data, purpose="published", by=by)
        return load_file(file=received.file, by=by)


@pytest.fixture
def eastmere(tmp_path: Path) -> Path:
    (tmp_path / "eastmere-2019-04.csv").write_text(PUBLISHED, encoding="utf-8")
    return tmp_path / "eastmere-2019-04.csv"


@pytest.mark.faults
def test_it_waits_for_what_another_worker_holds(
    committed_world: World, eastmere: Path, tmp_path: Path
) -> None:
    """The other one has claimed the only part and is kept in it until the command has begun."""
    run = begun(committed_world, eastmere)
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as held:
        gate, waits = held.cursor(), held.cursor()
        gate.execute(
            "SELECT pg_advisory_lock(hashtextextended(%s, 0))",
            [f"finance.load_file|{run.organisation_id}"],
        )

        def claimed() -> bool:
            waits.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return waits.rowcount > 0

        with running(tmp_path / "work.log", "work", **same_database()):
            until(claimed, 30, "the other worker did not begin")
            release = threading.Timer(1, gate.execute, ["SELECT pg_advisory_unlock_all()"])
            release.start()
            answer = imported(eastmere)
            release.join()
    assert answer["files"] == {"loaded": 1}
    (file,) = answer["organisations"][0]["files"]
    assert (file["state"], file["control"], file["loaded_rows"]) == ("loaded", True, 9)


def test_file_that_is_held_fails_the_command(world: World, eastmere: Path) -> None:
    said = "RUN-1 is held: pence: 1 instead of 2. Go on at /eastmere/files/."
    run = begun(world, eastmere)
    with scope(acting=run.organisation_id):
        Run.objects.update(state="held", problem="pence: 1 instead of 2")
    out = io.StringIO()
    with pytest.raises(CommandError, match="Not every file is loaded") as failed:
        call_command("import_spend", str(eastmere), "--processes", "1", stdout=out)
    assert said in str(failed.value)
    assert said.partition(". Go")[0] in out.getvalue()


def test_file_whose_columns_a_person_has_not_confirmed_is_left_to_them(
    world: World, eastmere: Path
) -> None:
    by = system_actor(world.id("eastmere"), "Priya")
    with scope(acting=by.organisation_id):
        data = eastmere.read_bytes()
        receive_file(name="april.csv", data=data, purpose="published", by=by)
    with pytest.raises(CommandError, match=r"Sent by Priya as april\.csv; its columns wait"):
        imported(eastmere)


def test_missing_path_is_said(world: World) -> None:
    with pytest.raises(CommandError, match="There is no such file: /nowhere"):
        call_command("import_spend", "/nowhere")


def test_printed_summary_speaks_of_causes_and_seconds(world: World, files: Path) -> None:
    out = io.StringIO()
    call_command("import_spend", str(files), "--processes", "1", stdout=out)
    printed = out.getvalue()
    assert "Refused: strange.csv" in printed
    assert "amount_unreadable" in printed
    assert "Seconds of work by stage" in printed
    assert "£1,387.00 in the file" in printed


def test_two_processes_give_what_one_gives(committed_world: World, files: Path) -> None:
    answer = imported(files, processes=2)
    assert answer["files"] == {"loaded": 3, "refused": 1}
    for one in answer["organisations"]:
        with scope(acting=one["organisation_id"]):
            loaded = sum(f["loaded_rows"] for f in one["files"])
            assert Invoice.objects.count() * 9 == loaded * 8


def test_chunk_in_the_hands_of_another_worker_is_waited_for(
    committed_world: World, files: Path
) -> None:
    """The other worker dies with its chunk: the rows are in the summary all the same."""
    path = files / "fenwick-2019-04.csv"
    here = create_organisation(slug="fenwick", name="Fenwick", kind="council").pk
    by = system_actor(here)
    with scope(acting=here):
        received = receive_file(name=path.name, data=path.read_bytes(), purpose="published", by=by)
        load_file(file=received.file, by=by)
    claimed = threading.Event()

    def hold_and_die() -> None:
        try:
            with scope(acting=here):
                list(Chunk.objects.select_for_update())
                claimed.set()
                time.sleep(0.5)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            connection.close()

    other = threading.Thread(target=hold_and_die)
    other.start()
    assert claimed.wait(10)
    answer = imported(path)
    other.join()
    (file,) = answer["organisations"][0]["files"]
    assert (file["state"], file["rows"], file["control"]) == ("loaded", 15, True)


@pytest.mark.skipif(not SPEND.is_dir(), reason="the published files are not on this machine")
def test_published_files_load_to_the_penny(world: World) -> None:
    wanted = ["oxford-city-expenditure-over-500-oct-dec-2017.csv", "calderdale-2019-04.csv"]
    answer = imported(*(SPEND / name for name in wanted))
    files = [file for one in answer["organisations"] for file in one["files"]]
    assert all(file["control"] for file in files)
    assert {o["slug"] for o in answer["organisations"]} == {"oxford-city", "calderdale"}
    figures = answer["figures"]
    assert (figures["rows"], figures["loaded_rows"]) == (6_481, 6_410)
    for one in answer["organisations"]:
        with scope(acting=one["organisation_id"]):
            assert not SourceFile.objects.exclude(state="loaded").exists()
            for file in SourceFile.objects.all():
                came = (SPEND / file.name).read_bytes().decode(file.encoding)
                assert rows_of(republished(file)) == rows_of(came)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))
