"""Pay of each partner: groups, what was paid before payroll came here, and one month that was paid.

The month that can still be paid in time is left to run: that is what a visitor tries.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from finance.models import BankAccount
from finance.paying.files import last_day_to_submit
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from finance.services.payments import create_bank_account
from hr.models import PayScale
from payroll.calculator.income_tax import tax_law
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency, year_start
from payroll.models import PayException, PayGroup, PayPeriod, PayRun, Payslip
from payroll.services.groups import bring_forward, create_pay_group
from payroll.services.paying import pay
from payroll.services.questions import answer_question, ask_question
from payroll.services.references import record_references
from payroll.services.runs import approve, start_pay_run, submit, waive
from runs.services import finish_run
from sharedservices.demo.people import Place
from tenants.models import Organisation
from tenants.roles import Role

GRANT = "41000"
Kind = Organisation.Kind


@dataclass(frozen=True)
class Paid:
    """A group of a kind of partner; without a scale it holds everybody else."""

    code: str
    name: str
    scheme: Scheme
    employer_percent: str = "0"
    scale: str = ""
    derived: bool = False


COUNCIL = (Paid("MONTH", "Monthly staff", Scheme.LGPS, "19.5"),)
GROUPS = {
    Kind.COUNCIL: COUNCIL,
    Kind.NHS_TRUST: (Paid("MONTH", "Monthly staff", Scheme.NHS, derived=True),),
    Kind.POLICE: (
        Paid("STAFF", "Police staff", Scheme.LGPS, "17.2"),
        Paid("OFFICER", "Police officers", Scheme.NONE, scale="police"),
    ),
    Kind.SCHOOL_TRUST: (Paid("MONTH", "Monthly staff", Scheme.LGPS, "22.1"),),
}


def pay_people(place: Place, *, today: date, paid_before: bool) -> None:
    """Sets pay up; `paid_before` also pays the month before the one that can be run.

    Beyond the figures of the law that are published nobody is paid.
    """
    open_month = month_to_run(today)
    last_month = (open_month.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        tax_law(open_month)
    except Refused:
        return
    begins = last_month if paid_before else open_month
    anchor = _end_of(begins)
    by = place.actor(Role.PAYROLL_OFFICER, today)
    with scope(acting=place.organisation_id):
        account = _account(place, today)
        record_references(
            paye_reference=f"120/CW{place.organisation_id:04d}",
            accounts_office=f"120PA{place.organisation_id:08d}",
            address=f"Payroll, {place.partner.name}", from_on=year_start(today), by=by,
            at=timezone.now(),
        )  # fmt: skip
        for one in GROUPS[place.partner.kind]:
            group = create_pay_group(
                code=one.code, name=one.name, frequency=Frequency.MONTHLY, anchor_on=anchor,
                bank_account=account, scheme=one.scheme, allow_derived=one.derived,
                employer_rate_percent=Decimal(one.employer_percent),
                scale=PayScale.objects.get(code=one.scale) if one.scale else None, by=by,
            )  # fmt: skip
            first = PayPeriod.objects.filter(pay_group=group).order_by("pays_on")[0]
            bring_forward(period=first, by=by)
    if paid_before:
        _pay_month(place, group, today)


def month_to_run(today: date) -> date:
    """The last day of the month whose pay can still be sent in time."""
    end = _end_of(today)
    while True:
        pays_on = end
        while last_day_to_submit(pays_on) is None and pays_on.day > 1:
            pays_on -= timedelta(days=1)
        submit_on = last_day_to_submit(pays_on)
        if submit_on is None or submit_on >= today:
            return end
        end = _end_of(end + timedelta(days=1))


def _end_of(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _account(place: Place, today: date) -> BankAccount:
    return create_bank_account(
        name="Payroll account",
        sort_code="200415",
        account_number=f"{42_000_000 + place.organisation_id:08d}",
        account_name=place.partner.short_name.upper(),
        service_user=f"{412_000 + place.organisation_id:06d}",
        by=place.actor(Role.ADMINISTRATOR, today),
    )


def _pay_month(place: Place, group: PayGroup, today: date) -> None:
    """Through every step: calculated, looked at, approved by a second person, paid."""
    by = place.actor(Role.PAYROLL_OFFICER, today)
    boss = place.actor(Role.FINANCE_MANAGER, today)
    here = place.organisation_id
    with scope(acting=here):
        period = PayPeriod.objects.filter(pay_group=group).order_by("pays_on")[0]
        run = start_pay_run(period=period, by=by)
    run = _worked(run)
    with scope(acting=here):
        rows = PayException.objects.filter(pay_run=run)
        for cause in sorted(set(rows.values_list("cause", flat=True))):
            chosen = list(rows.filter(cause=cause).values_list("employment_id", flat=True))
            waive(pay_run=run, cause=cause, employments=chosen, reason="Checked", by=by)
        run = submit(pay_run=run, version=run.version, by=by)
        net = int(run.results["net"])
        run = approve(pay_run=run, typed_total_pence=net, version=run.version, by=boss)
    run = _worked(run)
    at = datetime.combine(period.submit_on, time(10), UTC)
    with scope(acting=here):
        pay(pay_run=run, by=by, at=at)
        _ask(run, by=by)
        codings = ledger.coding_ids(pairs=[(GRANT, None)], by=by)
        lines = [
            NewLine(period.pay_group.bank_account.coding_id, net, "Grant for pay"),
            NewLine(codings[GRANT, None], -net, "Grant for pay"),
        ]
        ledger.post_journals(
            journals=[NewJournal(period.pays_on, "Grant for pay", lines)],
            source="demo.grant", key=str(run.number), series="GJ", by=by,
        )  # fmt: skip


# What people asked about the month that was paid; the answered ones with what was found.
ASKED = (
    ("Why is my tax higher than the month before?", "", ""),
    ("My overtime of the bank holiday is not on it.",
     "It reached us after the cut-off, so it is in the next pay.", "employer"),
    ("I have two student loans, and only one is taken.",
     "You are right, the second was not recorded. It is taken from the next pay.", "payroll"),
    ("Is the pension taken before tax?", "Yes: tax is worked out on what is left.", "right"),
)  # fmt: skip


def _ask(run: PayRun, *, by: Actor) -> None:
    """A few people ask about their payslips, and payroll has answered most of them."""
    rows = Payslip.objects.filter(pay_run=run).exclude(employment__person_id=by.person_id)
    rows = rows.select_related("employment", "pay_run").order_by("number")
    for slip, (text, answer, finding) in zip(rows[3:7], ASKED, strict=True):
        own = replace(by, person_id=slip.employment.person_id, name=slip.name)
        asked = ask_question(payslip=slip, text=text, by=own)
        if answer:
            answer_question(question=asked, answer=answer, finding=finding, by=by)


def _worked(run: PayRun) -> PayRun:
    with scope(acting=run.organisation_id):
        run.refresh_from_db()
    assert run.run_id is not None
    done = finish_run(run.organisation_id, run.run_id)
    assert done.state == done.State.FINISHED, done.problem
    with scope(acting=run.organisation_id):
        return PayRun.objects.select_related("period__pay_group__bank_account").get(pk=run.pk)
