"""The payments compliance notice: its half-years, its figures and the words of the regulation.

Procurement Act 2023, section 69; Procurement Regulations 2024, regulation 38: day 1 is the first
day after the invoice was received, the average is the arithmetic mean.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.money import formatted, pounds
from core.pdf import pdf
from core.templatetags.web import day, day_time
from core.web.exports import csv_bytes
from finance.models import PaymentsNotice
from finance.shares import mean_days, share

# Section 69 applies from this day on (guidance on payments compliance notices).
FIRST = date(2025, 10, 1)
# Before the end of 30 days that begin with the last day of the half-year.
DAYS_TO_PUBLISH = 30


@dataclass(frozen=True)
class HalfYear:
    """A reporting period: April to September, or October to March."""

    first_on: date

    @classmethod
    def of(cls, on: date) -> "HalfYear":
        if on.month >= 10:
            return cls(date(on.year, 10, 1))
        return cls(date(on.year, 4, 1) if on.month >= 4 else date(on.year - 1, 10, 1))

    @property
    def last_on(self) -> date:
        year = self.first_on.year
        return date(year, 9, 30) if self.first_on.month == 4 else date(year + 1, 3, 31)

    @property
    def publish_by(self) -> date:
        return self.last_on + timedelta(days=DAYS_TO_PUBLISH - 1)

    @property
    def period(self) -> int:
        return self.first_on.year * 100 + self.first_on.month

    def __str__(self) -> str:
        return f"{day(self.first_on)} to {day(self.last_on)}"


def half_years(today: date) -> list[HalfYear]:
    """Every reporting period that has begun, newest first."""
    found = [HalfYear.of(today)]
    while found[-1].first_on > FIRST:
        found.append(HalfYear.of(found[-1].first_on - timedelta(days=1)))
    return found


@dataclass(frozen=True)
class Figures:
    """Counts and pence of a half-year; `unmade` are those of the payable not paid by its end."""

    payments: int
    paid_pence: int
    days: int
    in_30: int
    in_30_pence: int
    in_60: int
    in_60_pence: int
    over_60: int
    over_60_pence: int
    without_receipt: int
    payable: int
    payable_pence: int
    unmade: int
    unmade_pence: int
    late: int
    interest_pence: int
    fixed_pence: int
    without_rate: int

    @property
    def digest(self) -> str:
        """What names these very figures: who signs says which ones were seen."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]

    def rows(self) -> list[tuple[str, str | int, int | None]]:
        """Each figure with its label, number or share, and pence; what the law asks for first."""
        paid, payable = self.payments, self.payable
        bands = (
            ("within 30 days", self.in_30, self.in_30_pence),
            ("on days 31 to 60", self.in_60, self.in_60_pence),
            ("on day 61 or later", self.over_60, self.over_60_pence),
        )
        return [
            ("Average number of days to pay", mean_days(self.days, paid), None),
            *((f"Share paid {label}", share(number, paid), None) for label, number, _ in bands),
            ("Share of the payable not paid in the period", share(self.unmade, payable), None),
            ("Payments", paid, self.paid_pence),
            *((f"Payments {label}", number, pence) for label, number, pence in bands),
            ("Became payable", payable, self.payable_pence),
            ("Of these not paid in the period", self.unmade, self.unmade_pence),
            ("Paid late: interest that may be claimed", self.late, self.interest_pence),
            ("Paid late: fixed sums that may be claimed", self.late, self.fixed_pence),
            ("Paid late: no rate known yet, so no interest", self.without_rate, None),
            ("Left out: no day of receipt", self.without_receipt, None),
        ]

    def lines(self) -> list[tuple[str, str]]:
        """The same in words."""
        return [
            (label, said if pence is None else f"{said} of {formatted(pence)}")
            for label, value, pence in self.rows()
            for said in [f"{value:,}" if isinstance(value, int) else value]
        ]


def of_notice(notice: PaymentsNotice) -> Figures:
    """The figures as they were signed."""
    return Figures(**notice.figures)


def statement_of(payer: str) -> str:
    """What the officer says with the signature (regulation 38(2)(e))."""
    return (
        f"I am the director or similar officer who is responsible for the finances of {payer},"
        " and I approve this payments compliance notice."
    )


def facts(notice: PaymentsNotice, payer: str) -> dict[str, str]:
    """Whose notice it is, of which days, and who answers for it."""
    period = HalfYear(notice.first_on)
    known = {
        "Contracting authority": payer,
        "Reporting period": str(period),
        "Version": f"{notice.version}",
        "Reason for this version": notice.reason,
        "Approved by": f"{notice.signed_by_name}, {notice.job_title}",
        "Signed": day_time(notice.signed_at),
    }
    return {key: value for key, value in known.items() if value}


SCOPE = (
    "All supplier invoices with a day of receipt are counted, above and below the thresholds:"
    " contracts are not recorded here. Credit notes are left out, and disputed invoices from what"
    " became payable. A payment is made on the day the money arrives."
)


def as_pdf(notice: PaymentsNotice, *, payer: str, colour: str, at: datetime) -> bytes:
    """The signed notice as a tagged document."""
    data: Mapping[str, Any] = {
        "title": f"Payments compliance notice {notice.period}",
        "from": payer,
        "colour": colour,
        "facts": list(facts(notice, payer).items()),
        "statement": notice.statement,
        "figures": [{"cells": list(line)} for line in of_notice(notice).lines()],
        "scope": SCOPE,
    }
    return pdf("finance/reports/payments_notice.typ", data, at=at)


def as_csv(notice: PaymentsNotice, *, payer: str) -> bytes:
    """The signed notice as rows."""
    above = {**facts(notice, payer), "Statement": notice.statement, "Counted": SCOPE}
    rows = [
        (label, value, "" if pence is None else pounds(pence))
        for label, value, pence in of_notice(notice).rows()
    ]
    return csv_bytes(("Figure", "Value", "Amount"), rows, above)
