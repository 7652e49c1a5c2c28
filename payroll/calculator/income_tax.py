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
from payroll.calculator.wording import money, rate_text
from payroll.law import RATE_ONE, Rate
from payroll.rules import PRL02

# The routines keep four decimals of a pound: ten thousand parts, a hundred to the penny.
PARTS, PARTS_OF_PENNY, POUND = 10_000, 100, 100


def parts_text(parts: int) -> str:
    """Parts of a pound, with the third and fourth decimal where they are not nought."""
    pence, rest = divmod(int(parts), PARTS_OF_PENNY)
    return money(pence) + (f"{rest:02}" if rest else "")


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
    codes: Codes
    period: TaxPeriod

    def workings(self, row: int) -> list[str]:
        """How the tax of one person's payment came about."""
        return [
            *self._pay_to_date(row),
            *self._words_of_free_pay(row),
            *self._bands(row),
            *self._this_payment(row),
        ]

    def _pay_to_date(self, row: int) -> list[str]:
        pay = money(self.pay_to_date[row])
        if self.cumulative[row]:
            return [f"Taxable pay from the start of the tax year to {self.period} is {pay}."]
        extra = f"{self.period} is a payday more than the year has"
        why = extra if self.period.extra else f"the code is {self.codes.code(row)}"
        return [f"Only this payment of {pay} counts, because {why}."]

    def _words_of_free_pay(self, row: int) -> list[str]:
        free, code = int(self.free_pay_to_date[row]), self.codes.code(row)
        taxable = money(self.taxable[row])
        until = f" to {self.period}" if self.cumulative[row] else ""
        if code.kind is Kind.NO_TAX:
            return [f"Code {code.text} takes no tax."]
        if free < 0:
            given = f"Code {code.text} adds {money(-free)} to the pay{until}"
        elif free:
            given = f"Code {code.text} leaves {money(free)} free of tax{until}"
        else:
            given = f"Code {code.text} leaves nothing free of tax"
        return [f"{given}, so {taxable} is taxed (in whole pounds)."]

    def _bands(self, row: int) -> list[str]:
        due = money(self.due_to_date[row])
        flat = int(self.flat_rate[row])
        if flat == 0:
            return []
        if flat > 0:
            return [f"All of it at {rate_text(flat)} is {due}."]
        line, tables = self.line[row], self.tables
        said = []
        for place in range(int(self.band[row])):
            width = tables.starts[line, place + 1] - tables.starts[line, place]
            below = tables.tax_below[line, place + 1] - tables.tax_below[line, place]
            rate = rate_text(tables.rates[line, place])
            said.append(f"{parts_text(width)} at {rate} is {parts_text(below)}.")
        rate = rate_text(tables.rates[line, self.band[row]])
        within = parts_text(self.tax_in_band[row])
        said.append(f"{parts_text(self.in_band[row])} at {rate} is {within}.")
        total = int(tables.tax_below[line, self.band[row]] + self.tax_in_band[row])
        cut = ", cut to the penny" if total % PARTS_OF_PENNY else ""
        if cut or len(said) > 1:
            said.append(f"Together the tax is {due}{cut}.")
        return said

    def _this_payment(self, row: int) -> list[str]:
        due, before, taken = (
            int(one[row]) for one in (self.due_to_date, self.tax_before, self.tax)
        )
        said = []
        if self.cumulative[row] and before:
            less = f"{money(due)} less the {money(before)} already taken"
            said.append(f"{less} is {money(due - before)}.")
        if self.limited[row]:
            kept = money(due - before - taken)
            later = "comes with later payments" if self.cumulative[row] else "is not carried on"
            said.append(
                f"No more than {money(self.limit[row])} of this payment may go in tax;"
                f" {kept} is held back and {later}."
            )
        if self.not_refunded[row]:
            said.append("On a week 1 or month 1 basis nothing is paid back.")
        said.append(
            f"{money(-taken)} of tax is paid back." if taken < 0 else f"The tax is {money(taken)}."
        )
        return said


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
        codes=codes,
        period=period,
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
