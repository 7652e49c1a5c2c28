"""The books are checked every night, and what is wrong is an exception of the run."""

from contextlib import closing

from django.db import connection

from core.invariants import INVARIANTS
from core.management.commands.init_db import connect
from core.scope import scope
from runs.models import Problem, Run
from runs.services import work_all
from runs.tasks import check_books
from sharedservices.celery import app
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World


def test_each_organisation_is_checked_once_a_day(committed_world: World) -> None:
    world = committed_world
    prepare(world)
    row = invoice(world, supplier(world), "A-1")
    with closing(connect(connection.settings_dict["NAME"])) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE finance_invoice SET state = 'posted' WHERE id = %s", [row.pk])
    check_books()
    check_books()
    work_all()
    for slug, wrong in (("eastmere", True), ("northdale", False), ("centre", False)):
        with scope(acting=world.id(slug)):
            run = Run.objects.get(kind="runs.promises")
            causes = set(Problem.objects.filter(run=run).values_list("cause", flat=True))
        assert (run.state, run.results["promises"]) == ("finished", len(INVARIANTS))
        name = "Invoices have a journal exactly when their state says so"
        assert (name in causes, run.results["problems"] > 0) == (wrong, wrong), causes
    assert check_books.name in {each["task"] for each in app.conf.beat_schedule.values()}
