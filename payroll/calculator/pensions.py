"""Pension contributions of the public schemes and of schemes like NEST, each by its own band rule.

| scheme | what picks the rate | bands that change with back effect |
|---|---|---|
| NHS | annual pensionable pay, reassessed when pay changes for good | recalculated |
| LGPS | annual pensionable pay as the employer decided it | by the employer's policy |
| Civil Service | pay of this period, arrears too, made annual (EPN403, EPN534) | none |
| Teachers | regular pay of this period times 12; arrears take its rate | none |
| like NEST | one rate on pay between two levels | none |
| any other | one rate | none |

One rate applies to the whole of pensionable pay. Annual pay counts in whole pounds, parts dropped,
so a band "up to £13,259" ends where £13,260.00 begins. Contributions go to the nearest penny.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.figures import OneRate
from payroll.calculator.rounding import Flags, down, half_up
from payroll.calculator.wording import money, rate_text
from payroll.law import RATE_ONE, Parameter, Pence, Rate

MONTHS, DAYS = 12, 365
MONTHLY = 0
"""In the column of days: pay of a calendar month, which is made annual by 12 and not by days."""


@dataclass(frozen=True)
class Tier:
    starts_at: Pence
    rate: Rate


@dataclass(frozen=True)
class Tiers:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class SeveralEmployments:
    """Which employments of a person with one employer choose their band by their joint pay."""

    nhs: Literal["each", "same_rate"]
    lgps: Literal["each", "same_rate"]


@dataclass(frozen=True)
class EnrolmentMinimum:
    """The least of a qualifying money-purchase scheme, on qualifying earnings."""

    total: Rate
    employer: Rate
    relief: Rate  # basic rate, claimed by the scheme


NHS_TIERS = Parameter("pension_nhs_tiers", Tiers)
NHS_TIERS_FIRST_ISSUED = Parameter("pension_nhs_tiers_first_issued", Tiers)
NHS_EMPLOYER = Parameter("pension_nhs_employer", OneRate)
NHS_EMPLOYER_THROUGH_PAYROLL = Parameter("pension_nhs_employer_through_payroll", OneRate)
LGPS_TIERS = Parameter("pension_lgps_tiers", Tiers)
CIVIL_SERVICE_TIERS = Parameter("pension_civil_service_tiers", Tiers)
CIVIL_SERVICE_EMPLOYER = Parameter("pension_civil_service_employer", OneRate)
TEACHERS_TIERS = Parameter("pension_teachers_tiers", Tiers)
TEACHERS_EMPLOYER = Parameter("pension_teachers_employer", OneRate)
SEVERAL_EMPLOYMENTS = Parameter("pension_several_employments", SeveralEmployments)
ENROLMENT_MINIMUM = Parameter("pension_enrolment_minimum", EnrolmentMinimum)


@dataclass(frozen=True)
class Contributions:
    """One row a person, in pence; `relief` is what a scheme claims from HMRC on top."""

    pensionable: Whole
    annual: Whole  # what chose the rate; zero where nothing is chosen
    rate: Whole
    employee: Whole  # reaches the scheme for the member, with relief
    relief: Whole
    employer: Whole
    net_pay_arrangement: bool  # the deduction comes off taxable pay
    # Of `deducted` and `employer`, what an opt-out gives back; below zero what closed periods owe.
    refund: Whole | None = None
    employer_refund: Whole | None = None
    beside: Whole | None = None  # the part of `annual` that other employments pay

    @property
    def deducted(self) -> Whole:
        """What the payslip takes."""
        return self.employee - self.relief

    @property
    def off_taxable_pay(self) -> Whole:
        return self.deducted if self.net_pay_arrangement else np.zeros_like(self.deducted)

    def workings(self, i: int) -> list[str]:
        back, employers = self.given(i)
        if back > 0:
            return [f"Given back after opting out: {money(back)}."]
        lines = [f"Pensionable pay: {money(self.pensionable[i])}."]
        if self.annual[i]:
            lines.append(f"Annual pay that chooses the rate: {money(self.annual[i])}{self._of(i)}.")
        now = self.employee[i] + back
        lines.append(f"Contribution at {rate_text(self.rate[i])}: {money(now)}.")
        if self.relief[i]:
            lines.append(f"Basic-rate tax relief claimed: {money(self.relief[i])}.")
        if back < 0 or employers < 0:
            lines.append(f"For pay since the enrolment that nothing was taken of: {money(-back)}.")
        effect = "before tax is worked out" if self.net_pay_arrangement else "after tax"
        lines.append(f"Deducted {effect}: {money(self.deducted[i])}.")
        late = f", {money(-employers)} of it for pay before" if employers < 0 else ""
        lines.append(f"The employer pays {money(self.employer[i])}{late}.")
        return lines

    def _of(self, i: int) -> str:
        if self.beside is None or not self.beside[i]:
            return ""
        return f", of which {money(self.beside[i])} in other employments here"

    def given(self, i: int) -> tuple[int, int]:
        """What an opt-out gives back to the member and the employer; below zero what is owed."""
        if self.refund is None or self.employer_refund is None:
            return 0, 0
        return int(self.refund[i]), int(self.employer_refund[i])


def for_days(part: Contributions, days: Whole, of: Whole) -> Contributions:
    """What is due of days as a member, out of `of` days (not 0) that the pay is for: a share."""
    return replace(
        part, pensionable=half_up(part.pensionable * days, of),
        employee=half_up(part.employee * days, of), relief=half_up(part.relief * days, of),
        employer=half_up(part.employer * days, of),
    )  # fmt: skip


def given_back(part: Contributions, refund: Whole, employer: Whole) -> Contributions:
    """Contributions less what an opt-out gives back: the member's as deducted, the employer's.

    What a scheme claimed from HMRC on top goes back to HMRC, not through pay. Below zero it is what
    closed periods owe.
    """
    return replace(
        part, employee=part.employee - refund, employer=part.employer - employer, refund=refund,
        employer_refund=employer,
    )  # fmt: skip


def tier_rates(annual: Whole, tiers: Tiers) -> Whole:
    """The rate of the band that each annual amount falls in; below zero counts as the first."""
    starts = np.array([tier.starts_at for tier in tiers.tiers])
    rates = np.array([tier.rate for tier in tiers.tiers], dtype=np.int64)
    return rates[np.maximum(np.searchsorted(starts, annual, side="right") - 1, 0)]


def nhs(pensionable: Whole, annual: Whole, tiers: Tiers, employer: OneRate) -> Contributions:
    """One row an employment, banded on its annual pay."""
    return _net_pay(pensionable, annual, tier_rates(annual, tiers), employer.rate)


def lgps(
    pensionable: Whole, annual: Whole, half: Flags, tiers: Tiers, employer_rate: Whole
) -> Contributions:
    """One row an employment; `half` is the 50/50 section: half the rate, the employer's in full.

    The employer's rate is set for each employer by the actuary of its fund.
    """
    rate = tier_rates(annual, tiers) // np.where(half, 2, 1)
    return _net_pay(pensionable, annual, rate, employer_rate)


def stays_in_half_section(half: Flags, re_enrolment: bool, without_sick_pay: Flags) -> Flags:
    """Who is still in the 50/50 section: the employer's re-enrolment date ends it for everybody.

    So does sickness without pay that goes on into the next period (`without_sick_pay`).
    """
    return half & ~without_sick_pay & (not re_enrolment)


def civil_service(
    pensionable: Whole, days: Whole, tiers: Tiers, employer: OneRate
) -> Contributions:
    """`pensionable` is all that is paid this period, arrears too; `days` of it, or MONTHLY."""
    by_days = down(pensionable * DAYS, np.maximum(days, 1))
    annual = np.where(days == MONTHLY, pensionable * MONTHS, by_days)
    return _net_pay(pensionable, annual, tier_rates(annual, tiers), employer.rate)


def teachers(regular: Whole, arrears: Whole, tiers: Tiers, employer: OneRate) -> Contributions:
    """Monthly pay: regular pay alone chooses the rate, which then applies to the arrears too."""
    annual = regular * MONTHS
    return _net_pay(regular + arrears, annual, tier_rates(annual, tiers), employer.rate)


def percentage(pensionable: Whole, rate: Whole, employer_rate: Whole) -> Contributions:
    """A scheme without bands whose contributions come off pay before tax."""
    return _net_pay(pensionable, np.zeros_like(pensionable), rate, employer_rate)


def relief_at_source(
    pay: Whole, above: int, up_to: int, rate: Whole, employer_rate: Whole, relief: Rate
) -> Contributions:
    """A rate on the pay between two levels (0 and a very large one: on all of it).

    The member pays the contribution less basic-rate relief, which the scheme claims from HMRC.
    """
    base = np.maximum(np.minimum(pay, up_to) - above, 0)
    employee = half_up(base * rate, RATE_ONE)
    paid = half_up(employee * (RATE_ONE - relief), RATE_ONE)
    return Contributions(
        pensionable=base, annual=np.zeros_like(base), rate=rate, employee=employee,
        relief=employee - paid, employer=half_up(base * employer_rate, RATE_ONE),
        net_pay_arrangement=False,
    )  # fmt: skip


def _net_pay(
    pensionable: Whole, annual: Whole, rate: Whole, employer_rate: int | Whole
) -> Contributions:
    return Contributions(
        pensionable=pensionable, annual=annual, rate=rate,
        employee=half_up(pensionable * rate, RATE_ONE), relief=np.zeros_like(pensionable),
        employer=half_up(pensionable * employer_rate, RATE_ONE), net_pay_arrangement=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Restated:
    """Closed periods as now known: rows are periods, columns people."""

    due: Whole
    taken: Whole

    @property
    def difference(self) -> Whole:
        """By origin period; above zero is still to be taken, below zero to be given back."""
        return self.due - self.taken

    @property
    def total(self) -> Whole:
        totals: Whole = self.difference.sum(axis=0)
        return totals

    def workings(self, i: int) -> list[str]:
        return [
            f"Closed period {n}: {money(due)} due, {money(taken)} taken,"
            f" {money(due - taken)} to correct."
            for n, (due, taken) in enumerate(zip(self.due[:, i], self.taken[:, i], strict=True), 1)
            if due != taken
        ]


def restate(
    pensionable: Whole, annual: Whole, taken: Whole, tiers: Sequence[Tiers], halved: Flags
) -> Restated:
    """Contributions of closed periods by the bands and annual pay as they are now known.

    Each is (periods, people); `tiers` has one table a period. `taken` is all that was taken for the
    origin period, earlier corrections too, so that a second run finds nothing left to correct. For
    NHS always, for LGPS where the employer's policy says so; the other schemes never look back.
    """
    by_period = [tier_rates(year, table) for year, table in zip(annual, tiers, strict=True)]
    rate = np.stack(by_period) // np.where(halved, 2, 1)
    return Restated(half_up(pensionable * rate, RATE_ONE), taken)
