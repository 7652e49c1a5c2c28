"""Sick pay and parental pay of a pay group as elements of its pay."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from payroll.calculator.figures import LOWER_EARNINGS_LIMIT
from payroll.calculator.parental_pay import (
    KINDS,
    PARENTAL_PAY,
    Leaves,
    ParentalPayDue,
    parental_pay,
)
from payroll.calculator.people import Element
from payroll.calculator.sick_pay import SICK_PAY, Spells, Version, Workers, sick_pay


@dataclass(frozen=True)
class Absences:
    """Spells and leaves of a pay group, and the days, both included, that are paid now."""

    spells: Spells
    workers: Workers
    leaves: Leaves
    pay_from: date
    pay_to: date


def absence_elements(absences: Absences) -> list[Element]:
    """An element for sick pay and one for each kind of parental pay that somebody has."""
    day, leaves = absences.pay_to, absences.leaves
    first, last = (np.datetime64(one, "D") for one in (absences.pay_from, absences.pay_to))
    elements = []
    if len(absences.spells.person):
        sick = sick_pay(absences.spells, absences.workers, sick_pay_versions(day), first, last)
        elements.append(Element("Statutory sick pay", sick.due, sick.workings, minimum_wage=False))
    if not len(leaves.person):
        return elements
    PARENTAL_PAY.on(day)
    versions = [(span.starts_on, span.value) for span in PARENTAL_PAY.loaded()[1]]
    due = parental_pay(leaves, versions, first, last)
    people = len(absences.workers.qualifying)
    return [*elements, *(_of_kind(int(k), leaves, due, people) for k in np.unique(leaves.kind))]


def _of_kind(kind: int, leaves: Leaves, due: ParentalPayDue, people: int) -> Element:
    rows = np.flatnonzero(leaves.kind == kind)
    amount = np.zeros(people, dtype=np.int64)
    np.add.at(amount, leaves.person[rows], due.due[rows])

    def workings(i: int) -> list[str]:
        mine = rows[leaves.person[rows] == i]
        return [sentence for row in mine for sentence in due.workings(int(row))]

    name = f"Statutory {KINDS[kind]} pay"
    return Element(name, amount, workings, minimum_wage=False, parental=True)


def sick_pay_versions(day: date) -> list[Version]:
    """The rules up to that day. PRL01 for a day without confirmed rules."""
    SICK_PAY.on(day)
    return [
        Version(span.starts_on, span.value, LOWER_EARNINGS_LIMIT.on(span.starts_on).week)
        for span in SICK_PAY.loaded()[1]
        if span.starts_on <= day
    ]
