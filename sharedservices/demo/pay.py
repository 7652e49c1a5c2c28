"""Pay of each partner: groups, what was paid before payroll came here, and months that were paid.

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
from payroll.models import PayException, PayPeriod, PayRun, Payslip
from payroll.services.groups import bring_forward, create_pay_group
from payroll.services.paying import pay
from payroll.services.questions import answer_question, ask_question
from payroll.services.references import record_references
from payroll.services.runs import approve, start_pay_run, submit, waive
from runs.services import finish_run
from sharedservices.demo.cast import HARROWMERE
from sharedservices.demo.enrolled import set_duties, tell_and_opt_out
from sharedservices.demo.owed import ACCOUNT, record_payees
from sharedservices.demo.people import Place
from tenants.models import Organisation
from tenants.roles import Role

GRANT = "41000"
Kind = Organisation.Kind


@dataclass(frozen=True)
class Paid:
    """A group of a kind of partner; without a scale it holds everybody else.

    `enrols` is of people without a scheme: two months are paid, and they are enrolled meanwhile.
    """

    code: str
    name: str
    scheme: Scheme
    employer_percent: str = "0"
    scale: str = ""
    derived: bool = False
    enrols: bool = False


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
# Beside those of its kind.
MORE_GROUPS = {
    HARROWMERE.slug: (Paid("MUSEUM", "Museums", Scheme.NONE, scale="local", enrols=True),)
}


def pay_people(place: Place, *, today: date, paid_before: bool) -> None:
    """Sets pay up; `paid_before` also pays the month before the one that can be run.

    Beyond the figures of the law that are published nobody is paid.
    """
    open_month = month_to_run(today)
    try:
        tax_law(open_month)
    except Refused:
        return
    by = place.actor(Role.PAYROLL_OFFICER, today)
    with scope(acting=place.organisation_id):
        account = _account(place, today)
        record_references(
            paye_reference=f"120/CW{place.organisation_id:04d}",
            accounts_office=f"120PA{place.organisation_id:08d}",
            # Its schools have a payroll of their own, to which the allowance is given.
            levy_share_pence=0 if paid_before else None,
            address=f"Payroll, {place.partner.name}", from_on=year_start(today), by=by,
            at=timezone.now(),
        )  # fmt: skip
        record_payees(place, today=today)
    # All of them before anybody joins one: the group of a scale comes before that of the others.
    groups = [
        (
            one,
            _create(place, one, account, months_before(open_month, _months(one, paid_before)), by),
        )
        for one in (*GROUPS[place.partner.kind], *MORE_GROUPS.get(place.partner.slug, ()))
    ]
    for one, periods in groups:
        with scope(acting=place.organisation_id):
            bring_forward(period=periods[0], by=by)
        _pay_months(place, periods[: _months(one, paid_before)], today, enrols=one.enrols)


def _months(one: Paid, paid_before: bool) -> int:
    """How many were paid before the one that can be run."""
    return 2 if one.enrols else int(paid_before)


def _create(
    place: Place, one: Paid, account: BankAccount, anchor: date, by: Actor
) -> list[PayPeriod]:
    with scope(acting=place.organisation_id):
        group = create_pay_group(
            code=one.code, name=one.name, frequency=Frequency.MONTHLY, anchor_on=anchor,
            bank_account=account, scheme=one.scheme, allow_derived=one.derived,
            employer_rate_percent=Decimal(one.employer_percent),
            scale=PayScale.objects.get(code=one.scale) if one.scale else None, by=by,
        )  # fmt: skip
        return list(PayPeriod.objects.filter(pay_group=group).order_by("pays_on"))


def _pay_months(place: Place, months: list[PayPeriod], today: date, *, enrols: bool) -> None:
    if enrols:
        set_duties(place, months, today=today)
    for number, period in enumerate(months):
        run = pay_month(place, period, today)
        if enrols and number == 0:
            tell_and_opt_out(place, run, today=today)
        elif not enrols:
            with scope(acting=place.organisation_id):
                _ask(run, by=place.actor(Role.PAYROLL_OFFICER, today))


def last_run(place: Place, until: date = date.max) -> PayRun | None:
    """The last that was paid in turn, of the group that holds all who have no group of theirs.

    Its pay day is not after `until`.
    """
    rows = PayRun.objects.select_related("period__pay_group").filter(
        organisation_id=place.organisation_id, state=PayRun.State.PAID, sequence=1,
        period__pay_group__scale=None, pays_on__lte=until,
    )  # fmt: skip
    return rows.order_by("-pays_on").first()


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


def months_before(end: date, months: int) -> date:
    """The last day of the month that lies so many before that of a day."""
    for _ in range(months):
        end = end.replace(day=1) - timedelta(days=1)
    return _end_of(end)


def _end_of(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _account(place: Place, today: date) -> BankAccount:
    return create_bank_account(
        name=ACCOUNT,
        sort_code="200415",
        account_number=f"{42_000_000 + place.organisation_id:08d}",
        account_name=place.partner.short_name.upper(),
        service_user=f"{412_000 + place.organisation_id:06d}",
        by=place.actor(Role.ADMINISTRATOR, today),
    )


def pay_month(place: Place, period: PayPeriod, today: date) -> PayRun:
    """Through every step: calculated, looked at, approved by a second person, paid."""
    with scope(acting=place.organisation_id):
        run = start_pay_run(period=period, by=place.actor(Role.PAYROLL_OFFICER, today))
    at = datetime.combine(period.submit_on, time(10), UTC)
    return carry_through(place, run, today=today, at=at)


def carry_through(place: Place, run: PayRun, *, today: date, at: datetime) -> PayRun:
    """A run that was begun, up to its payment at that moment and the grant that it needs."""
    by = place.actor(Role.PAYROLL_OFFICER, today)
    boss = place.actor(Role.FINANCE_MANAGER, today)
    here = place.organisation_id
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
    with scope(acting=here):
        pay(pay_run=run, by=by, at=at)
        codings = ledger.coding_ids(pairs=[(GRANT, None)], by=by)
        lines = [
            NewLine(run.period.pay_group.bank_account.coding_id, net, "Grant for pay"),
            NewLine(codings[GRANT, None], -net, "Grant for pay"),
        ]
        ledger.post_journals(
            journals=[NewJournal(run.pays_on, "Grant for pay", lines)],
            source="demo.grant", key=str(run.number), series="GJ", by=by,
        )  # fmt: skip
    return run


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
