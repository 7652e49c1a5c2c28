"""PAYE income tax, to the penny, by HMRC's tax table routines.

The steps are those of HMRC's Specification for PAYE Tax Table Routines: free pay from the number
of the code (paragraph 4.3), taxable pay to date, tax due to date by band, tax of this payment and
the overriding limit. The traps, each proved by HMRC's test figures:

- pounds are added to the number of every code before it is divided, K codes too;
- the band is picked by the taxable pay before it is cut to whole pounds, the tax is worked out
  after;
- the limits of the bands, the tax at them and the tax on the rest are each cut at four decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.figures import (
    FLAT_RATES,
    FREE_PAY,
    OVERRIDING_LIMIT,
    TAX_BANDS,
    Band,
    FreePay,
    Regime,
)
from payroll.calculator.periods import Frequency, TaxPeriod
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts
from payroll.calculator.tax_codes import FLAT_NAMES, REGIMES, Codes, Kind
from payroll.law import RATE_ONE, Rate
from payroll.rules import PRL02

# The routines keep four decimals of a pound: ten thousand parts, a hundred to the penny.
PARTS, PARTS_OF_PENNY, POUND = 10_000, 100, 100


@dataclass(frozen=True)
class TaxLaw:
    """The figures of one tax year."""

    bands: Mapping[Regime, tuple[Band, ...]]
    flat_rates: Mapping[Regime, Mapping[str, Rate]]
    free_pay: FreePay
    limit: Rate


@cache
def tax_law(day: date) -> TaxLaw:
    """The figures that hold on a pay date."""
    return TaxLaw(
        bands={regime: TAX_BANDS[regime].on(day).bands for regime in REGIMES},
        flat_rates={regime: FLAT_RATES[regime].on(day).rates for regime in REGIMES},
        free_pay=FREE_PAY.on(day),
        limit=OVERRIDING_LIMIT.on(day).rate,
    )


@dataclass(frozen=True)
class BandTables:
    """The bands up to a period, one line for each regime on each basis, lowest band first.

    Shape (2 * regimes, bands): first the lines of the cumulative basis, then those of week 1 or
    month 1. Limits and tax are in parts of a pound; bands beyond the last repeat it, and their
    limits cannot be reached.
    """

    starts: Amounts  # where a band begins
    tax_below: Amounts  # tax on all bands beneath it
    rates: Amounts
    pick: Amounts  # pence; taxable pay above this is in a higher band


@dataclass(frozen=True)
class IncomeTax:
    """Tax of each payment, and the steps that lead to it. Pence, except where it says otherwise."""

    tax: Amounts  # what is taken; below zero for a refund
    # Workings, in the order in which they are told.
    cumulative: Flags  # whether earlier pay and tax of the year count
    pay_to_date: Amounts
    free_pay_to_date: Amounts  # below zero for a K code: pay added
    taxable: Amounts  # whole pounds' worth, after free pay
    line: NDArray[np.int64]  # line of `tables`
    band: NDArray[np.int64]  # place of the highest band reached
    in_band: Amounts  # parts of a pound in that band
    tax_in_band: Amounts  # parts of a pound
    flat_rate: Amounts  # rate of a code with one rate, or -1
    due_to_date: Amounts
    tax_before: Amounts
    limit: Amounts  # the most that this payment may bear
    limited: Flags  # whether it held tax back
    not_refunded: Flags  # whether week 1 or month 1 kept a refund back
    tables: BandTables


def income_tax(
    *,
    pay: Amounts,
    pay_before: Amounts,
    tax_before: Amounts,
    codes: Codes,
    period: TaxPeriod,
    law: TaxLaw,
    benefits: Amounts | None = None,
) -> IncomeTax:
    """Tax of one payday of a pay group.

    `pay` is the taxable pay of this payment, payrolled `benefits` included. `pay_before` and
    `tax_before` are those of the year until now, those of a P45 included; they count under a
    cumulative code only. PRL02 when a code's rate does not exist in the year. What the limit keeps
    back under a cumulative code comes with later payments, because `tax_before` is then what was
    really taken.
    """
    pay = amounts(pay, "pay", least=-MOST)
    pay_before = amounts(pay_before, "pay_before", least=-MOST)
    tax_before = amounts(tax_before, "tax_before", least=-MOST)
    cumulative = codes.cumulative & (not period.extra)
    to_date = np.where(cumulative, pay + pay_before, pay)
    before = np.where(cumulative, tax_before, 0)
    free = _free_pay(codes, law.free_pay, period.frequency)
    free *= np.where(cumulative, period.number, period.frequency.span)
    tables = band_tables(law, period)
    line = codes.regime.astype(np.int64) + np.where(cumulative, 0, len(REGIMES))
    unrounded = np.maximum(to_date - free, 0)
    band = _band(unrounded, line, tables)
    taxable = unrounded // POUND
    in_band = taxable * PARTS - tables.starts[line, band]
    tax_in_band = in_band * tables.rates[line, band] // RATE_ONE
    banded = (tables.tax_below[line, band] + tax_in_band) // PARTS_OF_PENNY
    flat_rate = flat_rates(codes, law)
    due = np.where(flat_rate >= 0, taxable * flat_rate // (RATE_ONE // POUND), banded)
    difference = due - before
    not_refunded = ~cumulative & (difference < 0)
    limit = np.maximum(pay - (0 if benefits is None else benefits), 0) * law.limit // RATE_ONE
    limited = difference > limit
    return IncomeTax(
        tax=np.where(not_refunded, 0, np.minimum(difference, limit)),
        cumulative=cumulative,
        pay_to_date=to_date,
        free_pay_to_date=free,
        taxable=taxable * POUND,
        line=line,
        band=band,
        in_band=in_band,
        tax_in_band=tax_in_band,
        flat_rate=flat_rate,
        due_to_date=due,
        tax_before=before,
        limit=limit,
        limited=limited,
        not_refunded=not_refunded,
        tables=tables,
    )


def _free_pay(codes: Codes, law: FreePay, frequency: Frequency) -> Amounts:
    """Free pay of period 1: blocks at their published pay, the rest divided and rounded up."""
    unit = law.block_pay.month if frequency is Frequency.MONTHLY else law.block_pay.week
    blocks, rest = np.divmod(np.maximum(codes.number - 1, 0), law.block)
    parts = ((rest + 1) * 10 + law.added) * PARTS // frequency.in_year
    free = -(-parts // PARTS_OF_PENNY) + blocks * unit
    free = np.where(codes.number > 0, free, 0)
    return np.where(codes.kind == Kind.K, -free, free)


@cache
def annual_bands(bands: tuple[Band, ...]) -> list[tuple[int, int, int]]:
    """(start in pence, tax below it in parts of a pound, rate) of each band of a year."""
    lines, start, tax = [], 0, 0
    for band in bands:
        lines.append((start, tax, int(band.rate)))
        if band.up_to is not None:
            tax += (band.up_to - start) * band.rate // POUND
            start = band.up_to
    return lines


def band_tables(law: TaxLaw, period: TaxPeriod) -> BandTables:
    """The year's bands brought down to the period, and to period 1 for week 1 or month 1."""
    widest = max(len(bands) for bands in law.bands.values())
    shape = (2 * len(REGIMES), widest)
    starts, below, rates = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    pick = np.full(shape, np.iinfo(np.int64).max, dtype=np.int64)
    year = period.frequency.in_year
    for line in range(shape[0]):
        first = line >= len(REGIMES)
        number = period.frequency.span if first else period.number
        bands = annual_bands(law.bands[REGIMES[line % len(REGIMES)]])
        for place, (start, tax, rate) in enumerate(bands):
            starts[line, place] = start * (PARTS // POUND) * number // year
            below[line, place] = tax * number // year
            rates[line, place] = rate
            if place:
                pick[line, place - 1] = -(-starts[line, place] // PARTS) * POUND
    return BandTables(starts=starts, tax_below=below, rates=rates, pick=pick)


def _band(unrounded: Amounts, line: NDArray[np.int64], tables: BandTables) -> NDArray[np.int64]:
    """The band of each row, by the taxable pay before it is cut to whole pounds."""
    band = np.zeros(len(unrounded), dtype=np.int64)
    for limits in tables.pick.T[:-1]:
        band += unrounded > limits[line]
    return band


def flat_rates(codes: Codes, law: TaxLaw) -> Amounts:
    """The one rate of BR, D and NT codes; -1 for codes with bands. PRL02 for a missing rate."""
    rates = np.full((len(REGIMES), len(FLAT_NAMES)), -1, dtype=np.int64)
    for place, regime in enumerate(REGIMES):
        for name, rate in law.flat_rates[regime].items():
            rates[place, FLAT_NAMES.index(name)] = rate
    one_rate = codes.kind == Kind.FLAT
    found = np.where(one_rate, rates[codes.regime, codes.flat], -1)
    if (missing := np.flatnonzero(one_rate & (found < 0))).size:
        row = int(missing[0])
        code = f"{REGIMES[codes.regime[row]]}{FLAT_NAMES[codes.flat[row]]}"
        raise PRL02.refuse(f"Row {row}: {code} has no rate in this tax year.")
    return np.where(codes.kind == Kind.NO_TAX, 0, found)
