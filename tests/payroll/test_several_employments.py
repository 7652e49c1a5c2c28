"""Several employments of one person in a run: contributions and bands on the pay of all of them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.invariants import problems
from core.scope import scope
from hr.models import Employment
from payroll.calculator.loans import loan_deductions, loan_table, plan_bits
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.pensions import SEVERAL_EMPLOYMENTS
from payroll.calculator.periods import Frequency
from payroll.kinds import _parts
from payroll.law import DECLARED
from payroll.models import PayException, PayMember, PayPeriod, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.paying.figures import law_on
from payroll.selectors.slips import explained, sentences
from payroll.selectors.years import contributions
from payroll.services.notices import NewNotice, record_notice
from payroll.services.replaying import replay
from payroll.services.runs import recalculate_all, recalculate_some
from tests.hr.record import load
from tests.payroll.groups import row
from tests.payroll.pay_runs import (
    _worked,
    calculated,
    committed,
    group,
    next_month_end,
    payroll,
    periods,
    person,
    refer,
)
from tests.payroll.test_pay_after_leaving import other_scale
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.payroll.test_supplementary_runs import begun, rise
from tests.world import World

TEN = "10"  # hours of 37: £576.19 a month, less than employees pay on


def one_person(by: Actor, *numbers: int) -> None:
    """These employments are of the person of the first of them."""
    with scope(acting=by.organisation_id):
        whose = Employment.objects.get(number=numbers[0]).person_id
        Employment.objects.filter(number__in=numbers).update(person_id=whose)


def office(world: World, *rows: dict[str, str], **given: Any) -> tuple[Actor, list[PayPeriod]]:
    """Employments 1 and 2 are of one person, whatever others there are."""
    by = payroll(world, *rows)
    one_person(by, 1, 2)
    with scope(acting=by.organisation_id):
        refer(by, from_on=timezone.localdate().replace(month=4, day=6) - timedelta(days=366))
        return by, periods(group(by, **given))


def slips(run: PayRun) -> dict[int, Payslip]:
    return {one.number: one for one in run.payslips.select_related("pay_run").order_by("number")}


def due_on(run: PayRun, pence: int, letter: str = "A") -> tuple[int, int]:
    month = thresholds(run.pays_on, Frequency.MONTHLY)
    nic = class_1(row(pence), np.array([letter]), month, run.pays_on)
    return int(nic.employee[0]), int(nic.employer[0])


def causes(run: PayRun) -> dict[int, str]:
    rows = PayException.objects.filter(pay_run=run, cause="several")
    return dict(rows.values_list("number", "text"))


def nic_words(slip: Payslip) -> tuple[str, ...]:
    found = explained(slip)
    assert found.agrees
    return next(one for one in found.lines if one.name == "National Insurance").workings


def test_two_below_the_threshold_pay_on_what_both_come_to(world: World) -> None:
    people = person(1, **TOLD, hours=TEN), person(2, **TOLD, hours="15"), person(3, **TOLD)
    by, (first, second, *_) = office(world, *people)
    run = committed(calculated(by, first), by, world.actor("finance_manager@eastmere"))
    with scope(acting=by.organisation_id):
        found = slips(run)
        pay = [found[n].gross_pence for n in (1, 2)]
        employee, employer = due_on(run, sum(pay))
        assert [due_on(run, one)[0] for one in pay] == [0, 0] and employee > 0
        assert found[1].nic_pence + found[2].nic_pence == employee
        assert found[1].employer_nic_pence + found[2].employer_nic_pence == employer
        # By the pay of each, to the penny.
        assert found[1].nic_pence == pytest.approx(employee * pay[0] / sum(pay), abs=1)
        assert (found[3].nic_pence, found[3].employer_nic_pence) == due_on(
            run, found[3].gross_pence
        )
        assert found[3].inputs["jointly"] == [] and causes(run) == {}
        words = nic_words(found[1])
        assert words[0] == (
            "The pay of all employments here counts together: £576.19 in this one, £864.29 in"
            " employment 2."
        )
        assert words[-1].startswith("Each payslip bears its part by its pay: of the employee's £")
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
        (year,) = contributions([found[1]]) or []
        assert (year.employee, year.employer) == (employee, employer)
        assert contributions([found[2]]) == []
    # HMRC is told of it once, under the lower number.
    _, root = made(by, run)
    assert said(root, "AggregatedEarnings") == ["yes", "yes"]
    whole = sum(pay)
    assert said(root, "GrossEarningsForNICsInPd") == [
        f"{pence / 100:.2f}" for pence in (whole, found[3].gross_pence)
    ]
    assert said(root, "EmpeeContribnsInPd")[0] == f"{employee / 100:.2f}"
    later = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert slips(later)[1].nic_to_date_pence == 2 * found[1].nic_pence


def test_two_above_it_have_its_thresholds_once(world: World) -> None:
    by, (first, *_) = office(world, person(1), person(2))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        found = slips(run)
        employee, employer = due_on(run, sum(one.gross_pence for one in found.values()))
        assert sum(one.nic_pence for one in found.values()) == employee
        assert sum(one.employer_nic_pence for one in found.values()) == employer
        assert employee > 2 * due_on(run, found[1].gross_pence)[0]
        assert abs(found[1].nic_pence - found[2].nic_pence) <= 1
        assert found[1].nic_pence >= found[2].nic_pence


def test_one_calculated_alone_takes_the_other_along(world: World) -> None:
    by, (first, *_) = office(world, person(1, hours=TEN), person(2, hours=TEN), person(3))
    run = calculated(by, first)
    rise(by, first.starts_on)
    with scope(acting=by.organisation_id):
        before = slips(run)
        one = Employment.objects.get(number=2)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=by)
        now = slips(run)
        assert now[3].pk == before[3].pk
        pay = [now[n].gross_pence for n in (1, 2)]
        assert pay > [before[n].gross_pence for n in (1, 2)]
        assert now[1].nic_pence + now[2].nic_pence == due_on(run, sum(pay))[0]
        assert replay(pay_run=run, by=by).agrees


def test_what_changed_names_the_other_employment(world: World) -> None:
    by, (first, second, *_) = office(world, person(1, hours=TEN), person(2, hours="15"))
    boss = world.actor("finance_manager@eastmere")
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        one = Employment.objects.get(number=2)
        one.assignments.get().placements.update(weekly_minutes=20 * 60)
    run = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        said = sentences(explained(slips(run)[1]))
    assert any("pay of other employments here counts with it" in one for one in said)


def test_letters_that_differ_are_worked_out_alone_and_looked_at(world: World) -> None:
    by, (first, *_) = office(world, person(1), person(2))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        PayMember.objects.filter(employment__number=2).update(letter="J")
        ids = list(run.payslips.values_list("employment_id", flat=True))
        run = recalculate_some(pay_run=run, employments=ids[:1], by=by)
        found = slips(run)
        for number, letter in ((1, "A"), (2, "J")):
            slip = found[number]
            assert (slip.nic_pence, slip.employer_nic_pence) == due_on(
                run, slip.gross_pence, letter
            )
        letters = "The letters of several employments differ, A in 1, J in 2"
        said = f"{letters}: contributions are worked out on each alone."
        assert causes(run) == {1: said, 2: said}


def test_a_directorship_beside_is_looked_at(world: World) -> None:
    by, (first, *_) = office(world, person(1), person(2))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        member = PayMember.objects.filter(employment__number=2)
        member.update(director_from=first.starts_on, director_method="AN")
        run = recalculate_some(
            pay_run=run, employments=list(member.values_list("employment_id", flat=True)), by=by
        )
        assert slips(run)[1].nic_pence == due_on(run, slips(run)[1].gross_pence)[0]
        assert causes(run)[1].startswith("One of several employments is a directorship:")


def test_another_pay_group_is_looked_at(world: World, client: Client) -> None:
    by, (first, second, *_) = office(world, person(1), person(2))
    committed(calculated(by, first), by, world.actor("finance_manager@eastmere"))
    with scope(acting=by.organisation_id):
        nurses = group(by, code="N", name="Nurses", scale=other_scale(by))
        PayMember.objects.filter(employment__number=2).update(pay_group=nurses)
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert causes(run) == {
            1: "Employment 2 is in another pay group, and not counted with this one."
        }
        slip = slips(run)[1]
        assert slip.nic_pence == due_on(run, slip.gross_pence)[0]
    client.force_login(world.people["payroll_officer@eastmere"])
    here = {"organisation": "eastmere", "number": run.number, "cause": "several"}
    page = client.get(reverse("pay_exceptions", kwargs=here)).content.decode()
    assert "Employment 2 is in another pay group" in page


def test_an_employment_that_is_recorded_after_the_run_began_is_looked_at(world: World) -> None:
    by, (first, *_) = office(world, person(1), person(2))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        load(world.actor("hr_officer@eastmere"), person(3), name="late.csv")
    one_person(by, 1, 3)
    with scope(acting=by.organisation_id):
        member, late = PayMember.objects.get(employment__number=1), Employment.objects.get(number=3)
        member.pk, member.employment = None, late
        member.save(force_insert=True)
        ids = list(run.payslips.filter(number=1).values_list("employment_id", flat=True))
        run = recalculate_some(pay_run=run, employments=ids, by=by)
        said = "Employment 3 is not in this run yet, and not counted with this one."
        assert causes(run) == {1: said, 2: said}
        run = recalculate_all(pay_run=run, version=run.version, by=by)
    run = _worked(run)
    with scope(acting=by.organisation_id):
        found = slips(run)
        whole = due_on(run, sum(one.gross_pence for one in found.values()))
        assert sum(one.nic_pence for one in found.values()) == whole[0]
        assert (len(found), causes(run)) == (3, {})


def test_a_supplementary_run_counts_what_both_were_paid_before(world: World) -> None:
    by, (first, *_) = office(world, person(1, **TOLD), person(2, **TOLD))
    boss = world.actor("finance_manager@eastmere")
    main = committed(calculated(by, first), by, boss)
    rise(by, first.starts_on)
    run = committed(_worked(begun(by, first, 2)), by, boss)
    with scope(acting=by.organisation_id):
        before, (slip,) = slips(main), run.payslips.select_related("pay_run").all()
        earlier = sum(one.gross_pence for one in before.values())
        whole, had = due_on(run, earlier + slip.gross_pence), due_on(run, earlier)
        assert (slip.nic_pence, slip.employer_nic_pence) == (whole[0] - had[0], whole[1] - had[1])
        assert "paid before in the same earnings period" in " ".join(nic_words(slip))
        assert replay(pay_run=run, by=by).agrees
        assert causes(run) == {}


def test_loans_count_all_pay_in_whole_pounds_on_payslips_that_have_one(world: World) -> None:
    by, (first, *_) = office(world, person(1), person(2), person(3))
    with scope(acting=by.organisation_id):
        one = Employment.objects.get(number=2)
        notice = NewNotice(first.starts_on, "SL1", loans="2")
        record_notice(employment=one, notice=notice, by=by)
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        found = slips(run)
        pay = found[1].gross_pence + found[2].gross_pence
        table = loan_table(run.pays_on, Frequency.MONTHLY)
        due = loan_deductions(row(pay), row(plan_bits("2")), table).undergraduate[0]
        lines = Line.objects.filter(payslip__pay_run=run, kind="student")
        assert list(lines.values_list("payslip__number", "amount_pence")) == [(2, -due)]
        loan = next(one for one in explained(found[2]).lines if one.name == "Student loan")
        assert loan.workings[-1] == (
            f"The pay of all employments counts together; this payslip takes £{due // 100}.00."
        )


@pytest.mark.parametrize(
    ("scheme", "hours", "rates"),
    [
        # £25,583 for 37 hours: ten of them are in the first band, twenty in the second.
        (Scheme.NHS, (TEN, TEN), (650, 650)),
        (Scheme.NHS, (TEN, "37"), (520, 650)),
        (Scheme.LGPS, (TEN, "30"), (550, 580)),
    ],
)
def test_the_band_of_joint_pay_where_the_scheme_combines(
    world: World, scheme: Scheme, hours: tuple[str, str], rates: tuple[int, int]
) -> None:
    people = [person(n, hours=one) for n, one in enumerate(hours, start=1)]
    by, (first, *_) = office(world, *people, person(3), scheme=scheme.value, allow_derived=True)
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        found = slips(run)
        assert tuple(found[n].pension_rate for n in (1, 2)) == rates
        # Others of the run are banded on their own pay.
        assert found[3].pension_rate == {Scheme.NHS: 650, Scheme.LGPS: 580}[scheme]
        words = explained(found[1])
        assert words.agrees
        if rates == (650, 650):
            line = next(one for one in words.lines if one.name == "Pension contribution")
            assert "in other employments here" in line.workings[1]


def test_who_left_and_came_back_within_a_month_has_one_month(world: World) -> None:
    """Two employments one after the other; the band of the one that ended chooses nothing."""
    middle = next_month_end().replace(day=15)
    back = (middle + timedelta(days=3)).isoformat()
    gone = {"employed_to": middle.isoformat(), "leaving_reason": "Resigned", "hours": TEN}
    came = {"employed_from": back, "from": back, "hours": "20"}
    by, (first, *_) = office(
        world, person(1, **gone), person(2, **came), scheme=Scheme.NHS.value, allow_derived=True
    )
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        found = slips(run)
        whole = due_on(run, sum(one.gross_pence for one in found.values()))[0]
        assert found[1].nic_pence + found[2].nic_pence == whole
        assert [found[n].pension_rate for n in (1, 2)] == [520, 650]


def test_who_is_banded_together_is_held_by_inputs_and_not_by_the_hash_of_the_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Payslips of before it was known stay explained and can be worked out again."""
    day = next_month_end()
    before = law_on(day)
    monkeypatch.delitem(DECLARED, SEVERAL_EMPLOYMENTS.name)
    assert law_on(day) == before


def test_no_part_of_a_run_divides_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.kinds.PEOPLE_OF_A_PART", 3)
    people = {1: 0, 2: 77, 3: 0, 4: 1, 5: 0, 6: 0, 8: 1, 9: 77}
    assert _parts(people) == [[1, 2, 9], [3, 4, 8], [5, 6]]
