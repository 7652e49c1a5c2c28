"""The pensions of a pay group: each scheme worked out on its own members."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import Any

import numpy as np

from payroll.calculator import pensions
from payroll.calculator.automatic_enrolment import AUTOMATIC_ENROLMENT
from payroll.calculator.dates import Whole
from payroll.calculator.pensions import Contributions, stays_in_half_section
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import Amounts, Flags
from payroll.calculator.rows import refuse
from payroll.calculator.wording import money
from payroll.law import CONFIRMED, Status


class Scheme(IntEnum):
    NONE = 0
    NHS = 1
    LGPS = 2
    CIVIL_SERVICE = 3
    TEACHERS = 4
    MONEY_PURCHASE = 5  # like NEST: qualifying earnings, relief at source
    PERCENTAGE = 6  # a rate of all pensionable pay, before tax


# The bands of a scheme, and the employer's rate where the law sets it.
_TIERS = {
    Scheme.NHS: pensions.NHS_TIERS,
    Scheme.LGPS: pensions.LGPS_TIERS,
    Scheme.CIVIL_SERVICE: pensions.CIVIL_SERVICE_TIERS,
    Scheme.TEACHERS: pensions.TEACHERS_TIERS,
}
_EMPLOYERS = {
    Scheme.NHS: pensions.NHS_EMPLOYER,
    Scheme.CIVIL_SERVICE: pensions.CIVIL_SERVICE_EMPLOYER,
    Scheme.TEACHERS: pensions.TEACHERS_EMPLOYER,
}


@dataclass(frozen=True)
class Membership:
    """One row a person. What does not belong to the scheme is zero."""

    scheme: Whole
    annual: Amounts  # pensionable pay of a year, which chooses the band (NHS, LGPS)
    beside: Amounts  # that of other employments which choose it together with this one
    half: Flags  # the 50/50 section of the LGPS
    without_sick_pay: Flags  # sickness without pay runs on into the next period, which ends 50/50
    arrears: Amounts  # the part of pensionable pay that is arrears (Teachers)
    days: Whole  # that the pay is for, or MONTHLY (Civil Service)
    rate: Whole  # the member's, where no band sets it
    employer_rate: Whole  # where the law does not set it
    member_days: Whole | None = None  # of the days that are paid; None: of all of them
    paid_days: Whole | None = None
    refund: Amounts | None = None  # the member's contributions that an opt-out gives back
    employer_refund: Amounts | None = None


@dataclass(frozen=True)
class Part:
    """One scheme's members (rows of the pay group), and how sure its figures are."""

    rows: Whole
    contributions: Contributions
    statuses: frozenset[Status]


@dataclass(frozen=True)
class Pensions:
    """One row a person, in pence; each scheme's own result behind it."""

    deducted: Amounts
    off_taxable_pay: Amounts
    employer: Amounts
    scheme: Whole
    rate: Whole  # the member's, in hundredths of one per cent
    parts: Mapping[Scheme, Part]

    def workings(self, i: int) -> list[str]:
        part = self.parts.get(Scheme(int(self.scheme[i])))
        if part is None:
            return []
        return [
            *part.contributions.workings(int(np.searchsorted(part.rows, i))),
            *(
                f"Some figures of the scheme are {status}, not yet confirmed."
                for status in sorted(part.statuses - CONFIRMED)
            ),
        ]

    def employer_workings(self, i: int) -> list[str]:
        part = self.parts.get(Scheme(int(self.scheme[i])))
        if part is None:
            return []
        row = int(np.searchsorted(part.rows, i))
        pay = money(part.contributions.pensionable[row])
        back = min(part.contributions.given(row)[1], 0)
        said = [
            f"At the employer's rate on pensionable pay of {pay}: {money(self.employer[i] + back)}."
        ]
        return (
            [*said, f"For pay before this since the enrolment: {money(-back)}."] if back else said
        )


def contributions(
    pensionable: Amounts, members: Membership, day: date, frequency: Frequency,
    *, re_enrolment: bool, allow: Collection[Status],
) -> Pensions:  # fmt: skip
    """Contributions on `pensionable` pay of one payday. PRL01 for figures that are not allowed.

    `re_enrolment` says that the employer's re-enrolment date lies in the period, which ends the
    50/50 section. `ValueError` for Teachers' pay that is not monthly.
    """
    refuse(
        (members.scheme == Scheme.TEACHERS) & (frequency is not Frequency.MONTHLY),
        "Teachers' pensions are worked out on monthly pay only.",
    )
    none = np.zeros(len(pensionable), dtype=np.int64)
    deducted, off_taxable, employer, rate = (none.copy() for _ in range(4))
    parts: dict[Scheme, Part] = {}
    for scheme in Scheme:
        rows = np.flatnonzero(members.scheme == scheme)
        if scheme is Scheme.NONE or not rows.size:
            continue
        mine = _some(members, rows)
        half = stays_in_half_section(mine.half, re_enrolment, mine.without_sick_pay)
        if scheme in _TIERS:
            part = _banded(scheme, pensionable[rows], mine, half, day, allow)
        else:
            part = _at_own_rate(scheme, pensionable[rows], mine, day, frequency)
        if mine.member_days is not None and mine.paid_days is not None:
            part = pensions.for_days(part, mine.member_days, mine.paid_days)
        if mine.refund is not None and mine.employer_refund is not None:
            part = pensions.given_back(part, mine.refund, mine.employer_refund)
        parts[scheme] = Part(rows, part, _statuses(scheme, day, allow))
        deducted[rows], off_taxable[rows] = part.deducted, part.off_taxable_pay
        employer[rows], rate[rows] = part.employer, part.rate
    return Pensions(deducted, off_taxable, employer, members.scheme, rate, parts)


def _some(members: Membership, rows: Whole) -> Membership:
    columns: dict[str, Any] = {
        name: None if one is None else one[rows] for name, one in vars(members).items()
    }
    return Membership(**columns)


def _statuses(scheme: Scheme, day: date, allow: Collection[Status]) -> frozenset[Status]:
    found = {_TIERS[scheme].span(day, allow).status} if scheme in _TIERS else set()
    if scheme in _EMPLOYERS:
        found.add(_EMPLOYERS[scheme].span(day, allow).status)
    return frozenset(found)


def _banded(
    scheme: Scheme, pay: Amounts, mine: Membership, half: Flags, day: date,
    allow: Collection[Status],
) -> Contributions:  # fmt: skip
    tiers = _TIERS[scheme].on(day, allow)
    annual = mine.annual + mine.beside
    if scheme is Scheme.LGPS:
        part = pensions.lgps(pay, annual, half, tiers, mine.employer_rate)
        return replace(part, beside=mine.beside)
    employer = _EMPLOYERS[scheme].on(day, allow)
    if scheme is Scheme.NHS:
        return replace(pensions.nhs(pay, annual, tiers, employer), beside=mine.beside)
    if scheme is Scheme.CIVIL_SERVICE:
        return pensions.civil_service(pay, mine.days, tiers, employer)
    return pensions.teachers(pay - mine.arrears, mine.arrears, tiers, employer)


def _at_own_rate(
    scheme: Scheme, pay: Amounts, mine: Membership, day: date, frequency: Frequency
) -> Contributions:
    if scheme is Scheme.PERCENTAGE:
        return pensions.percentage(pay, mine.rate, mine.employer_rate)
    levels = AUTOMATIC_ENROLMENT.on(day).earnings[frequency]
    relief = pensions.ENROLMENT_MINIMUM.on(day).relief
    return pensions.relief_at_source(
        pay, levels.lower, levels.upper, mine.rate, mine.employer_rate, relief
    )
