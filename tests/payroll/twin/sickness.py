"""Statutory sick pay of one person in plain Python, one day after the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

CHANGE = date(2026, 4, 6)
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Spell:
    first: date
    last: date
    earnings: int  # of `weeks` weeks
    weeks: int

    @property
    def average(self) -> Fraction:
        return Fraction(self.earnings, self.weeks)


def joined(spells: list[Spell]) -> list[list[Spell]]:
    """Unbroken runs of days."""
    runs: list[list[Spell]] = []
    for spell in sorted(spells, key=lambda one: one.first):
        if runs and spell.first == runs[-1][-1].last + ONE:
            runs[-1].append(spell)
        else:
            runs.append([spell])
    return runs


def length(run: list[Spell]) -> int:
    return (run[-1].last - run[0].first).days + 1


def anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def series_of(runs: list[list[Spell]]) -> list[list[list[Spell]]]:
    """Periods of incapacity, linked when not more than 56 days apart."""
    series: list[list[list[Spell]]] = []
    for run in runs:
        if length(run) < (4 if run[-1].last < CHANGE else 1):
            continue
        if series and (run[0].first - series[-1][-1][-1].last).days - 1 <= 56:
            series[-1].append(run)
        else:
            series.append([run])
    return series


def sick_pay(
    spells: list[Spell], working: set[int], pay_from: date, pay_to: date,
    limits: tuple[int, int] = (12_500, 12_900),
) -> int:  # fmt: skip
    """Pence for the days from `pay_from` to `pay_to`. `working` holds weekdays, Sunday is 0."""
    weeks: dict[tuple[date, Fraction], int] = {}
    for series in series_of(joined(spells)):
        begins, average = series[0][0].first, series[0][0].average
        enough = average >= limits[begins >= CHANGE]
        waited, used = 0, Fraction(0)
        for run in series:
            in_receipt = False
            long_away = run[0].first < CHANGE - timedelta(weeks=28)
            day = run[0].first
            while day <= run[-1].last:
                new = day >= CHANGE
                weekday = day.isoweekday() % 7
                if weekday in working and (new or length(run) >= 4):
                    waited += 1
                    payable = day < anniversary(begins, 3)
                    if not new:
                        payable = payable and enough and waited > 3
                    elif long_away and not in_receipt:
                        payable = False
                    if payable:
                        used += Fraction(1, len(working))
                    if payable and used <= 28:
                        in_receipt = in_receipt or not new
                        rate = Fraction(11_875)
                        if new:
                            rate = Fraction(12_325)
                            if not in_receipt:
                                rate = min(rate, average * Fraction(8, 10))
                        if pay_from <= day <= pay_to:
                            sunday = day - timedelta(days=weekday)
                            weeks[sunday, rate] = weeks.get((sunday, rate), 0) + 1
                day += ONE
    return sum(ceil(rate * days / len(working)) for (_, rate), days in weeks.items())
