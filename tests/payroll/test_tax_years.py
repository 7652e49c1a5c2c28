"""The P60, the P45 and the figures so far: from committed payslips, to the person and payroll."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import NotFound
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.calculator.periods import year_label, year_start
from payroll.models import PayMember, PayRun, Payslip, PayslipLine
from payroll.selectors.slips import payslips_of_number
from payroll.selectors.years import Certificate, TaxYear, contributions, tax_year, years_of
from tests.payroll.pay_runs import (
    calculated,
    committed,
    group,
    next_month_end,
    payroll,
    periods,
    person,
)
from tests.world import World

YEAR = year_start(next_month_end()).year
END = date(YEAR + 1, 4, 6)


@pytest.fixture
def paid_months(world: World) -> World:
    """Two months of Ada, who stands in the world as a member of staff, the first one committed.

    She brought pay and tax of the year along; of the second month there is only a calculation.
    """
    staff = world.people["staff@eastmere"]
    by = payroll(world, person(1, email=staff.email, name="Ada Byron"), person(2))
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        PayMember.objects.filter(employment__number=1).update(
            brought_year=YEAR, brought_pay_pence=1_000_000, brought_tax_pence=90_000
        )
    committed(run, by, boss)
    calculated(by, second)
    return world


def found(world: World, today: date, *, left_on: date | None = None) -> TaxYear:
    here = world.id("eastmere")
    with scope(acting=here):
        Employment.objects.filter(number=1).update(to_on=left_on)
        return tax_year(payslips_of_number(here, 1), YEAR, today)


def test_only_committed_payslips_count_and_the_bands_are_those_of_the_year(
    paid_months: World,
) -> None:
    year = found(paid_months, END)
    with scope(acting=paid_months.id("eastmere")):
        assert Payslip.objects.filter(employment__number=1).count() == 2
        only = Payslip.objects.get(employment__number=1, pay_run__state="committed")
        nic = PayslipLine.objects.get(payslip=only, kind="nic").amount_pence
    assert (year.pay, year.tax, year.pension) == (
        only.taxable_pence, only.tax_pence, only.pension_pence,
    )  # fmt: skip
    assert (year.brought_pay, year.brought_tax) == (1_000_000, 90_000)
    assert year.contributions is not None
    (letter,) = year.contributions
    # The month's lower limit, and what lies between it and the primary threshold, both of 2026-27.
    assert (letter.letter, letter.at_lower, letter.lower_to_primary) == ("A", 55_900, 48_900)
    assert letter.primary_to_upper == only.gross_pence - 104_800
    assert letter.employee == -nic
    assert letter.employer == only.employer_nic_pence


def test_without_their_figures_of_the_law_there_are_no_bands_and_without_pay_no_year(
    paid_months: World,
) -> None:
    here = paid_months.id("eastmere")
    with scope(acting=here):
        rows = payslips_of_number(here, 1)
        slip = rows.get()
        assert contributions([slip])
        slip.pay_run.digest = "0" * 64
        assert contributions([slip]) is None
        with pytest.raises(NotFound, match="Nothing was paid in that tax year"):
            tax_year(rows, YEAR - 1, END)
        for year in (1, 9_999_999):
            with pytest.raises(NotFound, match="no such tax year"):
                tax_year(rows, year, END)


def test_who_is_employed_on_5_april_has_a_p60_once_the_year_is_over(paid_months: World) -> None:
    before = END - timedelta(days=1)
    assert found(paid_months, before).certificate is Certificate.SO_FAR
    assert found(paid_months, END).certificate is Certificate.P60
    # Whose last day is 5 April was employed on it; a day less and it is not.
    assert found(paid_months, END, left_on=END).certificate is Certificate.P60
    assert found(paid_months, END, left_on=before).certificate is not Certificate.P60


def test_who_left_has_a_p45_with_the_last_pay_and_not_before(paid_months: World) -> None:
    with scope(acting=paid_months.id("eastmere")):
        paid = PayRun.objects.select_related("period").get(state="committed").period
    leaving = paid.ends_on
    left = found(paid_months, leaving, left_on=leaving)
    assert (left.certificate, left.last_day) == (Certificate.P45, leaving - timedelta(days=1))
    assert left.later == 0
    early = found(paid_months, leaving - timedelta(days=1), left_on=leaving)
    assert early.certificate is Certificate.SO_FAR
    # The last pay is not there yet: it is that of the next period.
    later = paid.ends_on + timedelta(days=9)
    assert found(paid_months, END, left_on=later).certificate is Certificate.SO_FAR
    # What is paid for days after leaving is in no P45, and is never lost either.
    before = found(paid_months, END, left_on=paid.starts_on)
    assert (before.certificate, before.pay) == (Certificate.SO_FAR, left.pay)


def pages(client: Client, whose: str = "my", **given: Any) -> list[Any]:
    kwargs = {"organisation": "eastmere", "number": 1, "year": YEAR, **given}
    return [
        client.get(reverse(f"{whose}_tax_year{ending}", kwargs=kwargs)) for ending in ("", "_pdf")
    ]


def test_staff_have_their_own_year_and_nobody_elses(paid_months: World, client: Client) -> None:
    client.force_login(paid_months.people["staff@eastmere"])
    listed = client.get(reverse("my_payslips", kwargs={"organisation": "eastmere"}))
    where = reverse("my_tax_year", kwargs={"organisation": "eastmere", "number": 1, "year": YEAR})
    assert f'href="{where}"' in listed.content.decode()
    page, document = pages(client)
    text = page.content.decode()
    for words in (f"Tax year {year_label(END - timedelta(days=1))} so far", "AB123456C",
                  "There is no certificate yet", "10,000.00", "No PAYE reference"):  # fmt: skip
        assert words in text, words
    assert document.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in document.content
    assert [one.status_code for one in pages(client, number=2)] == [404, 404]
    assert [one.status_code for one in pages(client, "person", number=1)] == [403, 403]
    for who in ("finance_manager", "hr_officer", "manager", "auditor", "administrator"):
        client.force_login(paid_months.people[f"{who}@eastmere"])
        assert [one.status_code for one in pages(client, "person")] == [403, 403], who
        assert [one.status_code for one in pages(client)] == [404, 404], who
    client.force_login(paid_months.people["payroll_officer@northdale"])
    assert [one.status_code for one in pages(client, "person")] == [404, 404]


def test_payroll_sees_everybodys_p45_and_each_look_is_kept(
    paid_months: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(acting=paid_months.id("eastmere")):
        leaving = PayRun.objects.select_related("period").get(state="committed").period.ends_on
        Employment.objects.filter(number=1).update(to_on=leaving)
    client.force_login(paid_months.people["payroll_officer@eastmere"])
    monkeypatch.setattr(timezone, "localdate", lambda *given: leaving)
    page, document = pages(client, "person")
    text = page.content.decode()
    name = f"P45 for the tax year {year_label(leaving)}"
    for words in (name, "Last day of employment", "5 May 1985", "Student loan deductions"):
        assert words in text, words
    assert "National Insurance by letter" not in text
    assert document["Content-Disposition"] == f'attachment; filename="P45-{YEAR}-1.pdf"'
    assert document.content.count(b"/Type /Page\n") == 3 or b"/Count 3" in document.content
    with scope(acting=paid_months.id("eastmere")):
        looks = Event.objects.filter(subject_key="hr.employment", verb__endswith=".seen")
        assert [one.verb for one in looks.order_by("id")] == [
            *("payroll.year.seen", "hr.private.seen") * 2
        ]
        assert looks.filter(verb="payroll.year.seen")[0].data["of"] == name


def test_the_years_of_payslips_are_named_once_newest_first(paid_months: World) -> None:
    here = paid_months.id("eastmere")
    with scope(acting=here):
        assert years_of(payslips_of_number(here, 1)) == [(1, YEAR)]
        assert years_of(payslips_of_number(here, 9)) == []
