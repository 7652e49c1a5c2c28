"""Back pay of those who left, and of those who are in another pay group by now."""

from datetime import date

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.invariants import problems
from core.scope import scope
from hr.models import PayScale, PayValue, Placement
from payroll.calculator.loans import loan_deductions, loan_table, plan_bits
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency
from payroll.models import PayMember, PayPeriod, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.selectors.slips import explained
from payroll.services.notices import NewNotice, record_notice
from payroll.services.replaying import replay
from tests.payroll.groups import row
from tests.payroll.pay_runs import (
    calculated,
    committed,
    group,
    next_month_end,
    payroll,
    periods,
    person,
    refer,
)
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.world import World

RISE = 12_000_00  # a year, £1,000 a month
Office = tuple[Actor, Actor, list[PayPeriod]]


@pytest.fixture
def office(world: World) -> Office:
    """Two people, of whom the second leaves with the end of the first period."""
    last = next_month_end().isoformat()
    gone = person(2, **TOLD, tax_code="S1257L", employed_to=last, leaving_reason="Retired")
    by = payroll(world, person(1, **{**TOLD, "name": "Bo Reed"}), gone)
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
        days = periods(group(by))
    return by, world.actor("finance_manager@eastmere"), days


def rise(by: Actor, from_on: date, pence: int = RISE) -> None:
    """Every point that is used is worth more from a day on, which becomes known now."""
    with scope(acting=by.organisation_id):
        used = Placement.objects.values_list("pay_point_id", flat=True)
        for value in PayValue.objects.filter(pay_point_id__in=used, to_on__isnull=True):
            PayValue.objects.filter(pk=value.pk).update(to_on=from_on)
            value.pk, value.from_on, value.recorded_at = None, from_on, timezone.now()
            value.annual_pence += pence
            value.save(force_insert=True)


def other_scale(by: Actor) -> PayScale:
    """One that nobody here is on."""
    return PayScale.objects.create(
        organisation_id=by.organisation_id, code="nurses", name="Nurses", hours_code="njc"
    )


def slip_of(run: PayRun, number: int) -> Payslip:
    return Payslip.objects.get(pay_run=run, number=number)


def test_who_left_is_paid_what_became_known_afterwards_as_the_law_says(
    world: World, office: Office, client: Client
) -> None:
    by, boss, (first, second, third, *_) = office
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        leaver = Payslip.objects.get(number=2).employment
        given = NewNotice(timezone.localdate(), "SL1", loans="2+PGL")
        record_notice(employment=leaver, notice=given, by=by)
    rise(by, first.starts_on)
    run = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        slip = slip_of(run, 2)
        lines = {one.kind: one for one in Line.objects.filter(payslip=slip)}
        assert (lines["back"].amount_pence, lines["back"].origin_id) == (1_000_00, first.pk)
        assert "basic" not in lines
        assert slip.inputs["code"] == "S0T" and not slip.inputs["cumulative"]
        # Without an allowance: all of £915, after 8.5% for the pension, at 19% and 20%.
        assert lines["pension"].amount_pence == -slip.pension_pence < 0
        assert slip.tax_pence > slip.taxable_pence * 18 // 100
        # An irregular payment after the employment: the earnings period is a week.
        week = class_1(
            row(1_000_00), np.array(["A"]), thresholds(second.pays_on, Frequency.WEEKLY),
            second.pays_on,
        )  # fmt: skip
        assert (slip.nic_pence, slip.employer_nic_pence) == (week.employee[0], week.employer[0])
        loans = loan_deductions(
            row(1_000_00), row(plan_bits("2+PGL")), loan_table(second.pays_on, Frequency.WEEKLY)
        )
        assert lines["student"].amount_pence == -loans.undergraduate[0] < 0
        assert lines["postgraduate"].amount_pence == -loans.postgraduate[0] < 0
        # It costs the unit of the job that they held.
        (cost,) = slip.costs.all()
        assert cost.unit_id and cost.pay_pence == 1_000_00
        assert explained(slip).agrees
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    _, root = made(by, run)
    assert said(root, "Payment", "PmtAfterLeaving") == ["yes"]
    assert said(root, "Payment", "TaxCode") == ["1257L", "0T"]
    client.force_login(world.people["payroll_officer@eastmere"])
    page = client.get(reverse("payslip", args=["eastmere", 2, run.number])).content.decode()
    assert "Pay for the time before you left on" in page
    # It is paid once.
    again = calculated(by, third)
    with scope(acting=by.organisation_id):
        assert list(again.payslips.values_list("number", flat=True)) == [1]


def test_the_pension_of_who_left_follows_the_pay_of_the_job_they_left(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    rise(by, first.starts_on)
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        gone, here = slip_of(run, 2), slip_of(run, 1)
        both = here.pension_pence * gone.gross_pence, gone.pension_pence * here.gross_pence
        assert abs(both[0] - both[1]) <= here.gross_pence


def test_what_was_overpaid_to_who_left_is_not_taken_from_pay_they_do_not_have(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    rise(by, first.starts_on, -RISE // 10)
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert list(run.payslips.values_list("number", flat=True)) == [1]
        assert Line.objects.get(payslip__pay_run=run, kind="back").amount_pence == -100_00


def test_who_changed_pay_group_is_paid_back_in_the_new_one(world: World, office: Office) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        other = group(by, code="N", name="Nurses", scale=other_scale(by))
        PayMember.objects.filter(employment__number=1).update(pay_group=other)
        later = PayPeriod.objects.get(pay_group=other, pays_on=second.pays_on)
    rise(by, first.starts_on)
    run = committed(calculated(by, later), by, boss)
    with scope(acting=by.organisation_id):
        (line,) = Line.objects.filter(payslip__pay_run=run, kind="back")
        assert (line.amount_pence, line.origin_id) == (1_000_00, first.pk)
        assert line.payslip.number == 1
        assert line.payslip.inputs["left"] == "" and line.payslip.inputs["cumulative"]
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    # The old group owes its leaver alone.
    old = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert list(old.payslips.values_list("number", flat=True)) == [2]


def test_days_that_two_groups_paid_for_are_left_to_people(world: World, office: Office) -> None:
    by, boss, (first, second, *_) = office
    with scope(acting=by.organisation_id):
        other = group(by, code="N", name="Nurses", scale=other_scale(by))
        same = PayPeriod.objects.get(pay_group=other, pays_on=first.pays_on)
        later = PayPeriod.objects.get(pay_group=other, pays_on=second.pays_on)
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        PayMember.objects.filter(employment__number=1).update(pay_group=other)
    committed(calculated(by, same), by, boss)
    rise(by, first.starts_on)
    run = calculated(by, later)
    with scope(acting=by.organisation_id):
        assert not Line.objects.filter(payslip__pay_run=run, kind="back").exists()
