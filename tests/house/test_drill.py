"""What is backed up comes back whole, and what is not whole is noticed."""

import hashlib
import json
import shutil
import signal
import tempfile
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from core.db.roles import connect
from sharedservices import drill as drills
from tests.events.sealing import seal_everything
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World


@pytest.fixture
def busy(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An organisation with a journal and a sealed trail."""
    prepare(committed_world)
    invoice(committed_world, supplier(committed_world), "AA-1")
    seal_everything()
    return committed_world


def test_it_comes_back_whole_and_says_how_long_it_took(busy: World, tmp_path: Path) -> None:
    said, record = StringIO(), tmp_path / "drills.jsonl"
    call_command("drill", record=record, stdout=said)
    assert "Everything is as it was." in said.getvalue()
    (line,) = record.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert 0 < told["restored_seconds"] < 60
    assert len(told["steps"]) == 7
    with closing(connect(settings.ADMIN_DATABASE, "postgres")) as server, server.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name LIKE 'commonwell_drill%'"
        )
        assert not cursor.fetchall()


def test_what_was_written_while_the_receiver_slept_arrives(db: None, tmp_path: Path) -> None:
    home = settings.POSTGRES_HOME if settings.EMBEDDED_POSTGRES else None
    tools, database = drills.Tools(home), settings.DATABASES["default"]["NAME"]
    with tempfile.TemporaryDirectory(prefix="cw-drill-") as name:
        wal = Path(name)
        if tools.user:
            shutil.chown(wal, tools.user)
        with drills.receiving(tools, settings.ADMIN_DATABASE, wal) as receiver:
            receiver.send_signal(signal.SIGSTOP)
            drills.mark(settings.ADMIN_DATABASE, database)
            segment, _ = drills.mark(settings.ADMIN_DATABASE, database)
            receiver.send_signal(signal.SIGCONT)
            drills.wait_for(wal / segment, receiver)
            receiver.kill()
            receiver.wait()
            with pytest.raises(drills.DrillFailed, match="ended too early"):
                drills.wait_for(wal / "never", receiver)


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drills, "NEEDED", ("pg_amcheck", "pg_of_nowhere"))
    with pytest.raises(CommandError, match=r"The drill needs pg_of_nowhere, which are not here\."):
        call_command("drill")


def test_a_backup_that_was_changed_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"as it was")
    told = {"Path": "file", "Size": 9, "Checksum": hashlib.sha256(b"as it was").hexdigest()}
    (tmp_path / "backup_manifest").write_text(json.dumps({"Files": [told]}))
    drills.verify(tmp_path)
    (tmp_path / "file").write_bytes(b"as it is!")
    with pytest.raises(drills.DrillFailed, match="is not what was sent"):
        drills.verify(tmp_path)
    (tmp_path / "file").unlink()
    with pytest.raises(drills.DrillFailed, match="is missing"):
        drills.verify(tmp_path)
