"""What a tax year paid and took of one employment: what a P60 and a P45 say, and what it is so far.

Only final payslips count. A P60 is for who is employed on 5 April of the year that is over
(Income Tax (Pay As You Earn) Regulations 2003, regulation 67), a P45 for who left in the year.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from core.errors import NotFound
from payroll.calculator.periods import TaxPeriod, period_of, year_start
from payroll.models import LineKind, PayMember, Payslip, PayslipLine
from payroll.paying.directors import Counted, of_the_year, summed
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import Inputs, Shared
from payroll.paying.jointly import told
from payroll.selectors.statutory import FAMILY

FIRST_YEAR, LAST_YEAR = 2000, 2100
LOANS = (LineKind.STUDENT, LineKind.POSTGRADUATE)


class Certificate(StrEnum):
    """Which of them the figures of a year are for, on a day."""

    P60 = "P60"
    P45 = "P45"
    SO_FAR = "figures so far"


@dataclass(frozen=True)
class Contributions:
    """National Insurance of one letter: pay in the bands of the FPS, and what is due."""

    letter: str
    at_lower: int
    lower_to_primary: int
    primary_to_upper: int
    employee: int
    employer: int


Bands = dict[int, Counted | None]


@dataclass(frozen=True)
class TaxYear:
    """Amounts are pence. `brought_…` is from before the first payslip here: of a P45, or of the
    payroll that was left. `contributions` is None when the figures of the law are no longer those
    that the payslips were worked out from. `later` is taxable pay after leaving, in no P45.
    """

    starts_on: date
    certificate: Certificate
    last_slip: Payslip
    inputs: Inputs
    period: TaxPeriod
    pay: int
    tax: int
    brought_pay: int
    brought_tax: int
    pension: int
    loans: dict[str, int]
    family: dict[str, int]  # statutory pay but that of sickness, by its kind
    contributions: list[Contributions] | None
    later: int

    @property
    def last_day(self) -> date:
        """The last day of employment, of who left."""
        ends_on = self.last_slip.employment.to_on
        assert ends_on is not None
        return ends_on - timedelta(days=1)


def years_of(rows: QuerySet[Payslip]) -> list[tuple[int, int]]:
    """(employee number, year in which the tax year began) of these payslips, newest first."""
    days = rows.order_by().values_list("number", "pays_on").distinct()
    return sorted({(number, year_start(on).year) for number, on in days}, key=lambda p: -p[1])


def tax_year(rows: QuerySet[Payslip], year: int, today: date) -> TaxYear:
    """The tax year that began in `year` of one employment's final payslips. NotFound without any.

    One query; each payslip is worked out again for the bands of National Insurance.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("There is no such tax year.")
    found = tax_years(rows, year, today)
    if not found:
        raise NotFound("Nothing was paid in that tax year.")
    return found[0]


def tax_years(rows: QuerySet[Payslip], year: int, today: date) -> list[TaxYear]:
    """As `tax_year`, of everybody whose final payslips these are: one query, whoever they are."""
    by_person: dict[int, list[Any]] = defaultdict(list)
    for slip in _slips_of_year(rows, year):
        by_person[slip.employment_id].append(slip)
    end = date(year + 1, 4, 6)
    counted = {key: _certificate(slips, end, today) for key, slips in by_person.items()}
    bands = _bands([slip for _, slips in counted.values() for slip in slips])
    return [_year(by_person[key], *found, bands, year) for key, found in counted.items()]


def _slips_of_year(rows: QuerySet[Payslip], year: int) -> QuerySet[Payslip]:
    """The payslips of the year, oldest first, each with what its lines and the member add to it."""
    brought = PayMember.objects.filter(
        organisation_id=OuterRef("organisation_id"),
        employment_id=OuterRef("employment_id"),
        brought_year=year,
    ).order_by("id")
    rows = rows.filter(pays_on__gte=date(year, 4, 6), pays_on__lt=date(year + 1, 4, 6)).annotate(
        brought_pay=Subquery(brought.values("brought_pay_pence")[:1]),
        brought_tax=Subquery(brought.values("brought_tax_pence")[:1]),
        **{f"taken_{kind}": _taken(kind) for kind in (*LOANS, *FAMILY)},
    )
    return rows.order_by("pays_on", "id")


def _year(
    slips: Sequence[Any], certificate: Certificate, counted: Sequence[Any], bands: Bands, year: int
) -> TaxYear:
    last = counted[-1]
    shared = Shared.read(last.pay_run.inputs)
    return TaxYear(
        starts_on=date(year, 4, 6), certificate=certificate, last_slip=last,
        inputs=Inputs(**last.inputs), period=period_of(last.pays_on, shared.frequency),
        pay=sum(one.taxable_pence for one in counted), tax=sum(one.tax_pence for one in counted),
        brought_pay=last.brought_pay or 0, brought_tax=last.brought_tax or 0,
        pension=sum(one.pension_pence for one in counted), loans=_loans(counted),
        family=_family(counted),
        contributions=_together([bands[one.pk] for one in counted]),
        later=sum(one.taxable_pence for one in slips[len(counted) :]),
    )  # fmt: skip


def _certificate(slips: list[Payslip], end: date, today: date) -> tuple[Certificate, list[Payslip]]:
    """What the figures are for, and the payslips that count.

    A P45 waits for the pay of the last day, and counts no period that began after it. Who left
    before the tax year began has their P45 already.
    """
    left_on = slips[0].employment.to_on
    if left_on is None or left_on >= end:
        over = today >= end
        return (Certificate.P60 if over else Certificate.SO_FAR), slips
    periods = [(one, Shared.read(one.pay_run.inputs)) for one in slips]
    counted = [
        one for one, shared in periods if shared.first < left_on and not one.inputs.get("left")
    ]
    whole = any(shared.first < left_on <= shared.until for _, shared in periods)
    if not counted or not whole or today < left_on:
        return Certificate.SO_FAR, slips
    return Certificate.P45, counted


def _taken(kind: str) -> Subquery:
    """The sum of a payslip's lines of one kind: below zero where it was taken from pay."""
    lines = PayslipLine.objects.filter(
        organisation_id=OuterRef("organisation_id"), payslip_id=OuterRef("id"), kind=kind
    )
    sums = lines.order_by().values("kind").annotate(pence=Sum("amount_pence"))
    return Subquery(sums.values("pence"))


def _loans(slips: Sequence[Any]) -> dict[str, int]:
    """What was taken for loans, by kind, above zero."""
    taken = {kind: -sum(getattr(one, f"taken_{kind}") or 0 for one in slips) for kind in LOANS}
    return {kind: pence for kind, pence in taken.items() if pence}


def _family(slips: Sequence[Any]) -> dict[str, int]:
    """Statutory family pay, by kind."""
    paid = {kind: sum(getattr(one, f"taken_{kind}") or 0 for one in slips) for kind in FAMILY}
    return {kind: pence for kind, pence in paid.items() if pence}


def contributions(slips: Sequence[Payslip]) -> list[Contributions] | None:
    """By letter, in the order of the year; None when one payslip can no longer be worked out."""
    bands = _bands(slips)
    return _together([bands[slip.pk] for slip in slips])


def _bands(slips: Sequence[Payslip]) -> Bands:
    """The bands of each payslip, all of one run worked out again in one call."""
    by_run: dict[int, list[Payslip]] = defaultdict(list)
    for slip in slips:
        by_run[slip.pay_run_id].append(slip)
    found: Bands = {}
    for together in by_run.values():
        shared = Shared.read(together[0].pay_run.inputs)
        if law_on(shared.day) != together[0].pay_run.digest:
            found |= dict.fromkeys((slip.pk for slip in together), None)
            continue
        people = [Inputs(**slip.inputs) for slip in together]
        payment = work_out(shared, people).payment
        rows = (payment.nic.at_lower, payment.nic.lower_to_primary, payment.nic.primary_to_upper)
        annual = {**of_the_year(payment, people), **told(payment, people)}
        for place, (slip, inputs) in enumerate(zip(together, people, strict=True)):
            parts = [*(int(row[place]) for row in rows), slip.nic_pence, slip.employer_nic_pence]
            since, by_letter = None, {inputs.letter: parts}
            if place in annual:
                since, year = annual[place]
                by_letter = {
                    letter: [*bands, employee, employer]
                    for letter, (_, *bands, employer, employee) in year.items()
                }
            agrees = int(payment.employee_nic[place]) == slip.nic_pence
            counted = Counted(slip.pays_on, by_letter, since)
            found[slip.pk] = counted if agrees else None
    return found


def _together(bands: Sequence[Counted | None]) -> list[Contributions] | None:
    known = [one for one in bands if one is not None]
    if len(known) < len(bands):
        return None
    return [Contributions(letter, *parts) for letter, parts in summed(known).items()]
