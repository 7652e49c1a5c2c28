"""What a partner bought in eighteen months: columns of numbers, no tables.

Each partner has a pace of approving and a month in which it changed, so that the charts have
something true to find. Amounts are int64 pence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.working_time import Nation, national_holidays
from finance.vat import purchase_codes
from sharedservices.demo.cast import Partner, closure_days
from sharedservices.demo.suppliers import SPIKE, STANDARD, Firm, firms_of

SPIKE_INVOICES = 330
# Shares of invoices with one, two and three lines.
LINES = (0.70, 0.22, 0.08)
CREDIT_SHARE = 0.015
# Of the invoices that a person touched, those that had to be held first.
HELD_SHARE = 0.4


@dataclass(frozen=True)
class Pace:
    """Mean days from receipt to approval; from `changed_months` ago on, `later` days."""

    days: float
    changed_months: int = 0
    later: float = 0.0
    august: float = 0.0


PACES = {
    "harrowmere": Pace(15, 7, 8),
    "wexcombe": Pace(11, 4, 21),
    "calderwick": Pace(12),
    "marlshire": Pace(9),
    "thornbeck": Pace(11, august=14),
    "ashwater": Pace(14),
    "sallowfield": Pace(12, 6, 9),
    "kingsmarl": Pace(10),
    "brackenhill": Pace(17),
}
# Share of invoices that a person had to touch, at the beginning and at the end.
TOUCHED = {
    "harrowmere": (0.34, 0.19),
    "wexcombe": (0.27, 0.31),
    "calderwick": (0.41, 0.36),
    "marlshire": (0.22, 0.18),
    "thornbeck": (0.38, 0.30),
    "ashwater": (0.36, 0.34),
    "sallowfield": (0.31, 0.26),
    "kingsmarl": (0.28, 0.27),
    "brackenhill": (0.44, 0.40),
}
SPIKES = {"harrowmere": 5}


def invoices_of(
    partner: Partner, *, first: date, today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """One row an invoice that has arrived by today, by day of approval.

    Columns: firm (index into firms_of), invoice_on, received_on, approved_on (possibly after
    today), unit (index into the leaves of the partner), lines, net, vat, gross, touched, held,
    reference. Nothing is received or approved on a day on which the partner does not work.
    """
    firms = firms_of(partner)
    days = (today - first).days
    chosen, when = _choose(partner, firms, first, today, days, rng)
    frame = pd.DataFrame({"firm": chosen, "day": when})
    frame["net"] = _amounts(firms, frame, rng)
    frame["vat"] = _vat(partner, firms, frame)
    frame["gross"] = frame["net"] + frame["vat"]
    frame["lines"] = np.where(frame["net"] > 0, rng.choice([1, 2, 3], size=len(frame), p=LINES), 1)
    frame["unit"] = _units(partner, firms, frame, rng)
    late = np.array([firm.late_days for firm in firms])[frame["firm"]]
    start = np.datetime64(first, "D")
    works = _working_days(partner, first, today)
    received = works(frame["day"] + late + rng.integers(1, 6, len(frame)))
    approved = works(received + _waiting(partner, received, first, today, rng))
    share = np.linspace(*TOUCHED[partner.slug], (today - first).days + 1)
    frame["touched"] = rng.random(len(frame)) < share[frame["day"].clip(0, len(share) - 1)]
    frame["held"] = frame["touched"] & (rng.random(len(frame)) < HELD_SHARE)
    days_of = {"invoice_on": frame["day"], "received_on": received, "approved_on": approved}
    for column, offset in days_of.items():
        frame[column] = start + offset.to_numpy().astype("timedelta64[D]")
    frame = frame[frame["received_on"] <= np.datetime64(today, "D")]
    frame = frame.sort_values(["approved_on", "day", "firm", "gross"], kind="stable")
    frame = frame.reset_index(drop=True)
    frame["reference"] = _references(firms, frame, rng)
    return frame


def _choose(
    partner: Partner,
    firms: list[Firm],
    first: date,
    today: date,
    days: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Which firm and on which working day since `first`, the flood of the spike month included."""
    weights = np.array([firm.weight for firm in firms], dtype=float)
    chosen = rng.choice(len(firms), size=partner.invoices, p=weights / weights.sum())
    when = rng.integers(0, days, partner.invoices)
    months_ago = SPIKES.get(partner.slug)
    if months_ago:
        stone = next(place for place, firm in enumerate(firms) if firm.name == SPIKE)
        middle = days - round(months_ago * 30.4)
        chosen = np.concatenate([chosen, np.full(SPIKE_INVOICES, stone)])
        when = np.concatenate([when, rng.integers(middle - 12, middle + 12, SPIKE_INVOICES)])
    weekday = (first.weekday() + when) % 7
    # A weekend's go to the Friday before it, or the Monday after if history begins on it.
    friday = when - (weekday - 4)
    return chosen, np.where(weekday > 4, np.where(friday < 0, friday + 3, friday), when)


def _working_days(partner: Partner, first: date, today: date) -> Callable[[pd.Series], pd.Series]:
    """Moves days since `first` that are no working day of the partner to the next that is one."""
    last = date(today.year + 1, 12, 31)
    off = [day for day, _ in closure_days(partner, first, last)]
    for year in range(first.year, last.year + 1):
        off += national_holidays(Nation.ENGLAND_AND_WALES, year)
    start = np.datetime64(first, "D")

    def move(days: pd.Series) -> pd.Series:
        dates = start + days.to_numpy().astype("timedelta64[D]")
        moved = np.busday_offset(dates, 0, roll="forward", holidays=np.array(off, "datetime64[D]"))
        return pd.Series((moved - start).astype(np.int64), index=days.index)

    return move


def _amounts(firms: list[Firm], frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    usual = np.array([firm.pounds for firm in firms])[frame["firm"]]
    pounds = usual * rng.lognormal(0.0, 0.55, len(frame))
    pence = np.rint(pounds * 100).astype(np.int64)
    credit = rng.random(len(frame)) < CREDIT_SHARE
    return np.where(credit, -(pence // 4), pence)


def _vat(partner: Partner, firms: list[Firm], frame: pd.DataFrame) -> np.ndarray:
    """By the code of each firm, half a penny away from nought, in whole numbers."""
    codes = purchase_codes()
    rates = np.array([int(codes[code_of(partner, firm)].rate_percent) for firm in firms])
    due = frame["net"].to_numpy() * rates[frame["firm"]]
    return np.sign(due) * ((np.abs(due) + 50) // 100)


def code_of(partner: Partner, firm: Firm) -> str:
    """The VAT code on this partner's invoices from the firm."""
    return partner.vat_code if firm.vat == STANDARD else firm.vat


def leaves(partner: Partner) -> list[str]:
    """Codes of the units that money is spent on: all but the root."""
    return [code for code, _, parent in partner.units if parent is not None]


# Trades that work for one unit alone, whatever the draw of the others.
UNIT_OF = {
    "Stone and asphalt": ("H10", "W10"),
    "Resurfacing": ("H10", "W10"),
    "Gritting": ("H11", "W10"),
    "Care at home": ("H20", "W20"),
    "Residential care": ("H20", "W20"),
    "Fostering": ("H30", "W90"),
    "School transport": ("H30", "W90"),
    "Books": ("H40", "W30"),
    "Surgical supplies": ("C10",),
    "Medicines": ("C30",),
    "Scans": ("C20",),
    "Linen": ("C40",),
    "Parts and conversions": ("M30",),
    "Forensic tests": ("M20",),
    "Care of dogs": ("M10",),
}


def _units(
    partner: Partner, firms: list[Firm], frame: pd.DataFrame, rng: np.random.Generator
) -> np.ndarray:
    """Each firm works for its own unit, or mostly for one and now and then for another."""
    codes = leaves(partner)
    usual = rng.integers(0, len(codes), len(firms))
    other = rng.integers(0, len(codes), len(firms))
    for place, firm in enumerate(firms):
        for code in UNIT_OF.get(firm.what, ()):
            if code in codes:
                usual[place] = other[place] = codes.index(code)
    pick = rng.random(len(frame)) < 0.8
    return np.where(pick, usual[frame["firm"]], other[frame["firm"]])


def _waiting(
    partner: Partner,
    received: pd.Series,
    first: date,
    today: date,
    rng: np.random.Generator,
) -> np.ndarray:
    """Days from receipt to approval, drawn around the pace of the time."""
    pace = PACES[partner.slug]
    mean = np.full(len(received), pace.days)
    if pace.changed_months:
        changed = (today - first).days - round(pace.changed_months * 30.4)
        mean = np.where(received >= changed, pace.later, mean)
    if pace.august:
        month = pd.DatetimeIndex(
            np.datetime64(first, "D") + received.to_numpy().astype("timedelta64[D]")
        ).month
        mean = np.where(month == 8, mean + pace.august, mean)
    return np.maximum(1, np.rint(rng.gamma(3.0, mean / 3.0))).astype(np.int64)


def _references(firms: list[Firm], frame: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """The numbers of each firm run on in the order of its own days."""
    starts = rng.integers(1_000, 60_000, len(firms))
    nth = frame.groupby("firm")["day"].rank(method="first").astype(int)
    letters = ["".join(word[0] for word in firm.name.split()[:2]).upper() for firm in firms]
    return [
        f"{letters[firm]}-{starts[firm] + place}"
        for firm, place in zip(frame["firm"], nth, strict=True)
    ]


def fortnights(first: date, today: date) -> list[date]:
    """The days up to which work is done together: every second Friday, the last before today."""
    friday = first + timedelta(days=(4 - first.weekday()) % 7)
    return [friday + timedelta(days=14 * n) for n in range((today - friday).days // 14 + 1)]
