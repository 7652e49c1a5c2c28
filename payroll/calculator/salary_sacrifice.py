"""Pay given up for benefits, never below the minimum wage, with the year's pension part counted.

What is given up leaves gross pay, so tax, NIC and loans never see it. From 6 April 2029 only part
of the pension given up in a year is free of NIC: the running total of each person is kept now.
"""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.wording import money
from payroll.law import Parameter, Pence


@dataclass(frozen=True)
class PensionCap:
    yearly: Pence


PENSION_SACRIFICE_CAP = Parameter("salary_sacrifice_pension_cap", PensionCap)


@dataclass(frozen=True)
class Sacrifices:
    """Columns of people, rows of arrangements in the order in which they give way, pension last."""

    pay: Whole
    minimum_pay: Whole  # what the hours worked need at the minimum wage
    asked: Whole  # (arrangements, people)
    pension: tuple[bool, ...]  # which arrangements are for a pension
    pension_to_date: Whole  # given up for a pension earlier in this tax year


@dataclass(frozen=True)
class Sacrificed:
    given: Sacrifices
    allowed: Whole  # (arrangements, people)
    pay: Whole
    pension: Whole
    pension_to_date: Whole

    def pension_workings(self, i: int, saved: int, employer_saved: int) -> list[str]:
        """In the person's words; the contributions are those that nobody pays because of it."""
        given = money(self.pension[i])
        lines = [
            f"You gave up {given} of your pay. Your employer pays {given} into your pension.",
            f"It is no pay of yours, so no tax is taken from it, and {money(saved)} less National"
            f" Insurance. Your employer pays {money(employer_saved)} less.",
        ]
        asked = int(self.given.asked[np.array(self.given.pension, dtype=bool), i].sum())
        if self.pension[i] < asked:
            lines.append(
                f"You asked to give up {money(asked)}: pay may not fall below the minimum wage,"
                f" {money(self.given.minimum_pay[i])}."
            )
        to_date = money(self.pension_to_date[i])
        return [*lines, f"Given up for your pension this tax year: {to_date}."]

    def workings(self, i: int, *, but_pension: bool = False) -> list[str]:
        lines = [f"Pay before salary sacrifice: {money(self.given.pay[i])}."]
        for number, (asked, allowed) in enumerate(
            zip(self.given.asked[:, i], self.allowed[:, i], strict=True), 1
        ):
            if not asked or (but_pension and self.given.pension[number - 1]):
                continue
            lines.append(f"Arrangement {number} gives up {money(allowed)}.")
            if allowed < asked:
                lines.append(
                    f"It asked for {money(asked)}: pay may not fall below the minimum"
                    f" wage, {money(self.given.minimum_pay[i])}."
                )
        if self.pension_to_date[i] and not but_pension:
            to_date = money(self.pension_to_date[i])
            lines.append(f"Given up for a pension this tax year: {to_date}.")
        return lines


def sacrifice(given: Sacrifices) -> Sacrificed:
    """What each arrangement may give up; the first rows give way first when pay is too low."""
    room = np.maximum(given.pay - given.minimum_pay, 0)
    # Counted from the last row, each arrangement has what those behind it have left over.
    behind = np.cumsum(given.asked[::-1], axis=0)[::-1] - given.asked
    allowed = np.clip(room - behind, 0, given.asked)
    pension = allowed[np.array(given.pension, dtype=bool)].sum(axis=0)
    return Sacrificed(
        given, allowed, given.pay - allowed.sum(axis=0), pension, given.pension_to_date + pension
    )


def liable_to_nic(pension: Whole, pension_to_date: Whole, cap: PensionCap) -> Whole:
    """The part of this period's pension sacrifice that lies above the cap of the year."""
    before = np.maximum(pension_to_date - pension - cap.yearly, 0)
    return np.maximum(pension_to_date - cap.yearly, 0) - before
