"""Company directors in pay runs: contributions on the year, by both methods, to HMRC and a P60."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from hr.models import Employment
from payroll.calculator.directors import annual_thresholds
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency, year_start
from payroll.models import PayException, PayGroup, PayMember, PayPeriod, PayRun, Payslip
from payroll.paying.directors import ALTERNATIVE, STANDARD, Counted, of_the_year, summed
from payroll.paying.group import work_out
from payroll.paying.inputs import Inputs, Shared
from payroll.selectors.slips import explained, payslips_of_number, sentences
from payroll.selectors.years import tax_year
from payroll.services.particulars import FIGURES, Particulars, change_particulars
from payroll.services.replaying import replay
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
from tests.payroll.test_pay_after_leaving import rise
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.payroll.test_supplementary_runs import begun
from tests.world import World

Office = tuple[Actor, Actor, list[PayPeriod]]
# The tax year that ends after the next month end, and the last day of its February.
YEAR = year_start(next_month_end()).year
FEBRUARY = date(YEAR + 1, 3, 1) - timedelta(days=1)
PAID, NIC, EMPLOYER_NIC = 30_000_00, 1_500_00, 3_500_00
MISSING = "Was a director here before"


@pytest.fixture
def office(world: World) -> Office:
    """Three people who are paid alike, and the last two pay days of the tax year."""
    by = payroll(world, *(person(number, **TOLD) for number in (1, 2, 3)))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(YEAR, 4, 6))
        days = periods(group(by, anchor_on=FEBRUARY))
    return by, world.actor("finance_manager@eastmere"), days


def appoint(
    by: Actor, number: int, method: str, since: date, *before: int, letter: str = "A"
) -> None:
    """A director since a day, with figures from before."""
    with scope(acting=by.organisation_id):
        paid = PayGroup.objects.get()
        figures: dict[str, Any] = dict(zip(FIGURES, before, strict=bool(before)))
        given = {"director_from": since, "director_method": method, **figures}
        to = Particulars(paid, letter, paid.scheme, **given)
        whose = Employment.objects.get(number=number)
        change_particulars(employment=whose, to=to, reason="Appointed", by=by, at=timezone.now())
        # The figures are of the year that the runs of these tests lie in.
        if before:
            PayMember.objects.filter(employment=whose).update(director_year=YEAR)


def slips(run: PayRun) -> dict[int, Payslip]:
    rows = Payslip.objects.filter(pay_run=run).select_related("pay_run", "employment")
    return {one.number: one for one in rows}


def texts(run: PayRun) -> dict[int, str]:
    rows = PayException.objects.filter(pay_run=run, cause="director")
    return dict(rows.values_list("number", "text"))


def due(pay: int, day: date, weeks: int = 52, letter: str = "A") -> tuple[int, int]:
    limits = annual_thresholds(day, np.array([weeks]))
    found = class_1(np.array([pay]), np.array([letter]), limits, day)
    return int(found.employee[0]), int(found.employer[0])


def test_by_the_end_of_the_tax_year_both_methods_have_taken_the_same(office: Office) -> None:
    by, boss, (february, march, *_) = office
    appoint(by, 1, "AN", date(2020, 1, 1), PAID, NIC, EMPLOYER_NIC)
    appoint(by, 2, "AL", date(2020, 1, 1), PAID, NIC + 7, EMPLOYER_NIC - 9)
    first = committed(calculated(by, february), by, boss)
    last = committed(calculated(by, march), by, boss)
    with scope(acting=by.organisation_id):
        assert texts(first) == texts(last) == {}
        one, two = slips(first), slips(last)
        pay = one[1].gross_pence
        employee, employer = due(PAID + pay, first.pays_on)
        assert (one[1].nic_pence, one[1].employer_nic_pence) == (
            employee - NIC, employer - EMPLOYER_NIC,
        )  # fmt: skip
        # Until the last pay the alternative method is that of everybody else.
        assert one[2].nic_pence == one[3].nic_pence != one[1].nic_pence
        year = due(PAID + pay + two[1].gross_pence, last.pays_on)
        assert NIC + one[1].nic_pence + two[1].nic_pence == year[0]
        assert NIC + 7 + one[2].nic_pence + two[2].nic_pence == year[0]
        assert EMPLOYER_NIC + one[1].employer_nic_pence + two[1].employer_nic_pence == year[1]
        assert EMPLOYER_NIC - 9 + one[2].employer_nic_pence + two[2].employer_nic_pence == year[1]
        assert replay(pay_run=first, by=by).agrees and replay(pay_run=last, by=by).agrees
        found = explained(two[2])
        assert found.agrees
        (words,) = (line.workings for line in found.lines if line.name == "National Insurance")
        assert "on annual thresholds for 52 weeks" in words[0]
        assert any("the year of a director is settled with this pay" in w for w in sentences(found))
        assert any("follow the pay of the tax year" in w for w in sentences(explained(two[1])))
        # A P60 has the bands of the year under the standard method, those of the pay else.
        here, end = by.organisation_id, date(YEAR + 1, 4, 6)
        annual, monthly = (
            tax_year(payslips_of_number(here, number), YEAR, end).contributions for number in (1, 2)
        )
        assert annual is not None and monthly is not None
        lower = thresholds(last.pays_on, None).lower
        assert (annual[0].at_lower, annual[0].employee, annual[0].employer) == (lower, *year)
        assert monthly[0].at_lower == 2 * thresholds(last.pays_on, Frequency.MONTHLY).lower
        assert monthly[0].employee == one[2].nic_pence + two[2].nic_pence
    _, root = made(by, last)
    assert said(root, "DirectorsNIC") == ["AN", "AL"]
    assert said(root, "TaxWkOfApptOfDirector") == []
    assert said(root, "AtLELYTD")[0] == f"{lower / 100:.2f}"
    assert said(root, "EmpeeContribnsYTD")[0] == f"{year[0] / 100:.2f}"
    assert said(root, "EmpeeContribnsInPd")[0] == f"{two[1].nic_pence / 100:.2f}"
    assert said(root, "GrossEarningsForNICsYTD")[0] == f"{(PAID + 2 * pay) / 100:.2f}"


def test_who_is_appointed_within_the_year_has_the_weeks_that_are_left(office: Office) -> None:
    by, boss, (february, march, *_) = office
    first = committed(calculated(by, february), by, boss)
    since = march.pays_on - timedelta(days=10)
    appoint(by, 1, "AN", since)
    week = (since - date(YEAR, 4, 6)).days // 7 + 1
    last = committed(calculated(by, march), by, boss)
    with scope(acting=by.organisation_id):
        assert texts(last) == {}
        before, slip = slips(first)[1], slips(last)[1]
        employee, employer = due(slip.gross_pence, last.pays_on, 53 - week)
        assert (slip.nic_pence, slip.employer_nic_pence) == (employee, employer)
        assert slip.nic_pence > before.nic_pence
        assert any("first pay that counts as a director's" in w for w in sentences(explained(slip)))
    _, root = made(by, last)
    assert said(root, "TaxWkOfApptOfDirector") == [str(week)]
    whole = (before.nic_pence + slip.nic_pence) / 100
    assert said(root, "EmpeeContribnsYTD")[0] == f"{whole:.2f}"
    monthly = thresholds(first.pays_on, Frequency.MONTHLY).lower
    weeks = annual_thresholds(last.pays_on, np.array([53 - week])).lower
    assert said(root, "AtLELYTD")[0] == f"{(monthly + int(np.asarray(weeks)[0])) / 100:.2f}"
    employment = next(one for one in root.iter() if one.tag.endswith("}Employment"))
    names = [one.tag.partition("}")[2] for one in employment][:3]
    assert names == ["DirectorsNIC", "TaxWkOfApptOfDirector", "PayId"]


def test_a_director_who_was_paid_as_another_catches_up_and_is_reported_once(
    office: Office,
) -> None:
    by, boss, (february, march, *_) = office
    first = committed(calculated(by, february), by, boss)
    appoint(by, 1, "AN", date(YEAR, 4, 6))
    run = calculated(by, march)
    with scope(acting=by.organisation_id):
        assert texts(run)[1].startswith(MISSING)
        before = slips(first)[1]
        assert slips(run)[1].inputs["director"][4:] == [
            before.gross_pence, before.nic_pence, before.employer_nic_pence,
        ]  # fmt: skip
    last = committed(run, by, boss)
    _, root = made(by, last)
    with scope(acting=by.organisation_id):
        total = before.gross_pence + slips(last)[1].gross_pence
        assert before.nic_pence + slips(last)[1].nic_pence == due(total, last.pays_on)[0]
    assert said(root, "GrossEarningsForNICsYTD")[0] == f"{total / 100:.2f}"
    assert said(root, "EmpeeContribnsYTD")[0] == f"{due(total, last.pays_on)[0] / 100:.2f}"


def test_what_the_payroll_before_paid_is_asked_for_until_it_is_said(office: Office) -> None:
    by, _, (february, *_) = office
    appoint(by, 1, "AN", date(2020, 1, 1))
    appoint(by, 2, "AL", date(2020, 1, 1), 0, 0, 0)
    run = calculated(by, february)
    with scope(acting=by.organisation_id):
        (text,) = texts(run).values()
    assert text.startswith(MISSING) and "0 where there were none" in text


def test_who_was_paid_as_a_director_stays_one_for_the_year(office: Office) -> None:
    by, boss, (february, *_) = office
    appoint(by, 1, "AN", date(2020, 1, 1), 0, 0, 0)
    committed(calculated(by, february), by, boss)
    with scope(acting=by.organisation_id):
        paid, whose = PayGroup.objects.get(), Employment.objects.get(number=1)
        given: dict[str, Any] = {"employment": whose, "to": Particulars(paid, "A", paid.scheme)}
        given |= {"reason": "Resigned", "by": by}
        with pytest.raises(Refused) as refused:
            change_particulars(**given, at=timezone.now())
        assert refused.value.code == "PRL84"
        later = timezone.now().replace(year=YEAR + 1, month=5, day=1)
        assert change_particulars(**given, at=later).director_from is None


def test_pay_of_a_supplementary_run_counts_in(office: Office) -> None:
    by, boss, (february, *_) = office
    appoint(by, 1, "AN", date(2020, 1, 1), PAID, NIC, EMPLOYER_NIC)
    appoint(by, 2, "AL", date(2020, 1, 1), PAID, NIC, EMPLOYER_NIC)
    first = committed(calculated(by, february), by, boss)
    rise(by, february.starts_on)
    run = committed(_worked(begun(by, february, 1, 2)), by, boss)
    with scope(acting=by.organisation_id):
        one, two = slips(first), slips(run)
        both = one[1].gross_pence + two[1].gross_pence
        assert two[1].gross_pence > 0
        assert NIC + one[1].nic_pence + two[1].nic_pence == due(PAID + both, run.pays_on)[0]
        month = thresholds(run.pays_on, Frequency.MONTHLY)
        whole = class_1(np.array([both]), np.array(["A"]), month, run.pays_on)
        assert one[2].nic_pence + two[2].nic_pence == whole.employee[0]
        found = explained(two[2])
        assert found.agrees and explained(two[1]).agrees
        (words,) = (line.workings for line in found.lines if line.name == "National Insurance")
        assert "in the same earnings period" in words[0]


def test_who_leaves_has_the_year_settled_with_the_last_pay(office: Office) -> None:
    by, boss, (february, *_) = office
    appoint(by, 2, "AL", date(2020, 1, 1), PAID, NIC, EMPLOYER_NIC)
    with scope(acting=by.organisation_id):
        Employment.objects.filter(number=2).update(to_on=february.ends_on + timedelta(days=1))
    run = committed(calculated(by, february), by, boss)
    with scope(acting=by.organisation_id):
        slip = slips(run)[2]
        assert NIC + slip.nic_pence == due(PAID + slip.gross_pence, run.pays_on)[0]


def year_of(
    method: str, letter: str, pays: Sequence[int], frequency: Frequency, first: date, week: int = 0
) -> list[tuple[int, ...]]:
    """Of each payment: what was taken of both, and the bands of the year so far."""
    step = timedelta(days=7 * frequency.span)
    before, counted, found = [0, 0, 0], list[Counted](), []
    for number, pay in enumerate(pays, start=1):
        day = first + (number - 1) * step
        shared = Shared(day, day - step + timedelta(days=1), day, frequency, "working", False)
        entry = [method, year_start(day).isoformat(), week, number == len(pays) and
                 method == ALTERNATIVE, *before]  # fmt: skip
        item = [1, 1, "Fee", 0, True, True, day.isoformat(), 0, 0, 0, pay]
        one = Inputs("0T", False, letter, 0, 0, False, 0, "1980-01-01", "2020-01-01", 0, 0, [],
                     [item], director=entry)  # fmt: skip
        payment = work_out(shared, [one]).payment
        nic = (int(payment.employee_nic[0]), int(payment.employer_nic[0]))
        before = [a + b for a, b in zip(before, (pay, *nic), strict=True)]
        rows = (payment.nic.at_lower, payment.nic.lower_to_primary, payment.nic.primary_to_upper)
        since, year = of_the_year(payment, [one]).get(
            0, (None, {letter: [pay, *(int(row[0]) for row in rows), 0, 0]})
        )
        counted.append(Counted(day, {name: row[1:4] for name, row in year.items()}, since))
        found.append((*nic, *summed(counted)[letter]))
    return found


def test_the_published_figures_of_directors_come_out_of_runs() -> None:
    """HMRC's directors of 2025-26 by the alternative method, each in 52 weeks."""
    first = date(2025, 4, 12)
    a = year_of(ALTERNATIVE, "A", [1_000_00] * 52, Frequency.WEEKLY, first)
    assert a[0] == (58_66, 135_60, 125_00, 117_00, 725_00)
    assert a[47] == (58_66, 135_60, 6_000_00, 5_616_00, 34_800_00)
    # The file repeats the employee's figure for the employer's of the last week, which is 134.40.
    assert a[51] == (58_94, 134_40, 6_500_00, 6_084_00, 37_700_00)
    m = year_of(ALTERNATIVE, "M", [0] * 4 + [1_000_00] * 48, Frequency.WEEKLY, first, 5)
    assert m[3] == (0, 0, 0, 0, 0)
    assert m[4] == (58_66, 4_95, 125_00, 117_00, 725_00)
    assert m[11] == (58_66, 4_95, 1_000_00, 936_00, 5_800_00)
    assert m[51] == (58_90, 6_75, 6_000_00, 5_616_00, 34_800_00)


def test_the_standard_method_works_on_the_year_from_the_first_payment() -> None:
    """By hand: annual thresholds of 2026-27, of the whole year and of 48 weeks."""
    (whole,) = year_of(STANDARD, "A", [20_000_00], Frequency.MONTHLY, date(2026, 4, 30))
    assert whole == (594_40, 2_250_00, 6_708_00, 5_862_00, 7_430_00)
    (part,) = year_of(STANDARD, "A", [12_000_00], Frequency.MONTHLY, date(2026, 8, 31), 5)
    assert part[:2] == (31_68, 1_107_60)
    weekly = [year_of(one, "A", [3_000_00] * 52, Frequency.WEEKLY, date(2026, 4, 10))
              for one in (STANDARD, ALTERNATIVE)]  # fmt: skip
    standard, alternative = (np.array(rows)[:, :2].sum(axis=0).tolist() for rows in weekly)
    assert standard == alternative == [*due(156_000_00, date(2026, 4, 10))]
    # The standard method takes nothing until the primary threshold of the year is reached.
    assert [row[0] for row in weekly[0][:4]] == [0, 0, 0, 0] < [row[0] for row in weekly[1][:4]]


@settings(max_examples=25, deadline=None)
@given(
    pays=st.lists(st.integers(0, 20_000_00), min_size=13, max_size=13),
    letter=st.sampled_from("ABCHJMVZ"),
    week=st.sampled_from([0, 1, 5]),
)
def test_whatever_is_paid_both_methods_take_the_same_of_a_year(
    pays: list[int], letter: str, week: int
) -> None:
    if week == 5:
        pays[0] = 0  # before the appointment
    taken = [
        np.array(year_of(one, letter, pays, Frequency.FOUR_WEEKLY, date(2026, 5, 3), week))[:, :2]
        for one in (STANDARD, ALTERNATIVE)
    ]
    standard, alternative = (tuple(one.sum(axis=0).tolist()) for one in taken)
    assert standard == alternative
    assert standard == due(sum(pays), date(2027, 4, 4), 48 if week == 5 else 52, letter)
