"""Setting up pay groups and their calendars."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from finance.models import BankAccount
from finance.services.ledger import install_chart
from hr.models import PayScale
from payroll.bulk import brought
from payroll.bulk.collect import enrol
from payroll.calculator.periods import Frequency
from payroll.calendar import calendar
from payroll.models import PayGroup, PayPeriod, PayRun, ProRata
from payroll.permissions import KEEP_PAY_GROUPS
from payroll.rules import BRF01, PRL07

ONE_DAY = timedelta(days=1)
# A year ahead, whatever the frequency: so much of the bank holidays is published.
PERIODS = {
    Frequency.MONTHLY: 12,
    Frequency.FOUR_WEEKLY: 13,
    Frequency.FORTNIGHTLY: 26,
    Frequency.WEEKLY: 52,
}


def create_pay_group(
    *,
    code: str,
    name: str,
    frequency: Frequency,
    anchor_on: date,
    bank_account: BankAccount,
    by: Actor,
    scale: PayScale | None = None,
    scheme: int = 0,
    member_rate_percent: Decimal = Decimal(0),
    employer_rate_percent: Decimal = Decimal(0),
    allow_derived: bool = False,
    pro_rata: str = ProRata.WORKING,
    limit_percent: int = 20,
) -> PayGroup:
    """A group with its periods from `anchor_on` on, as far as bank holidays are published.

    PRL07 unless the code and the scale are its own; PRL06 without holidays for the first period.
    The accounts that pay is posted to are in the chart from then on. Event payroll.group.created.
    """
    require(by, KEEP_PAY_GROUPS)
    here = PayGroup.objects.filter(organisation_id=by.organisation_id)
    PRL07.check(not here.filter(code=code).exists() and not here.filter(scale=scale).exists())
    group = PayGroup.objects.create(
        organisation_id=by.organisation_id, code=code, name=name, frequency=frequency,
        anchor_on=anchor_on, pro_rata=pro_rata, scale=scale, scheme=scheme,
        member_rate_percent=member_rate_percent, employer_rate_percent=employer_rate_percent,
        allow_derived=allow_derived, limit_percent=limit_percent, bank_account=bank_account,
    )  # fmt: skip
    made = _add_periods(group)
    install_chart(by=by)
    record("payroll.group.created", group, by=by, name=name, periods=made)
    return group


def bring_forward(*, period: PayPeriod, by: Actor) -> int:
    """Taxable pay and tax of the tax year up to a period, as if it had been paid by today's record.

    For a group that was paid elsewhere and brings no figures along: each month since the year or
    the employment began counts as the month of the period, and tax is what the code then asks for.
    Everybody employed in the period who is in no group joins theirs first. Who has a payslip here,
    or whose figures of the year were entered, keeps what there is. How many were brought forward:
    none in the first period of a tax year. BRF01 once a run of the period was begun. Event
    payroll.group.brought.
    """
    require(by, KEEP_PAY_GROUPS)
    here = {"organisation_id": by.organisation_id}
    # Taken by whoever begins a run of the group too: one of them is first.
    group = PayGroup.objects.select_for_update(no_key=True).get(**here, pk=period.pay_group_id)
    BRF01.check(not PayRun.objects.filter(**here, period=period).exists())
    enrol(group, period.starts_on, period.ends_on + ONE_DAY)
    count = brought.bring(group, period, timezone.now())
    record("payroll.group.brought", group, by=by, people=count)
    return count


def _add_periods(group: PayGroup) -> int:
    """Periods of a year, fewer where bank holidays are not published so far ahead."""
    frequency = Frequency(group.frequency)
    days = calendar(
        frequency, group.anchor_on, first=group.anchor_on, count=PERIODS[frequency],
        cut_off_days=group.cut_off_days,
    )  # fmt: skip
    PayPeriod.objects.bulk_create(
        PayPeriod(organisation_id=group.organisation_id, pay_group=group, **vars(one))
        for one in days
    )
    return len(days)
