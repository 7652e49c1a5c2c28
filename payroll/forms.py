"""The form of "What would my pay be": every question of a case, in sections."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from core.errors import Refusal
from core.web.forms import DateInput, Form, PoundsField
from payroll.calculator.figures import LETTERS
from payroll.calculator.loans import PLANS, POSTGRADUATE
from payroll.calculator.periods import WEEKS, Frequency
from payroll.case_columns import Case
from payroll.cases import Answer, answer
from payroll.questions import LEAVES, ORDERS, SCHEMES, case_of, in_words

MOST = Decimal(10_000_000)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
FREQUENCIES = {
    Frequency.MONTHLY: "Monthly",
    Frequency.FOUR_WEEKLY: "Every four weeks",
    Frequency.FORTNIGHTLY: "Every two weeks",
    Frequency.WEEKLY: "Weekly",
}
# Two are enough to see the order in which they are taken.
ORDER_SLOTS = (1, 2)
ORDER_FIELDS = ("kind", "made_on", "normal", "protected", "outstanding")
SECTIONS = {
    "Pay": ("day", "frequency", "salary", "pay", "other_pay"),
    "Tax, National Insurance and loans": (
        *("code", "letter", "loans", "pay_before", "tax_before", "director", "appointed_in"),
    ),
    "Pension, salary sacrifice and giving": (
        *("scheme", "pension_rate", "employer_rate", "annual_pay", "half"),
        *("sacrifice", "pension_sacrifice", "gift"),
    ),
    "Time away": (
        *("sick_from", "sick_to", "leave", "leave_from", "leave_weeks", "due_on"),
        "working_days",
    ),
    "Orders and overpayments": (
        *(f"order{slot}_{name}" for slot in ORDER_SLOTS for name in ORDER_FIELDS),
        *("instalment", "gross_owed", "net_owed", "same_tax_year", "keep"),
    ),
    "Minimum wage and automatic enrolment": (
        *("born", "hours", "apprentice_from", "employed_from", "state_pension_on", "postponed"),
        *("left_scheme_on", "re_enrolment"),
    ),
}
# The field at which a refusal is said, by its code.
REFUSED_AT = {"PRL01": "day", "PRL02": "code", "PRL03": "letter", "PRL04": "loans"}


@dataclass(frozen=True)
class Section:
    name: str
    fields: list[BoundField]
    open: bool


def _pounds(label: str, **kwargs: Any) -> PoundsField:
    return PoundsField(label=label, required=False, min_value=0, max_value=MOST, **kwargs)


def _day(label: str, **kwargs: Any) -> forms.DateField:
    # Days far from today: a calendar would be in the way.
    widget = forms.DateInput(format="%d/%m/%Y", attrs={"class": "govuk-input--width-10"})
    return forms.DateField(label=label, required=False, widget=widget, **kwargs)


def _number(label: str, most: int, **kwargs: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=most, decimal_places=2, widget=widget,
        **kwargs,
    )  # fmt: skip


def _choice(label: str, choices: dict[str, str], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[("", "None"), *choices.items()], **kwargs
    )


def _whole(label: str, most: int, **kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=most, widget=widget, **kwargs
    )


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class WhatIfForm(Form):
    """Valid when the case can be worked out; `answer` and `case` are then there."""

    answer: Answer
    case: Case

    day = forms.DateField(label="Pay date", widget=DateInput())
    frequency = forms.ChoiceField(label="Paid", choices=list(FREQUENCIES.items()))
    salary = _pounds("Salary for a year", help_text="Or the pay of this payment, below.")
    pay = _pounds("Pay of this payment")
    other_pay = _pounds("Other pay of this payment", help_text="Overtime or a bonus, not pensioned")
    code = forms.CharField(
        label="Tax code", required=False, max_length=14, help_text="Empty: the emergency code"
    )
    letter = forms.ChoiceField(label="National Insurance letter", required=False)
    loans = forms.MultipleChoiceField(
        label="Student loans",
        required=False,
        choices=[*((plan, f"Plan {plan}") for plan in PLANS), (POSTGRADUATE, "Postgraduate")],
        widget=forms.CheckboxSelectMultiple,
    )
    pay_before = _pounds(
        "Taxable pay of the tax year until now",
        help_text="With a job before this one. Empty: the earlier payments were like this one.",
    )
    tax_before = _pounds("Tax of the tax year until now")
    director = _choice(
        "Director", {"standard": "Yes, standard method", "alternative": "Yes, alternative method"}
    )
    appointed_in = _whole("Tax week of the appointment", WEEKS)
    scheme = _choice("Pension scheme", {key: label for key, (_, label) in SCHEMES.items()})
    pension_rate = _number(
        "Your contribution in per cent", 100, help_text="For schemes whose rate no band sets"
    )
    employer_rate = _number("Employer's contribution in per cent", 100)
    annual_pay = _pounds(
        "Pensionable pay of a year", help_text="Empty: the salary, or this pay for a year"
    )
    half = _tick("50/50 section of the Local Government Pension Scheme")
    sacrifice = _pounds("Given up for benefits")
    pension_sacrifice = _pounds("Given up for a pension")
    gift = _pounds("Payroll giving")
    sick_from = _day("First day of sickness")
    sick_to = _day("Last day of sickness")
    leave = _choice("Parental pay", LEAVES)
    leave_from = _day("First day of parental pay")
    leave_weeks = _whole("Weeks of parental pay", WEEKS)
    due_on = _day("Day the child is due")
    working_days = forms.MultipleChoiceField(
        label="Working days",
        required=False,
        choices=[(str(number), name) for number, name in enumerate(DAYS)],
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: Monday to Friday",
    )
    instalment = _pounds("Overpayment: instalment agreed")
    gross_owed = _pounds("Overpayment: gross still owed")
    net_owed = _pounds("Overpayment: net still owed")
    same_tax_year = _tick("The overpayment was in this tax year")
    keep = _pounds("Overpayment: what must be left")
    born = _day("Day of birth")
    hours = _number("Hours worked", 744, help_text="In the tax week or month of the payment")
    apprentice_from = _day("First day of an apprenticeship")
    employed_from = _day("First day of the job")
    state_pension_on = _day("Day of State Pension age", help_text="From 66 on")
    postponed = _tick("Automatic enrolment is postponed")
    left_scheme_on = _day("Day on which the pension scheme was left")
    re_enrolment = _tick("The employer's re-enrolment date is in this period")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"day": today, "letter": "A"})
        super().__init__(*args, **kwargs)
        letter = self.fields["letter"]
        assert isinstance(letter, forms.ChoiceField)
        newest = LETTERS.loaded()[1][-1].value.letters
        letter.choices = [(name, f"{name}: {one.meaning}") for name, one in newest.items()]

    def sections(self) -> Iterator[Section]:
        """The questions by what they are about; open where something is answered or wrong."""
        for number, (name, fields) in enumerate(SECTIONS.items()):
            bound = [self[field] for field in fields]
            told = any(field.errors or (self.is_bound and self._given(field)) for field in bound)
            yield Section(name, bound, number == 0 or told)

    def _given(self, field: BoundField) -> bool:
        return field.name != "letter" and bool(field.value())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data["salary"]) == bool(data["pay"]):
            self.add_error("salary", "Enter either the salary of a year or the pay of this payment")
            return data
        try:
            self.case = case_of(_values(data))
            self.answer = answer(self.case)
        except Refusal as refused:
            self.add_error(REFUSED_AT.get(getattr(refused, "code", "")), in_words(refused))
        except ValueError as error:
            self.add_error(None, in_words(error))
        return data


def _order_fields(slot: int) -> dict[str, forms.Field]:
    """The questions about one order."""
    name = f"Order {slot}"
    kinds = {key: label for key, (*_, label) in ORDERS.items()}
    return {
        f"order{slot}_kind": _choice(name, kinds),
        f"order{slot}_made_on": _day(f"{name}: day it was made"),
        f"order{slot}_normal": _pounds(f"{name}: normal deduction"),
        f"order{slot}_protected": _pounds(f"{name}: protected earnings"),
        f"order{slot}_outstanding": _pounds(
            f"{name}: debt left", help_text="Empty: it runs until it is recalled"
        ),
    }


def _values(data: dict[str, Any]) -> dict[str, Any]:
    orders = [
        {name: data[f"order{slot}_{name}"] for name in ORDER_FIELDS}
        for slot in ORDER_SLOTS
        if data[f"order{slot}_kind"]
    ]
    return {**data, "loans": "+".join(data["loans"]), "orders": orders}


for _slot in ORDER_SLOTS:
    WhatIfForm.base_fields.update(_order_fields(_slot))
