"""What a tax year says, in the words of its page and of its P60 or P45."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from core.templatetags.web import day, pounds
from payroll.calculator.periods import year_label
from payroll.models import EmployerReference, LineKind
from payroll.selectors.years import Certificate, TaxYear

TEMPLATE = "payroll/tax_year.typ"
MISSING = "Not recorded"
BANDS = (
    *("Letter", "At the lower limit", "From there to the primary threshold"),
    *("From there to the upper limit", "Employee", "Employee and employer"),
)
# A P45 has three, each for another reader.
PARTS = (
    "Part 1A: for you to keep",
    "Part 2: for your new employer",
    "Part 3: for your new employer to complete",
)
Facts = list[tuple[str, str]]


def name_of(found: TaxYear) -> str:
    """«P60 for the tax year 2026-27», or what it is so far."""
    label = year_label(found.starts_on)
    if found.certificate is Certificate.SO_FAR:
        return f"Tax year {label} so far"
    return f"{found.certificate} for the tax year {label}"


def facts_of(
    found: TaxYear, employer: str, ni_number: str, born_on: date | None,
    reference: EmployerReference | None,
) -> Facts:  # fmt: skip
    """Who paid whom, under which references and code."""
    slip, inputs = found.last_slip, found.inputs
    facts = [
        ("Employer", employer),
        ("Employer's address", reference.address if reference else MISSING),
        ("PAYE reference", reference.paye_reference if reference else MISSING),
        ("Name", slip.name),
        ("Employee number", str(slip.number)),
        ("National Insurance number", ni_number or "None recorded"),
        ("Tax code", f"{inputs.code}{'' if inputs.cumulative else ' X'}"),
    ]
    if found.certificate is not Certificate.P45:
        return facts
    return [
        *facts,
        ("Date of birth", day(born_on) if born_on else "None recorded"),
        ("Last day of employment", day(found.last_day)),
        ("Last pay in", str(found.period).capitalize()),
        ("Student loan deductions to continue", "Yes" if inputs.loans else "No"),
    ]


def totals_of(found: TaxYear) -> list[list[str]]:
    """Pay and tax of this employment, what was brought along, and both together.

    A P45 of a code that is not cumulative leaves the totals of the year out.
    """
    rows = [("Pay in this employment", found.pay), ("Tax deducted in this employment", found.tax)]
    if found.inputs.cumulative or found.certificate is not Certificate.P45:
        rows += [
            ("Pay brought forward to this payroll", found.brought_pay),
            ("Tax brought forward to this payroll", found.brought_tax),
            ("Total pay for the year", found.pay + found.brought_pay),
            ("Total tax for the year", found.tax + found.brought_tax),
        ]
    rows.append(("Pension contributions", found.pension))
    besides = sorted(found.loans.items()) + sorted(found.family.items())
    rows += [(str(LineKind(kind).label), pence) for kind, pence in besides]
    if found.later:
        rows.append(("Paid after leaving, not counted here", found.later))
    return [[name, pounds(pence)] for name, pence in rows]


def bands_of(found: TaxYear) -> list[list[str]]:
    """National Insurance by letter, as BANDS heads it; a P45 has none."""
    if found.certificate is Certificate.P45:
        return []
    return [
        [one.letter, *(pounds(pence) for pence in (
            one.at_lower, one.lower_to_primary, one.primary_to_upper, one.employee,
            one.employee + one.employer,
        ))]
        for one in found.contributions or []
    ]  # fmt: skip


def paper_of(found: TaxYear, facts: Facts) -> dict[str, Any]:
    """The same for the template of the document, but for its head."""
    left = found.certificate is Certificate.P45
    return {
        "facts": facts,
        "totals": [{"cells": row} for row in totals_of(found)],
        "heads": BANDS,
        "bands": [{"cells": row} for row in bands_of(found)],
        "parts": PARTS if left else ("",),
    }


def hash_of(paper: dict[str, Any]) -> str:
    """A hash of the values of a paper: another wording of its labels is no other paper."""
    values: list[Sequence[str]] = [[value for _, value in paper["facts"]]]
    values += [row["cells"][1:] for row in paper["totals"]]
    values += [row["cells"] for row in paper["bands"]]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
