"""Net pay that came back: which payments answers of a bank are about, what is owed again."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import JSONObject

from core.actors import Actor
from core.errors import NotFound
from core.templatetags.web import day
from finance.banking.others import Known
from finance.formats.bank_reports import BankReport as Report
from hr.selectors.jobs import employments_matching
from payroll.models import PayAgain, PayAgainPart, PayFile, PayPayment, PayReturn, PayRun, Payslip

# As the two bank files name a payment. Of a building society its own reference stands there.
_OURS = re.compile(r"(?:SALARY *|PAY-)0*([1-9][0-9]{0,14})", re.I)
# What a rehearsal made was handed to no bank, so that no bank can say anything of it.
_KNOWN = """
SELECT p.number, p.id, p.amount_pence,
       bool_or(%(file)s = CASE %(format)s WHEN 'arucs' THEN f.service_user
                          ELSE f.service_user || '-' || f.serial END),
       EXISTS (SELECT FROM payroll_payreturn b
                WHERE b.organisation_id = %(here)s AND b.payment_id = p.id)
  FROM payroll_paypayment p
  JOIN payroll_payfile f ON f.organisation_id = %(here)s AND f.pay_run_id = p.pay_run_id
   AND f.pay_again_id IS NOT DISTINCT FROM p.pay_again_id
   AND f.made_at >= ctx.heard_since(%(here)s)
 WHERE p.organisation_id = %(here)s AND p.number = ANY (%(numbers)s)
 GROUP BY p.number, p.id, p.amount_pence
"""
_OF_FILE = """
SELECT 'PAY-' || p.number, p.amount_pence
  FROM payroll_payfile f
  JOIN payroll_paypayment p ON p.organisation_id = %(here)s AND p.pay_run_id = f.pay_run_id
   AND p.pay_again_id IS NOT DISTINCT FROM f.pay_again_id
 WHERE f.organisation_id = %(here)s AND f.format = 'pain001' AND f.service_user = %(user)s
   AND f.serial = %(serial)s
 ORDER BY p.number
"""


def payments_known(references: Sequence[str], report: Report, by: Actor) -> dict[str, Known]:
    """Payments of net pay that went to a bank, by the references of an answer: one query."""
    numbers = {one: int(named[1]) for one in references if (named := _OURS.fullmatch(one.strip()))}
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN,
            {"here": by.organisation_id, "numbers": list(numbers.values()),
             "file": report.file_reference, "format": report.format},
        )  # fmt: skip
        found = {number: Known(*known) for number, *known in cursor.fetchall()}
    return {reference: found[number] for reference, number in numbers.items() if number in found}


def payments_in_file(reference: str, by: Actor) -> list[tuple[str, int]]:
    """(what a report calls it, pence) of each payment in the file of a service user and serial."""
    user, _, serial = reference.partition("-")
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"here": by.organisation_id, "user": user, "serial": serial}
        cursor.execute(_OF_FILE, given)
        return [(str(name), int(pence)) for name, pence in cursor.fetchall()]


def last_payment(one: PayRun, employee: int) -> PayPayment:
    """The payment of somebody in a run, or the last of several. NotFound without one."""
    rows = PayPayment.objects.filter(
        organisation_id=one.organisation_id, pay_run=one, payslip__number=employee
    )
    found = rows.select_related("payslip__employment", "pay_again").order_by("-again").first()
    if found is None:
        raise NotFound("This run paid nobody with that number.")
    return found


def came_back(one: PayRun) -> QuerySet[Any]:
    """What came back of a run by employee number; `standing` is where it is paid again, if so."""
    here = {"organisation_id": one.organisation_id}
    parts = PayAgainPart.objects.filter(**here, live=True).select_related("pay_again", "details")
    rows = PayReturn.objects.filter(**here, payment__pay_run=one)
    rows = rows.select_related("payment__payslip__employment", "payment__details")
    return rows.prefetch_related(Prefetch("parts", queryset=parts, to_attr="standing")).order_by(
        "payment__payslip__number", "payment__again"
    )


STATES = {"owed": "Owed", "proposed": "Proposed", "again": "Paid again"}


def returns_here(
    organisation_id: int, *, state: str = "", kind: str = "", text: str = "",
    since: date | None = None, until: date | None = None,
) -> QuerySet[Any]:  # fmt: skip
    """What came back of all pay runs, the last first; `standing` as in `came_back`.

    By where it stands, what happened, an employee number or the beginning of a name, and the days
    on which it came back, both included.
    """
    here = {"organisation_id": organisation_id}
    parts = PayAgainPart.objects.filter(**here, live=True).select_related("pay_again")
    rows = PayReturn.objects.filter(**here)
    live = parts.filter(pay_return_id=OuterRef("pk"))
    released = live.filter(pay_again__state=PayAgain.State.RELEASED)
    if state == "owed":
        rows = rows.filter(~Exists(live))
    elif state == "proposed":
        rows = rows.filter(Exists(live), ~Exists(released))
    elif state == "again":
        rows = rows.filter(Exists(released))
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        whose = employments_matching(organisation_id, text)
        rows = rows.filter(payment__payslip__employment__in=whose)
    if since:
        rows = rows.filter(returned_on__gte=since)
    if until:
        rows = rows.filter(returned_on__lte=until)
    rows = rows.select_related("payment__payslip__employment", "payment__details")
    rows = rows.select_related("payment__pay_run")
    rows = rows.prefetch_related(Prefetch("parts", queryset=parts, to_attr="standing"))
    return rows.order_by("-returned_on", "-id")


def totals_of(rows: QuerySet[Any]) -> dict[str, int]:
    """How many there are and what they come to, and of those what nobody proposed."""
    live = PayAgainPart.objects.filter(
        organisation_id=OuterRef("organisation_id"), pay_return_id=OuterRef("pk"), live=True
    )
    found = rows.order_by().annotate(owed=~Exists(live)).aggregate(
        count=Count("pk"), pence=Sum("amount_pence"),
        owed_count=Count("pk", filter=Q(owed=True)),
        owed_pence=Sum("amount_pence", filter=Q(owed=True)),
    )  # fmt: skip
    return {name: value or 0 for name, value in found.items()}


def of_first_file(one: PayRun) -> QuerySet[PayPayment]:
    """The payments of the bank file of a run, without those that came back."""
    rows = PayPayment.objects.filter(organisation_id=one.organisation_id, pay_run=one)
    return rows.filter(pay_again=None, returns__isnull=True)


def owed_numbers(one: PayRun, but: int | None) -> list[int]:
    """The employee numbers of what came back and stands in no proposal, but those of a person."""
    return [
        row.payment.payslip.number
        for row in came_back(one)
        if not row.standing and (but is None or row.payment.payslip.employment.person_id != but)
    ]


def owed_again(one: PayRun, employees: Collection[int]) -> list[PayReturn]:
    """Of these employee numbers what came back and stands in no proposal."""
    rows = came_back(one).filter(payment__payslip__number__in=set(employees))
    return [row for row in rows if not row.standing]


def again_of(one: PayRun) -> list[PayAgain]:
    """What of a run was proposed to be paid again, the last first."""
    rows = PayAgain.objects.filter(organisation_id=one.organisation_id, pay_run=one)
    return list(rows.order_by("-number"))


def pay_again_numbered(organisation_id: int, number: int) -> PayAgain:
    """NotFound unless it is one of the organisation's."""
    rows = PayAgain.objects.filter(organisation_id=organisation_id, number=number)
    found = rows.select_related("pay_run__period__pay_group__bank_account").first()
    if found is None:
        raise NotFound("Nothing of this number was proposed to be paid again.")
    return found


def parts_of(one: PayAgain) -> QuerySet[PayAgainPart]:
    """Whom it pays, by employee number."""
    rows = PayAgainPart.objects.filter(organisation_id=one.organisation_id, pay_again=one)
    rows = rows.select_related("pay_return__payment__payslip__employment", "details")
    return rows.order_by("pay_return__payment__payslip__number")


def files_again(one: PayAgain) -> Sequence[PayFile]:
    """The bank files of what is paid again."""
    return list(one.files.filter(organisation_id=one.organisation_id).order_by("format"))


def file_again(one: PayAgain, kind: str) -> PayFile:
    """NotFound unless it has that file."""
    rows = one.files.filter(organisation_id=one.organisation_id, format=kind)
    found: PayFile | None = rows.select_related("pay_again", "pay_run").first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def with_payments(rows: QuerySet[Payslip]) -> QuerySet[Any]:
    """Payslips with `paid`: of each payment when it is made again, and how it came back."""
    payments = PayPayment.objects.filter(
        organisation_id=OuterRef("organisation_id"), payslip_id=OuterRef("pk")
    )
    told = JSONObject(
        paid_on="pay_again__pays_on", kind="returns__kind", known_on="returns__returned_on"
    )
    return rows.annotate(
        paid=ArraySubquery(payments.order_by("again").annotate(told=told).values("told"))
    )


def payment_words(payslip: Any) -> list[str]:
    """After `with_payments`: what became of them, a sentence each; nothing where all arrived."""
    said: list[str] = []
    owed = False
    for one in payslip.paid:
        if one["paid_on"]:
            said.append(f"It was paid again on {_day(one['paid_on'])}.")
        owed = bool(one["kind"])
        if one["kind"] == PayReturn.Kind.RETURNED:
            said.append(f"The payment came back on {_day(one['known_on'])}.")
        elif owed:
            said.append(
                f"The bank did not make the payment, as it told on {_day(one['known_on'])}."
            )
    return [*said, "It is still owed, and payroll pays it again."] if owed else said


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
