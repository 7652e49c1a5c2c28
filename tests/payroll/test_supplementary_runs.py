"""Supplementary runs: chosen people of a period that was paid, for what they were not paid yet."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from finance.formats.bank_days import next_banking_day
from finance.paying.files import banking_holidays
from hr.models import Employment
from payroll.calculator.loans import loan_deductions, loan_table, plan_bits
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency
from payroll.models import PayPeriod, PayRun, Payslip, Submission
from payroll.models import PayslipLine as Line
from payroll.selectors.runs import bytes_of
from payroll.selectors.slips import explained
from payroll.services.notices import NewNotice, record_notice
from payroll.services.replaying import replay
from payroll.services.runs import start_pay_run
from payroll.services.supplementary import Supplement, start_supplementary_run
from tests.calls import call, code
from tests.hr.record import load
from tests.payroll.groups import row
from tests.payroll.pay_runs import (
    _worked,
    calculated,
    committed,
    group,
    next_month_end,
    paid,
    payroll,
    periods,
    person,
    refer,
)
from tests.payroll.test_pay_after_leaving import rise
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.world import World

Office = tuple[Actor, Actor, list[PayPeriod]]
RISE = 12_000_00


@pytest.fixture
def office(world: World) -> Office:
    by = payroll(world, person(1, **TOLD, tax_code="BR"), person(2, **TOLD))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
        days = periods(group(by))
    return by, world.actor("finance_manager@eastmere"), days


def after(day: date, days: int = 1) -> date:
    for _ in range(days):
        day = next_banking_day(day, banking_holidays(day + timedelta(days=14)))
    return day


def saturday(day: date) -> date:
    return day + timedelta(days=6 - (day.weekday() + 1) % 7 or 7)


def begun(
    by: Actor, period: PayPeriod, *numbers: int, pays_on: date | None = None, why: str = "Missed"
) -> PayRun:
    with scope(acting=by.organisation_id):
        given = Supplement(numbers, pays_on or after(period.pays_on), why)
        return start_supplementary_run(period=period, supplement=given, by=by)


def lines(run: PayRun, number: int) -> dict[str, int]:
    rows = Line.objects.filter(payslip__pay_run=run, payslip__number=number)
    return {one.kind: one.amount_pence for one in rows}


def test_a_missed_starter_is_paid_the_whole_period_and_not_again(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    paid(committed(calculated(by, first), by, boss), by)
    hr = world.actor("hr_officer@eastmere")
    began = {"employed_from": first.starts_on.isoformat(), "from": first.starts_on.isoformat()}
    with scope(acting=by.organisation_id):
        load(hr, person(3, **TOLD, **began), name="late.csv")
    run = paid(committed(_worked(begun(by, first, 3)), by, boss), by)
    with scope(acting=by.organisation_id):
        assert (run.sequence, run.state, run.pays_on) == (2, "paid", after(first.pays_on))
        (slip,) = run.payslips.all()
        assert (slip.number, slip.basic_of_id, slip.pays_on) == (3, first.pk, run.pays_on)
        assert slip.gross_pence == Payslip.objects.get(number=1).gross_pence
        assert lines(run, 3).keys() >= {"basic", "nic", "pension"}
        assert run.results["people"] == 1
        assert explained(slip).agrees
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
        assert all(bytes_of(file) for file in run.files.all())
    # The next run of everybody pays one month to all three.
    later = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert not Line.objects.filter(payslip__pay_run=later, kind="back").exists()
        assert set(later.payslips.values_list("gross_pence", flat=True)) == {slip.gross_pence}


def test_a_correction_bears_what_the_whole_pay_bears_less_what_was_taken(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    main = committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        employment = Payslip.objects.get(pay_run=main, number=1).employment
        earlier = Payslip.objects.get(pay_run=main, number=1)
        notice = NewNotice(first.starts_on, "SL1", loans="2+PGL", gift_pence=5_00)
        record_notice(employment=employment, notice=notice, by=by)
    rise(by, first.starts_on)
    # The day after lies in the same tax month unless the pay day is the fifth.
    run = committed(_worked(begun(by, first, 1)), by, boss)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run)
        found = lines(run, 1)
        assert found["back"] == slip.gross_pence == 1_000_00
        # What is given up or away a pay day is not taken twice.
        assert not found.keys() & {"basic", "giving"}
        both = earlier.gross_pence + slip.gross_pence
        month = thresholds(run.pays_on, Frequency.MONTHLY)
        whole = class_1(row(both), np.array(["A"]), month, run.pays_on)
        assert earlier.nic_pence + slip.nic_pence == whole.employee[0]
        assert earlier.employer_nic_pence + slip.employer_nic_pence == whole.employer[0]
        table, bits = loan_table(run.pays_on, Frequency.MONTHLY), row(plan_bits("2+PGL"))
        due, had = (loan_deductions(row(pay), bits, table) for pay in (both, earlier.gross_pence))
        assert -found["student"] == due.undergraduate[0] - had.undergraduate[0] > 0
        assert -found["postgraduate"] == due.postgraduate[0] - had.postgraduate[0] > 0
        assert earlier.tax_pence > 0 and slip.tax_pence > 0
        assert slip.inputs["taxable_before"] == earlier.taxable_pence
        assert slip.inputs["tax_before"] == earlier.tax_pence
        assert slip.taxable_to_date_pence == earlier.taxable_pence + slip.taxable_pence
        shown = explained(slip)
        assert shown.agrees
        words = next(one for one in shown.lines if one.name == "National Insurance").workings
        assert "in the same earnings period" in words[0]
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    report, root = made(by, run)
    assert report.tax_pence == slip.tax_pence
    assert said(root, "EmpeeContribnsYTD") == [f"{whole.employee[0] / 100:.2f}"]
    assert said(root, "FiguresToDate", "TotalTax") == [f"{slip.tax_to_date_pence / 100:.2f}"]
    # Nothing of it is paid again, and the other person gets theirs with the next pay.
    later = calculated(by, second)
    with scope(acting=by.organisation_id):
        back = Line.objects.filter(payslip__pay_run=later, kind="back")
        assert list(back.values_list("payslip__number", "amount_pence")) == [(2, 1_000_00)]
    # The report of the first run does not know what was paid after it.
    _, root = made(by, main)
    assert said(root, "TaxablePay")
    with scope(acting=by.organisation_id):
        assert Submission.objects.count() == 2


def test_a_leaver_of_the_period_is_taxed_as_after_leaving(world: World, office: Office) -> None:
    by, boss, (first, *_) = office
    hr = world.actor("hr_officer@eastmere")
    last = (next_month_end() - timedelta(days=9)).isoformat()
    with scope(acting=by.organisation_id):
        gone = person(4, **TOLD, employed_to=last, leaving_reason="Retired")
        load(hr, gone, name="gone.csv")
    committed(calculated(by, first), by, boss)
    rise(by, first.starts_on)
    run = _worked(begun(by, first, 4))
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run)
        assert slip.inputs["code"] == "0T" and slip.inputs["left"] == last
        assert slip.inputs["liable_before"] == 0
        assert lines(run, 4)["back"] > 0 and "basic" not in lines(run, 4)


def test_only_after_the_committed_run_of_the_newest_period(world: World, office: Office) -> None:
    by, boss, (first, second, *_) = office
    main = calculated(by, first)
    with pytest.raises(Refused) as refused:
        begun(by, first, 1)
    assert refused.value.code == "PRL64"
    committed(main, by, boss)
    for rule, given in (
        ("PRL13", {"why": " "}),
        ("PRL65", {"pays_on": first.pays_on - timedelta(days=1)}),
        ("PRL65", {"pays_on": second.pays_on}),
        ("PRL65", {"pays_on": saturday(first.pays_on)}),
        ("PRL66", {"number": 77}),
    ):
        facts: dict[str, Any] = dict(given)
        number = facts.pop("number", 1)
        with pytest.raises(Refused) as refused:
            begun(by, first, number, **facts)
        assert refused.value.code == rule, given
    open_one = begun(by, first, 1)
    with pytest.raises(Refused) as refused:
        begun(by, first, 2)
    assert refused.value.code == "PRL64"
    with scope(acting=by.organisation_id), pytest.raises(Refused) as refused:
        start_pay_run(period=second, by=by)
    assert refused.value.code == "PRL16"
    # Nobody chooses themselves.
    with scope(acting=by.organisation_id):
        PayRun.objects.filter(pk=open_one.pk).update(
            state="committed", approved_by_id=0, committed_at=timezone.now()
        )
        Employment.objects.filter(number=2).update(person_id=by.person_id)
    with pytest.raises(Refused) as refused:
        begun(by, first, 2)
    assert refused.value.code == "PRL25"


def test_the_database_pays_basic_pay_of_a_period_once(world: World, office: Office) -> None:
    by, boss, (first, *_) = office
    main = committed(calculated(by, first), by, boss)
    rise(by, first.starts_on)
    run = _worked(begun(by, first, 1))
    with scope(acting=by.organisation_id):
        later, final = after(first.pays_on), pytest.raises(IntegrityError, match="be changed")
        with final, transaction.atomic():
            PayRun.objects.filter(pk=main.pk).update(pays_on=later)
        one = Payslip.objects.get(pay_run=run)
        assert one.basic_of_id is None
        Line.objects.filter(payslip=one).delete()
        one.costs.all().delete()
        one.delete()
        one.basic_of_id = first.pk
        once = pytest.raises(IntegrityError, match="basic_pay_of_a_period_once")
        with once, transaction.atomic():
            one.save(force_insert=True)


def test_the_page_begins_it(world: World, office: Office, client: Client) -> None:
    by, boss, (first, *_) = office
    main = committed(calculated(by, first), by, boss)
    rise(by, first.starts_on)
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("pay_supplementary", args=["eastmere", first.pk])
    assert where in client.get(reverse("pay_run", args=["eastmere", main.number])).content.decode()
    day = after(first.pays_on)
    given = {"employees": "1, 2", "pays_on": f"{day:%d/%m/%Y}", "reason": "Award"}
    assert "digits alone" in client.post(where, {**given, "employees": "Ada"}).content.decode()
    assert (
        "not everybody" in client.post(where, {**given, "employees": "9"}).content.decode().lower()
    )
    sent = client.post(where, given)
    assert sent.status_code == 302
    page = client.get(sent["Location"]).content.decode()
    assert "supplementary" in page and "Award" in page
    assert "supplementary" in client.get(reverse("pay_board", args=["eastmere"])).content.decode()


def test_a_program_begins_it(world: World, office: Office) -> None:
    by, boss, (first, *_) = office
    committed(calculated(by, first), by, boss)
    where = f"pay-periods/{first.pk}/supplementary-run/"
    given = {"employees": [1], "pays_on": f"{after(first.pays_on)}", "reason": "Award"}
    assert call(world, "finance_manager", where, given).status_code == 403
    assert code(call(world, "payroll_officer", where, {**given, "employees": [9]})) == (
        422, "PRL66",
    )  # fmt: skip
    made_one = call(world, "payroll_officer", where, given)
    assert made_one.status_code == 201
    assert made_one.json()["pays_on"] == given["pays_on"]
