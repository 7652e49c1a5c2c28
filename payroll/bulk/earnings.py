"""Average weekly earnings before an absence, from committed payslips or as somebody stated them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from core.templatetags.web import day
from payroll.calculator.average_earnings import (
    DAYS_OF_WEEK,
    Average,
    Payments,
    average_of_months,
    average_of_weeks,
    relevant_period,
)
from payroll.calculator.dates import as_dates
from payroll.calculator.wording import money
from payroll.models import LOWERING, StatedEarnings

EIGHT_WEEKS = timedelta(days=8 * DAYS_OF_WEEK)
# Earnings liable to National Insurance are gross pay less what was taken back and given up. The
# last column is since when pay is known here at all.
_PAID = """
SELECT s.employment_id, s.pays_on, s.gross_pence + coalesce((
         SELECT sum(l.amount_pence) FROM payroll_payslipline l
          WHERE l.organisation_id = %(here)s AND l.payslip_id = s.id
            AND l.kind = ANY (%(lowering)s)), 0)::bigint,
       (SELECT min(p.starts_on) FROM payroll_payrun a
          JOIN payroll_payperiod p ON p.organisation_id = %(here)s AND p.id = a.period_id
         WHERE a.organisation_id = %(here)s AND a.state IN ('committed', 'paid'))
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
 ORDER BY s.employment_id, s.pays_on
"""


@dataclass(frozen=True)
class Earned:
    """Pence a week as a fraction, and where they come from."""

    number: int
    by: int
    words: str


class Earnings:
    """What is known of the earnings of some people; two statements."""

    def __init__(self, organisation_id: int, employments: Sequence[int], *, monthly: bool) -> None:
        self.monthly = monthly
        given: dict[str, Any] = {
            "here": organisation_id, "ids": list(employments), "lowering": list(LOWERING)
        }  # fmt: skip
        self.paid: dict[int, list[tuple[date, int]]] = defaultdict(list)
        self.since: date | None = None
        with connection.cursor() as cursor:
            cursor.execute(_PAID, given)
            for employment, on, pence, since in cursor.fetchall():
                self.paid[employment].append((on, pence))
                self.since = since
        rows = StatedEarnings.objects.filter(
            organisation_id=organisation_id, employment_id__in=list(employments)
        )
        self.stated = {one.absence: one for one in rows.order_by("recorded_at", "id")}

    def before(self, employment: int, absence: int, began: date, until: date) -> Earned | str:
        """The average up to a day of who began work on another, or why it is not known."""
        if absence in self.stated:
            return _stated(self.stated[absence])
        paid = [one for one in self.paid[employment] if one[0] <= until]
        if not paid:
            return f"nothing was paid here up to {day(until)}"
        known = any(on <= paid[-1][0] - EIGHT_WEEKS for on, _ in paid)
        if not known and (self.since is None or began < self.since):
            return f"payslips here reach back to {day(paid[0][0])} only"
        payments = Payments(
            np.zeros(len(paid), dtype=np.int64), as_dates([on for on, _ in paid]),
            np.array([pence for _, pence in paid], dtype=np.int64),
        )  # fmt: skip
        try:
            found = relevant_period(
                payments, as_dates([until]), np.array([self.monthly]), as_dates([began])
            )
        except ValueError:
            return f"the time from {day(began)} to {day(paid[-1][0])} is too short for an average"
        days = [day(one[0].item()) for one in (found.first_day, found.last_day)]
        words = f"{money(found.earnings[0])} paid from {days[0]} to {days[1]}"
        return Earned(int(found.average.number[0]), int(found.average.by[0]), words)


def _stated(one: StatedEarnings) -> Earned:
    made = average_of_months if one.unit == StatedEarnings.Unit.MONTHS else average_of_weeks
    found: Average = made(np.array([one.earnings_pence]), np.array([one.parts]))
    words = f"{money(one.earnings_pence)} in {one.parts} {one.unit}, as stated: {one.paper}"
    return Earned(int(found.number[0]), int(found.by[0]), words)
