"""What the pay bill of a tax year comes to with HMRC: levy, employment allowance, recovered pay."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Max, Q, Sum

from core.errors import Refused
from payroll.calculator.dates import add_months, as_dates
from payroll.calculator.employer_charges import (
    APPRENTICESHIP_LEVY,
    EMPLOYMENT_ALLOWANCE,
    apprenticeship_levy,
    employment_allowance,
)
from payroll.calculator.periods import Frequency, period_of
from payroll.models import LOWERING, DueWhat, PayDue, PayRun, Payslip, PayslipLine
from payroll.selectors.references import reference_on
from payroll.selectors.statutory import FAMILY, Recoverable, recoverable


@dataclass(frozen=True)
class Charges:
    """Of the tax year to the end of a tax month; pence. `share` is of the levy's allowance."""

    levy: int
    share: int
    claims: bool
    allowance: int
    family: dict[str, Recoverable]

    @property
    def recovered(self) -> int:
        return sum(one.recovered for one in self.family.values())

    @property
    def compensation(self) -> int:
        return sum(one.compensation for one in self.family.values())

    @property
    def dues(self) -> dict[str, int]:
        """What it adds to what is owed to HMRC; below zero is taken off."""
        back = self.recovered + self.compensation
        return {DueWhat.LEVY: self.levy, DueWhat.ALLOWANCE: -self.allowance,
                DueWhat.RECOVERED: -back}  # fmt: skip


def month_ends(tax_year: int, month: int) -> date:
    """The last day of a tax month."""
    start = as_dates([date(tax_year, 4, 6)])
    end: date = add_months(start, month)[0].item() - date.resolution
    return end


def charges_to_date(
    organisation_id: int, tax_year: int, month: int, *, unsure: bool = False
) -> Charges:
    """Out of committed runs. PRL01 without the figures of the law.

    With `unsure` nothing is recovered yet where only its rate is not confirmed, as that of small
    employers in 2026-27.
    """
    start, end = date(tax_year, 4, 6), month_ends(tax_year, month)
    slips = Payslip.objects.filter(
        organisation_id=organisation_id, pays_on__gte=start, pays_on__lte=end,
        pay_run__state__in=PayRun.FINAL, pay_run__organisation_id=organisation_id,
    )  # fmt: skip
    lines = PayslipLine.objects.filter(organisation_id=organisation_id, payslip__in=slips)
    sums = slips.aggregate(gross=Sum("gross_pence"), nic=Sum("employer_nic_pence"))
    less = lines.aggregate(
        pay=Sum("amount_pence", filter=Q(kind__in=LOWERING)),
        family=Sum("amount_pence", filter=Q(kind__in=FAMILY)),
    )
    reference = reference_on(organisation_id, end)
    claims = reference is not None and reference.claims_allowance
    law = APPRENTICESHIP_LEVY.on(end)
    share = reference.levy_share_pence if reference else None
    share = int(law.yearly_allowance) if share is None else share
    bill = (sums["gross"] or 0) + (less["pay"] or 0)
    levy = apprenticeship_levy(_one(bill), month, _one(share), _one(0), law)
    allowance = employment_allowance(
        _one(sums["nic"] or 0), _one(0), np.array([claims]), EMPLOYMENT_ALLOWANCE.on(end)
    )
    family: dict[str, Recoverable] = {}
    if less["family"]:
        try:
            family = recoverable(organisation_id, tax_year, month)
        except Refused:
            if not unsure:
                raise
    return Charges(int(levy.due_to_date[0]), share, claims, int(allowance[0]), family)


def _one(pence: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([pence], dtype=np.int64)


def last_month(organisation_id: int, tax_year: int) -> int:
    """The last tax month that a committed run pays in, or 0."""
    rows = PayRun.objects.filter(
        organisation_id=organisation_id, state__in=PayRun.FINAL,
        pays_on__gte=date(tax_year, 4, 6), pays_on__lt=date(tax_year + 1, 4, 6),
    )  # fmt: skip
    day = rows.aggregate(day=Max("pays_on"))["day"]
    return period_of(day, Frequency.MONTHLY).number if day else 0


def charged(organisation_id: int, tax_year: int) -> dict[str, int]:
    """What runs of the tax year have added to what is owed so far, by what it is."""
    rows = PayDue.objects.filter(
        organisation_id=organisation_id, month_on__gte=date(tax_year, 4, 6),
        month_on__lt=date(tax_year + 1, 4, 6),
    ).exclude(what=DueWhat.WITHHELD)  # fmt: skip
    sums = rows.order_by().values_list("what").annotate(pence=Sum("amount_pence"))
    return dict(sums)
