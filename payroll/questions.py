"""What is asked about a case, as forms, programs and commands give it: words into a `Case`."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import to_pence
from payroll.calculator.attachments import Kind
from payroll.calculator.loans import plan_bits
from payroll.calculator.parental_pay import KINDS
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import WEEKS, Frequency
from payroll.calculator.tax_codes import TaxCode, emergency_code, parse_code
from payroll.case_columns import (
    MONDAY_TO_FRIDAY,
    Case,
    Director,
    Order,
    Overpayment,
    ParentalLeave,
    Pension,
    Sickness,
    Work,
)
from payroll.cases import salary_payment
from payroll.law import Rate

SCHEMES = {
    "nhs": (Scheme.NHS, "NHS Pension Scheme"),
    "lgps": (Scheme.LGPS, "Local Government Pension Scheme"),
    "civil_service": (Scheme.CIVIL_SERVICE, "Civil Service (alpha)"),
    "teachers": (Scheme.TEACHERS, "Teachers' Pension Scheme"),
    "money_purchase": (Scheme.MONEY_PURCHASE, "Qualifying earnings, tax relief at source (NEST)"),
    "percentage": (Scheme.PERCENTAGE, "A percentage of pay, before tax"),
}
# Kind, place of the table, whether by the higher rates of a DEA, and what people call it.
ORDERS = {
    "child_maintenance": (Kind.CHILD_MAINTENANCE, -1, False, "Child maintenance"),
    "court": (Kind.COURT, -1, False, "Court order with priority"),
    "fine": (Kind.FINE, 2, False, "Fine, by the tables"),
    "council_tax_england": (Kind.COUNCIL_TAX, 0, False, "Council tax, England"),
    "council_tax_wales": (Kind.COUNCIL_TAX, 1, False, "Council tax, Wales"),
    "arrestment": (Kind.EARNINGS_ARRESTMENT, 3, False, "Earnings arrestment, Scotland"),
    "maintenance_arrestment": (
        *(Kind.MAINTENANCE_ARRESTMENT, -1, False),
        "Current maintenance arrestment, a day's amount",
    ),
    "dea": (Kind.DIRECT_EARNINGS, -1, False, "Direct earnings attachment (DWP), standard rates"),
    "dea_higher": (Kind.DIRECT_EARNINGS, -1, True, "Direct earnings attachment, higher rates"),
    "judgment": (Kind.JUDGMENT, -1, False, "Court order for a judgment debt"),
}
LEAVES = {str(kind): f"{kind} pay".capitalize() for kind in KINDS}
MINUTES_PER_HOUR = 60


def case_of(values: Mapping[str, Any]) -> Case:
    """The case of the answers given, amounts as pounds (Decimal or text); what is missing is none.

    PRL01, PRL02 or PRL04 for a date, code or plan that cannot be worked with; `ValueError` in words
    for an amount that is none.
    """
    day, frequency = values["day"], Frequency(values["frequency"])
    if values.get("salary"):
        gross, words = salary_payment(pence(values["salary"]), frequency)
    else:
        gross, words = pence(values.get("pay")), "As given."
    before = None
    if values.get("pay_before") not in (None, ""):
        before = pence(values["pay_before"]), pence(values.get("tax_before"))
    return Case(
        day=day, frequency=frequency, gross=gross, gross_words=words,
        code=code_of(values.get("code", ""), day),
        letter=(values.get("letter") or "A").upper(), plans=plan_bits(values.get("loans") or ""),
        other_pay=pence(values.get("other_pay")), before=before, director=_director(values),
        sacrifice=pence(values.get("sacrifice")),
        pension_sacrifice=pence(values.get("pension_sacrifice")), pension=_pension(values),
        gift=pence(values.get("gift")),
        orders=tuple(_order(one, day) for one in values.get("orders") or ()),
        order_fee=pence(values.get("order_fee")), overpaid=_overpaid(values), work=_work(values),
        sickness=_sickness(values), parental=_parental(values),
        working_days=tuple(int(day) for day in values.get("working_days") or MONDAY_TO_FRIDAY),
        paid=tuple((on, pence(amount)) for on, amount in values.get("paid") or ()),
        re_enrolment=bool(values.get("re_enrolment")),
    )  # fmt: skip


def pence(amount: Decimal | str | None) -> int:
    """Pounds as people give them in pence; none is nought. `ValueError` below zero."""
    if amount in (None, ""):
        return 0
    text = str(amount).replace(",", "").removeprefix("£")
    found = to_pence(text)
    if found < 0:
        raise ValueError(f"{amount} is below zero.")
    return found


def rate_of(percent: Decimal | str | None) -> Rate:
    """A percentage of at most two decimals, which has as many hundredths as pounds have pence."""
    return Rate(pence(str(percent).rstrip("%") if percent is not None else None))


def code_of(text: str, day: date) -> TaxCode:
    return parse_code(text, day) if text else emergency_code(day, cumulative=True)


def in_words(error: Exception) -> str:
    """What the calculator says of its row, for a case that has only one."""
    said = re.sub(r"^(Row|Person) 0:? ", "", str(error))
    return said[:1].upper() + said[1:]


def _director(values: Mapping[str, Any]) -> Director | None:
    if not values.get("director"):
        return None
    week = values.get("appointed_in") or 1
    if not 1 <= week <= WEEKS:
        raise ValueError(f"There is no tax week {week}. Name one from 1 to {WEEKS}.")
    before = [pence(amount) for amount in values.get("director_before") or ()]
    return Director(
        alternative=values["director"] == "alternative",
        appointed_in=week,
        before=(before[0], before[1], before[2]) if before else None,
    )


def _pension(values: Mapping[str, Any]) -> Pension | None:
    if not values.get("scheme"):
        return None
    annual = values.get("annual_pay") or values.get("salary")
    return Pension(
        scheme=SCHEMES[values["scheme"]][0],
        rate=rate_of(values.get("pension_rate")),
        employer_rate=rate_of(values.get("employer_rate")),
        half=bool(values.get("half")),
        annual=pence(annual) if annual else None,
    )


def _order(order: Mapping[str, Any], day: date) -> Order:
    kind, table, higher, _ = ORDERS[order["kind"]]
    given = {
        name: pence(order[name])
        for name in ("normal", "protected", "arrears", "outstanding")
        if order.get(name) not in (None, "")
    }
    return Order(kind, order.get("made_on") or day, table, higher, **given)


def _overpaid(values: Mapping[str, Any]) -> Overpayment | None:
    if not values.get("instalment"):
        return None
    return Overpayment(
        gross_owed=pence(values.get("gross_owed")),
        net_owed=pence(values.get("net_owed")),
        instalment=pence(values["instalment"]),
        same_tax_year=bool(values.get("same_tax_year")),
        protected=pence(values.get("keep")),
    )


def _work(values: Mapping[str, Any]) -> Work | None:
    if not values.get("born"):
        if values.get("hours"):
            raise ValueError("Give the day of birth: the minimum wage depends on the age.")
        return None
    return Work(
        born=values["born"],
        minutes=int(Decimal(str(values.get("hours") or 0)) * MINUTES_PER_HOUR),
        apprentice_from=values.get("apprentice_from"),
        employed_from=values.get("employed_from"),
        state_pension_on=values.get("state_pension_on"),
        postponed=bool(values.get("postponed")),
        left_scheme_on=values.get("left_scheme_on"),
    )


def _sickness(values: Mapping[str, Any]) -> Sickness | None:
    if not values.get("sick_from"):
        return None
    return Sickness(values["sick_from"], values.get("sick_to") or values["sick_from"])


def _parental(values: Mapping[str, Any]) -> ParentalLeave | None:
    if not values.get("leave"):
        return None
    if not values.get("leave_from"):
        raise ValueError("Give the first day of the leave.")
    return ParentalLeave(
        kind=values["leave"],
        starts_on=values["leave_from"],
        weeks=values.get("leave_weeks") or 1,
        weeks_before=values.get("leave_weeks_before") or 0,
        due_on=values.get("due_on"),
    )
