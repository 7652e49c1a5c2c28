"""Pay and tax of the tax year from before the first payslip here, for many people at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
from django.db import connection

from payroll.bulk.collect import Collected, collect, who_is_paid
from payroll.calculator.income_tax import income_tax, tax_law
from payroll.calculator.periods import Frequency, TaxPeriod, period_of, year_start
from payroll.models import PayGroup, PayPeriod, PayRun
from payroll.paying.group import work_out
from payroll.paying.inputs import Shared

PART = 2_000


def bring(group: PayGroup, period: PayPeriod, known_at: datetime) -> int:
    """Fills `brought_…` of the members who have none and no payslip; how many."""
    frequency = Frequency(group.frequency)
    number = period_of(period.pays_on, frequency).number - frequency.span
    if number < frequency.span:
        return 0
    shared = Shared(
        day=period.pays_on, first=period.starts_on, last=period.ends_on, frequency=frequency,
        pro_rata=group.pro_rata, allow_derived=group.allow_derived,
    )  # fmt: skip
    stand_in = PayRun(organisation_id=group.organisation_id, period=period, inputs=shared.stored())
    people = list(who_is_paid(group, shared.first, shared.until))
    until, brought = TaxPeriod(frequency, number), 0
    for at in range(0, len(people), PART):
        found = collect(stand_in, people[at : at + PART], known_at)
        brought += _bring(group, shared, found, until)
    return brought


def _bring(group: PayGroup, shared: Shared, found: Collected, until: TaxPeriod) -> int:
    payment = work_out(shared, [replace(one, items=(), back=()) for one in found.inputs]).payment
    start = year_start(shared.day)
    times = np.array([_times(one.from_on, start, shared, until) for one in found.facts])
    pay = payment.giving.taxable * times
    nought = np.zeros_like(pay)
    tax = income_tax(
        pay=pay, pay_before=nought, tax_before=nought, codes=payment.people.codes, period=until,
        law=tax_law(shared.day),
    ).tax  # fmt: skip
    people = [one.employment_id for one in found.facts]
    return _write(group.organisation_id, people, start.year, pay, tax)


def _times(began: date, start: date, shared: Shared, until: TaxPeriod) -> int:
    """Whole payments between the later of the two first days and the period."""
    paid = until.number // until.frequency.span
    if began <= start:
        return paid
    days = (shared.first - began).days
    whole = 7 * until.frequency.span if until.frequency.unit == "week" else 30
    return max(min(days // whole, paid), 0)


def _write(
    organisation_id: int, ids: Sequence[int], year: int, pay: np.ndarray, tax: np.ndarray
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payroll_paymember m SET brought_year = %s, brought_pay_pence = b.pay,"
            " brought_tax_pence = b.tax"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS b (id, pay, tax)"
            " WHERE m.organisation_id = %s AND m.employment_id = b.id"
            " AND m.brought_year IS DISTINCT FROM %s AND NOT EXISTS ("
            "  SELECT FROM payroll_payslip s WHERE s.organisation_id = %s"
            "   AND s.employment_id = b.id)",
            [year, list(ids), pay.tolist(), tax.tolist(), organisation_id, year, organisation_id],
        )
        return int(cursor.rowcount)
