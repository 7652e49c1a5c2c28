"""Which pay goes to which account of a person, and which changes come just before a pay day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from hr.models import AccountChange
from hr.selectors.accounts import FEW, account_changes
from payroll.models import PayMember, PayPayment, PayPeriod

AHEAD = 8


@dataclass(frozen=True)
class PayAhead:
    """A pay day to come; `ending` of the account in its bank file, where that is made."""

    pays_on: date
    submit_on: date
    ending: str


def pay_ahead(organisation_id: int, person_id: int | None, today: date) -> list[PayAhead]:
    """The next pay days of a person here, the first one first: two queries."""
    here = {"organisation_id": organisation_id}
    groups = PayMember.objects.filter(**here, employment__person_id=person_id)
    periods = PayPeriod.objects.filter(
        **here, pays_on__gte=today, pay_group_id__in=groups.values("pay_group_id")
    ).order_by("pays_on")
    made = PayPayment.objects.filter(
        **here, payslip__employment__person_id=person_id, payslip__pays_on__gte=today
    )
    # What was paid again went to the account of the last payment.
    by_period = made.order_by("again").values_list("pay_run__period_id", "details__account_ending")
    endings = dict(by_period)
    return [
        PayAhead(one.pays_on, one.submit_on, endings.get(one.pk, "")) for one in periods[:AHEAD]
    ]


def first_pay(ahead: list[PayAhead], from_on: date) -> PayAhead | None:
    """The first pay that a change from a day on can reach: nothing of it is at the bank before."""
    return next((one for one in ahead if one.submit_on >= from_on and not one.ending), None)


def changes_to_look_at(organisation_id: int, on: date, state: str = "") -> QuerySet[AccountChange]:
    """As `account_changes`, each with `near`: asked between a cut-off and its pay day."""
    asked = OuterRef("asked_on")
    near = PayPeriod.objects.filter(
        organisation_id=organisation_id,
        pay_group__members__employment_id=OuterRef("employment_id"),
        cut_off_on__lte=asked,
        pays_on__gte=asked,
    )
    rows = account_changes(organisation_id, on, state).annotate(asked_on=TruncDate("asked_at"))
    return rows.annotate(near=Exists(near))


def marks_of(one: Any) -> list[str]:
    """What is unusual about a change, in words."""
    said = [
        (one.often > FEW, f"{one.often} changes in a year"),
        (one.shared, "Account of somebody else too"),
        (one.near, "Just before pay day"),
        (one.unsure, "Fails the modulus check"),
    ]
    return [words for so, words in said if so]
