"""Forms of claims: they parse and word, the service decides."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from core.web.incoming import IncomingField
from hr.models import Employment
from payroll.claimed import MOST_MINUTES, MOST_SESSIONS, NewItem
from payroll.forms_pay import DATES
from payroll.models import PayElement

CLAIMS = Intake("Claims", TABLES)
# Which of the three fields an element asks for.
ASKED = {
    PayElement.Basis.HOURS: "hours",
    PayElement.Basis.ENHANCED: "hours",
    PayElement.Basis.SESSIONS: "sessions",
    PayElement.Basis.AMOUNT: "amount",
}


class ClaimForm(Form):
    """One item of one person; hours, sessions or an amount, as its element asks."""

    element = forms.ChoiceField(label="What for")
    worked_on = forms.DateField(label="Day", widget=DateInput(), input_formats=DATES)
    hours = forms.DecimalField(
        label="Hours", help_text="Like 7.5, where hours are claimed", required=False,
        min_value=0, max_value=MOST_MINUTES // 60, decimal_places=2,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
    )  # fmt: skip
    amount = PoundsField(
        label="Amount", help_text="Where an amount is claimed", required=False, min_value=0
    )
    sessions = forms.IntegerField(
        label="Sessions", help_text="Where sessions are claimed, such as of standby",
        required=False, min_value=0, max_value=MOST_SESSIONS,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
    )  # fmt: skip
    job = forms.IntegerField(label="Job", help_text="1 for the first", min_value=1, initial=1)
    note = forms.CharField(label="Note", max_length=100, required=False)
    reason = forms.CharField(label="Why it is claimed", max_length=200)

    def __init__(self, *args: Any, elements: Sequence[PayElement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not elements:
            nothing = "Nothing can be claimed here yet. Payroll sets that up"
            self.fields["element"].help_text = nothing
        choices = [
            (one.code, f"{one.name} ({ASKED[PayElement.Basis(one.basis)]})") for one in elements
        ]
        self.fields["element"].choices = choices  # type: ignore[attr-defined]

    @property
    def employee(self) -> int:
        return int(self.cleaned_data["employee"])

    @property
    def item(self) -> NewItem:
        given = self.cleaned_data
        return NewItem(
            row=1, employee=self.employee, element=given["element"], job=given["job"],
            worked_on=given["worked_on"], minutes=int((given["hours"] or 0) * 60),
            amount_pence=to_pence(given["amount"] or 0), note=given["note"],
            sessions=given["sessions"] or 0,
        )  # fmt: skip


class ClaimForOtherForm(ClaimForm):
    employee = forms.IntegerField(label="Employee number", min_value=1)  # type: ignore[assignment]
    field_order = ("employee",)


class OwnClaimForm(ClaimForm):
    """Who works here more than once says for which employment."""

    employee = forms.TypedChoiceField(label="Employment", coerce=int)  # type: ignore[assignment]
    field_order = ("employee",)

    def __init__(self, *args: Any, employments: Sequence[Employment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, f"Number {one.number}") for one in employments]
        self.fields["employee"].choices = choices  # type: ignore[attr-defined]


class ClaimFileForm(Form):
    file = IncomingField(label="File", intake=CLAIMS, help_text="The template, as CSV or XLSX")
    reason = forms.CharField(label="Why it is claimed", max_length=200)


class ElementForm(Form):
    code = forms.SlugField(
        label="Short name",
        max_length=20,
        help_text="For what an allowance pays, the name that it has there under «Claimed as»",
    )
    name = forms.CharField(label="Name on the payslip", max_length=60)
    basis = forms.ChoiceField(label="Claimed as", choices=PayElement.Basis.choices)
    percent = forms.IntegerField(
        label="Per cent of the hourly rate", min_value=1, max_value=400, required=False,
        help_text="For hours: 150 for time and a half. Leave empty for what an"
        " allowance pays",
    )  # fmt: skip
    taxed = forms.BooleanField(
        label="Taxed as pay", required=False, initial=True,
        help_text="Expenses paid back are not taxed",
    )  # fmt: skip
    pensionable = forms.BooleanField(label="Pensionable", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        hours = given.get("basis") == PayElement.Basis.HOURS
        amount = given.get("basis") == PayElement.Basis.AMOUNT
        if hours and not given.get("percent"):
            self.add_error("percent", "Enter the per cent of the hourly rate")
        if not given.get("taxed") and (not amount or given.get("pensionable")):
            self.add_error("taxed", "What is not taxed is an amount and is not pensionable")
        return {**given, "percent": given.get("percent") or 0}
