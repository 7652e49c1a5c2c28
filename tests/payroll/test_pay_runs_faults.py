"""A worker killed in the midst of each kind of run: everything once, as if nothing had happened."""

from pathlib import Path

import pytest
from django.db import connection

from core.scope import scope
from payroll.models import PayRun
from payroll.services.paying import order_payment
from payroll.services.runs import approve, start_pay_run
from runs.services import work_all
from tests.payroll.pay_runs import group, payroll, periods, person, submitted
from tests.runs.processes import run as in_process
from tests.runs.processes import same_database
from tests.world import World

COUNTS = (
    "SELECT (SELECT count(*) FROM payroll_payslip), (SELECT sum(net_pence) FROM payroll_payslip),"
    " (SELECT sum(amount_pence) FROM payroll_payslipline), (SELECT count(*) FROM payroll_payfile),"
    " (SELECT sum(amount_pence) FROM payroll_paypayment), (SELECT count(*) FROM finance_journal)"
)


def _killed_then_done(point: str, tmp_path: Path) -> None:
    fuse = tmp_path / point
    fuse.touch()
    armed = {**same_database(), "FAULT_POINT": point, "FAULT_FUSE": str(fuse)}
    assert in_process("work", "--once", **armed).returncode == -9
    assert not fuse.exists()
    work_all()


@pytest.mark.usefixtures("committed")
def test_killed_in_each_step(committed_world: World, tmp_path: Path) -> None:
    by = payroll(committed_world, person(1), person(2), person(3))
    boss = committed_world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = start_pay_run(period=periods(group(by))[0], by=by)
    _killed_then_done("payroll.calculated", tmp_path)
    with scope(acting=by.organisation_id):
        run = PayRun.objects.get()
        assert run.results["people"] == 3
    run = submitted(run, by)
    with scope(acting=by.organisation_id):
        approve(pay_run=run, typed_total_pence=run.results["net"], version=run.version, by=boss)
    _killed_then_done("payroll.posted", tmp_path)
    with scope(acting=by.organisation_id):
        order_payment(pay_run=run, by=by)
    _killed_then_done("payroll.payments", tmp_path)
    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        cursor.execute(COUNTS)
        net = run.results["net"]
        assert cursor.fetchone() == (3, net, net, 2, net, 2)
        assert PayRun.objects.get().state == "paid"
