"""Statutory pay: what payslips paid and HMRC gives back, stated earnings, letters given."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import QuerySet, Sum

from core.errors import NotFound
from core.outside import heard_since
from payroll.calculator.dates import add_months, as_dates
from payroll.calculator.parental_pay import RECOVERY, RECOVERY_SMALL_EMPLOYER
from payroll.calculator.rounding import half_up
from payroll.law import RATE_ONE
from payroll.models import PayRun, PayslipLine, StatedEarnings, StatutoryLetter
from payroll.paying.reckoned import FAMILY_LINES
from payroll.selectors.references import reference_on

FAMILY = tuple(FAMILY_LINES.values())


@dataclass(frozen=True)
class Recoverable:
    """Pence of the tax year so far: paid, kept back of it, and given on top to a small employer."""

    paid: int
    recovered: int
    compensation: int


def recoverable(organisation_id: int, tax_year: int, to_month: int) -> dict[str, Recoverable]:
    """Family pay by kind (`smp`, `sap`, `spp`, `shpp`, `spbp`, `sncp`) of the tax year that began
    in `tax_year`, up to and with tax month `to_month`; sick pay is not recovered.

    Whether the employer is a small one is said by its references on the last day of that month.
    PRL01 without a confirmed rate of that day.
    """
    start = date(tax_year, 4, 6)
    end = add_months(as_dates([start]), to_month)[0].item() - timedelta(days=1)
    reference = reference_on(organisation_id, end)
    small = reference is not None and reference.small_employer
    rate = (RECOVERY_SMALL_EMPLOYER if small else RECOVERY).on(end).rate
    sums = _final(organisation_id, start, end).values("kind").annotate(pence=Sum("amount_pence"))
    paid = dict(sums.filter(kind__in=FAMILY).order_by().values_list("kind", "pence"))
    return {kind: _recovered(paid.get(kind, 0), rate) for kind in FAMILY}


def _recovered(paid: int, rate: int) -> Recoverable:
    pence = np.array([paid], dtype=np.int64)
    kept, added = (
        int(half_up(pence * part, RATE_ONE)[0])
        for part in (min(rate, RATE_ONE), max(rate - RATE_ONE, 0))
    )
    return Recoverable(paid, kept, added)


def family_pay_of(
    organisation_id: int, employments: Sequence[int], start: date, end: date
) -> dict[int, dict[str, int]]:
    """Family pay by kind of each employment, of pay days between two days, both included."""
    rows = _final(organisation_id, start, end).filter(
        kind__in=FAMILY, payslip__employment_id__in=employments
    )
    sums = rows.order_by().values_list("payslip__employment_id", "kind")
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for employment, kind, pence in sums.annotate(pence=Sum("amount_pence")):
        found[employment][kind] = pence
    return dict(found)


def stated_here(organisation_id: int) -> QuerySet[StatedEarnings]:
    """Earnings before absences that were stated, the newest first."""
    rows = StatedEarnings.objects.filter(organisation_id=organisation_id)
    return rows.select_related("employment").order_by("-recorded_at", "-id")


def letters_given(organisation_id: int) -> QuerySet[StatutoryLetter]:
    """Letters about statutory pay, the newest first, without the documents."""
    rows = StatutoryLetter.objects.filter(organisation_id=organisation_id)
    return rows.select_related("employment").defer("content_sealed").order_by("-number")


def own_statutory_letters(organisation_id: int, person_id: int | None) -> QuerySet[StatutoryLetter]:
    """Those to a person; none that a rehearsal gave."""
    rows = letters_given(organisation_id).filter(made_at__gte=heard_since(organisation_id))
    return rows.none() if person_id is None else rows.filter(employment__person=person_id)


def statutory_letter(rows: QuerySet[StatutoryLetter], number: int) -> StatutoryLetter:
    """A letter among these, or NotFound."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def _final(organisation_id: int, start: date, end: date) -> QuerySet[PayslipLine]:
    """Lines of committed payslips of these pay days."""
    return PayslipLine.objects.filter(
        organisation_id=organisation_id, payslip__organisation_id=organisation_id,
        payslip__pay_run__state__in=PayRun.FINAL, payslip__pay_run__organisation_id=organisation_id,
        payslip__pays_on__gte=start, payslip__pays_on__lte=end,
    )  # fmt: skip
