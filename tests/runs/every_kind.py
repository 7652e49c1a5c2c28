"""For every kind of run that there is: books that it can work on, and how somebody asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from benchmarking.services import COMPARISON
from core.actors import system_actor
from core.management.commands.init_db import connect
from core.scope import scope
from finance.models import SourceFile
from finance.services.files import load_file, receive_file
from finance.services.taking_back import take_back_load
from payroll.calculator.periods import year_start
from payroll.services.paying import order_payment
from payroll.services.runs import approve, start_pay_run
from runs.checking import check_every_organisation
from runs.services import make_run, work_all
from sla.bulk import MEASURES_RUN
from sla.services import compute_measures, load_indicators
from tests.benchmarking.test_services_comparison import partners
from tests.finance import payables
from tests.finance.files_in import PUBLISHED
from tests.payroll import pay_runs
from tests.payroll.certificate_books import asked_for
from tests.sla.builders import small_books
from tests.sla.test_signed_months import late_invoice, sign
from tests.world import World

Ask = Callable[[], Any]
HERE = "eastmere"


@dataclass(frozen=True)
class Case:
    """`prepare` makes the books and says how the run is asked for; `points` are those of its own.

    They are in the order in which a run comes to them. Workers of a `started` kind are processes of
    their own: what makes PDFs keeps threads, for which a fork of this process would wait in vain.
    """

    prepare: Callable[[World], Ask]
    points: tuple[str, ...] = ()
    leased: bool = False
    started: bool = False


def _received(world: World) -> Ask:
    by = system_actor(world.id(HERE))
    with scope(acting=by.organisation_id):
        data = PUBLISHED.encode()
        file = receive_file(name="april.csv", data=data, purpose="published", by=by).file

    def ask() -> None:
        with scope(acting=by.organisation_id):
            load_file(file=file, by=by)

    return ask


def _loaded(world: World) -> Ask:
    _received(world)()
    work_all()
    by = system_actor(world.id(HERE))

    def ask() -> None:
        with scope(acting=by.organisation_id):
            file = SourceFile.objects.get()
            take_back_load(file=file, reason="Wrong month", by=by, as_of=date(2026, 6, 15))

    return ask


def _staff(world: World) -> Ask:
    by = pay_runs.payroll(world, *(pay_runs.person(number) for number in range(1, 4)))
    with scope(acting=by.organisation_id):
        period = pay_runs.periods(pay_runs.group(by))[0]

    def ask() -> None:
        with scope(acting=by.organisation_id):
            start_pay_run(period=period, by=by)

    return ask


def _calculated(world: World) -> Ask:
    _staff(world)()
    work_all()
    by, boss = (world.actor(f"{role}@{HERE}") for role in ("payroll_officer", "finance_manager"))
    with scope(acting=by.organisation_id):
        run = pay_runs.PayRun.objects.get()
    run = pay_runs.submitted(run, by)

    def ask() -> None:
        total = run.results["net"]
        with scope(acting=by.organisation_id):
            approve(pay_run=run, typed_total_pence=total, version=run.version, by=boss)

    return ask


def _committed(world: World) -> Ask:
    _calculated(world)()
    work_all()
    by = world.actor(f"payroll_officer@{HERE}")

    def ask() -> None:
        with scope(acting=by.organisation_id):
            order_payment(pay_run=pay_runs.PayRun.objects.get(), by=by)

    return ask


def _signed(world: World) -> Ask:
    """A signed month that has changed since, so that there are values and corrections to write."""
    load_indicators()
    by = system_actor(world.id(HERE))
    small_books(by.organisation_id)
    compute_measures([by.organisation_id])
    with scope(acting=by.organisation_id):
        sign(world)
    late_invoice(by.organisation_id)
    months = {"first": "1990-01-01", "until": "2100-01-01"}
    return lambda: _ask(MEASURES_RUN.key, months, world, HERE)


def _ask(kind: str, inputs: dict[str, str], world: World, slug: str) -> None:
    by = system_actor(world.id(slug))
    with scope(acting=by.organisation_id):
        make_run(kind=kind, key="all", inputs=inputs, by=by)


def _partners(world: World) -> Ask:
    load_indicators()
    partners([10, 20, 30, 40, 50, 60, 70])
    months = {"first": "2026-05-01", "last": "2026-05-01"}

    def ask() -> None:
        _ask(COMPARISON.key, months, world, "centre")

    ask_before = {**months, "last": "2026-06-01"}
    by = system_actor(world.id("centre"))
    with scope(acting=by.organisation_id):
        make_run(kind=COMPARISON.key, key="before", inputs=ask_before, by=by)
    work_all()
    return ask


def _broken(world: World) -> Ask:
    """A promise of one organisation is broken, so that there is an exception to write."""
    payables.prepare(world)
    row = payables.invoice(world, payables.supplier(world), "A-1")
    admin = connect(connection.settings_dict["NAME"])
    with admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE finance_invoice SET state = 'posted' WHERE id = %s", [row.pk])
    admin.close()
    return lambda: check_every_organisation(on=date(2026, 6, 15))


def _over(world: World) -> Ask:
    """A committed month of a tax year that is over when its P60s are asked for."""
    _calculated(world)()
    work_all()
    by = world.actor(f"payroll_officer@{HERE}")
    with scope(acting=by.organisation_id):
        year = year_start(pay_runs.PayRun.objects.get().pays_on).year
        pay_runs.refer(by, from_on=date(year, 4, 6))
    return lambda: asked_for(by, year)


LOADING = ("staged", "invoices_posted", "payments_written", "rows_written")
CASES = {
    "finance.load_file": Case(_received, tuple(f"finance.{point}" for point in LOADING)),
    "finance.take_back_file": Case(_loaded, ("finance.journals_reversed", "finance.taken_back")),
    "payroll.calculate": Case(_staff, ("payroll.calculated",)),
    "payroll.commit": Case(_calculated, ("payroll.posted", "payroll.committed")),
    "payroll.pay": Case(_committed, ("payroll.payments", "payroll.paid")),
    "payroll.certificates": Case(_over, ("payroll.issued",), started=True),
    "sla.measures": Case(_signed, ("sla.cleared",)),
    "benchmarking.comparison": Case(_partners, ("benchmarking.cleared",)),
    "runs.promises": Case(_broken, leased=True),
}
