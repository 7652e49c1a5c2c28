"""An organisation leaves with everything that is its own, and with nothing of anybody else."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.scope import scope
from core.tenancy import tenant_models
from tests.conftest import committing
from tests.house.planted import PATTERNS, plant
from tests.house.test_routes import state_of
from tests.world import World, build_world


@pytest.fixture(scope="module")
def packed(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Any:
    """Two full organisations, and the pack of one of them."""
    with committing(django_db_blocker):
        world = build_world()
        for slug in ("eastmere", "northdale"):
            plant(world, slug)
        before = state_of(world, "northdale")
        folder = tmp_path_factory.mktemp("pack") / "eastmere"
        call_command("exit_pack", "eastmere", str(folder), stdout=StringIO())
        yield world, folder, before


def test_every_table_is_in_it_with_every_row(packed: tuple[World, Path, Any]) -> None:
    world, folder, _before = packed
    told = {one["path"]: one for one in json.loads((folder / "manifest.json").read_text())["files"]}
    with scope(readable={world.id("eastmere")}):
        for model in tenant_models():
            table = model._meta.db_table
            assert told[f"tables/{table}.csv"]["rows"] == model.objects.count(), table


def test_nothing_of_another_is_in_it_and_nothing_there_changed(packed: Any) -> None:
    world, folder, before = packed
    found = 0
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            assert PATTERNS["northdale"].findall(text) == [], path
            found += bool(PATTERNS["eastmere"].search(text))
    assert found > 50
    assert state_of(world, "northdale") == before


def test_documents_are_the_bytes_that_came(packed: Any) -> None:
    _world, folder, _before = packed
    with (folder / "tables" / "finance_sourcefile.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hashes = {one["sha256"] for one in json.loads((folder / "manifest.json").read_text())["files"]}
    contents = {path.read_bytes() for path in (folder / "documents").iterdir()}
    assert rows and {bytes.fromhex(row["content"].removeprefix("\\x")) for row in rows} <= contents
    assert len(hashes) > 60


def test_credentials_stay_behind(packed: Any) -> None:
    _world, folder, _before = packed
    heads = {
        path.stem: path.open(encoding="utf-8").readline().strip().split(",")
        for path in (folder / "tables").iterdir()
    }
    assert "secret" not in heads["events_webhook"]
    assert "secret" not in heads["access_identityprovider"]
    assert "digest" not in heads["access_apitoken"]
    assert heads["people"] == ["id", "name", "email"]


def test_what_was_changed_is_found(packed: Any, tmp_path: Path) -> None:
    import shutil

    _world, folder, _before = packed
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    call_command("exit_pack", "eastmere", str(copy), "--verify", stdout=StringIO())
    (copy / "more.txt").write_text("more")
    (copy / "tables" / "people.csv").write_text("id,name,email\n")
    (copy / "tables" / "tenants_unit.csv").unlink()
    said = StringIO()
    with pytest.raises(CommandError, match="not whole"):
        call_command("exit_pack", "eastmere", str(copy), "--verify", stderr=said)
    assert said.getvalue().splitlines() == [
        "tables/tenants_unit.csv is missing",
        "more.txt is not in the manifest",
        "tables/people.csv was changed",
    ]
    with pytest.raises(CommandError, match="is not empty"):
        call_command("exit_pack", "eastmere", str(copy))
