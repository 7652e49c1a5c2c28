"""Who has left the service is read as before, and nobody writes there by any way."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from core.actors import system_actor
from core.errors import Refused
from core.scope import scope
from events.models import Delivery
from events.services import deliver_waiting
from finance.models import Invoice, SourceFile
from runs.models import Run
from runs.services import make_run, waiting, work_all
from runs.tasks import work_waiting
from sla.services import compute_measures
from tenants.models import Organisation, Unit
from tests.finance.files_in import PUBLISHED, load
from tests.runs import kinds as _kinds  # noqa: F401
from tests.world import World

INPUTS = {"parts": 2}


def leave(world: World, slug: str = "eastmere") -> int:
    place = world.id(slug)
    with scope(acting=place):
        Organisation.objects.filter(pk=place).update(status="former")
    return place


def test_no_scope_acts_for_them_and_one_reads(world: World) -> None:
    load(world)
    place = leave(world)
    with pytest.raises(Refused, match="has left the service") as refused, scope(acting=place):
        pass
    assert refused.value.code == "SCO01"
    with scope(readable={place}):
        assert Invoice.objects.count() == 8
    with scope(acting=world.id("northdale")):
        assert Unit.objects.exists()


def test_the_database_refuses_whoever_says_to_act_for_them(world: World) -> None:
    place = leave(world)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenants', %s, true), set_config('app.tenant', %s, true)",
            [f"{{{place}}}", str(place)],
        )
        cursor.execute("UPDATE tenants_unit SET name = 'Mine'")
        assert cursor.rowcount == 0
        cursor.execute("UPDATE tenants_organisation SET status = 'live'")
        assert cursor.rowcount == 0
        cursor.execute("SELECT count(*) FROM tenants_unit")
        assert cursor.fetchone()[0] > 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO tenants_counter (organisation_id, series, next_number)"
                " VALUES (%s, 'mine', 1)",
                [place],
            )
        with pytest.raises(ProgrammingError, match="acted for"), transaction.atomic():
            cursor.execute(
                "SELECT ctx.open_batch(202604, 's', 'k', '\\x00', 'AP', 1, false, NULL, 'N')"
            )


def test_runs_planned_before_wait_and_those_of_others_are_done(world: World) -> None:
    places = [world.id("eastmere"), world.id("northdale")]
    for place in places:
        with scope(acting=place):
            make_run(kind="tests.short", key="k", inputs=INPUTS, by=system_actor(place))
    leave(world)
    assert [place for place, _run in waiting()] == places[1:]
    work_waiting.apply()
    work_all()
    with scope(readable=places):
        assert sorted(Run.objects.values_list("organisation_id", "state")) == sorted(
            [(places[0], "planned"), (places[1], "finished")]
        )


def test_nothing_is_delivered_to_them(world: World) -> None:
    place = world.id("eastmere")
    with scope(acting=place):
        Delivery.objects.create(
            organisation_id=place, event_id=1, handler="none", subject_key="s", subject_id=1,
            run_at="2020-01-01T00:00Z",
        )  # fmt: skip
    leave(world)
    assert deliver_waiting() == 0
    with scope(readable={place}):
        assert Delivery.objects.get().attempts == 0


def test_measures_are_not_computed_for_them(world: World) -> None:
    place = leave(world)
    with pytest.raises(Refused, match="has left the service"):
        compute_measures([place])


def test_import_refuses_their_file_in_a_sentence(world: World, tmp_path: Path) -> None:
    place = world.id("eastmere")
    with scope(acting=place):
        Organisation.objects.filter(pk=place).update(name="Eastmere Council")
    leave(world)
    (tmp_path / "eastmere-council-2019-04.csv").write_text(PUBLISHED)
    said = StringIO()
    call_command("import_spend", tmp_path, processes=1, stdout=said)
    assert "Eastmere Council has left the service. Its books take no more files." in (
        said.getvalue()
    )
    with scope(readable={place}):
        assert not SourceFile.objects.exists()
