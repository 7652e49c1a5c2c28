"""Forms of what is owed to others: paying it over, and who is paid for it."""

from datetime import date
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from finance.selectors.payments import bank_accounts
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.forms_pay import DATES, AccountField
from payroll.models import CreditorKind
from payroll.models.groups import SCHEMES


class PayOverForm(Form):
    """On which day, and from which account."""

    pay_on = forms.DateField(
        label="To arrive on",
        help_text="A banking day. Bacs takes three of them.",
        widget=DateInput(),
        input_formats=DATES,
    )
    bank_account = AccountField(label="Paid from", queryset=None, empty_label="Choose")

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_account"].queryset = bank_accounts(organisation_id)  # type: ignore[attr-defined]


class PayeeForm(Form):
    """Who is paid for a creditor."""

    kind = forms.ChoiceField(label="Owed to", choices=CreditorKind.choices)
    scheme = forms.TypedChoiceField(
        label="Pension scheme", help_text="Of a pension fund.", choices=SCHEMES, coerce=int
    )
    creditor = forms.CharField(
        label="Creditor",
        help_text="Of attachment orders: the name as the orders have it.",
        max_length=100,
        required=False,
    )
    supplier = forms.CharField(
        label="Supplier that is paid", help_text="Its code under Suppliers.", max_length=40
    )
    reference = forms.CharField(
        label="Reference to quote",
        help_text="Of a fund or an agency. HMRC and orders have their own.",
        max_length=18,
        required=False,
    )
    due_day = forms.IntegerField(
        label="Due on this day of the next month", min_value=1, max_value=28
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("kind") == CreditorKind.ORDER and not given.get("creditor"):
            self.add_error("creditor", "Enter the name as the orders have it")
        if given.get("kind") == CreditorKind.PENSION and not given.get("scheme"):
            self.add_error("scheme", "Choose the scheme of the fund")
        return given


class SummaryForm(Form):
    """Of which tax month an employer payment summary is made."""

    period = forms.ChoiceField(label="Tax month")
    final = forms.BooleanField(label="It is the last submission of the tax year", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year, month = year_start(today).year, period_of(today, Frequency.MONTHLY).number
        known = [(year, one) for one in range(month, 0, -1)]
        known += [(year - 1, one) for one in range(12, 0, -1)]
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (f"{start}-{one}", f"{start}-{(start + 1) % 100:02d}, month {one}")
            for start, one in known
        ]

    @property
    def facts(self) -> dict[str, Any]:
        start, _, month = self.cleaned_data["period"].partition("-")
        return {"tax_year": int(start), "month": int(month), "final": self.cleaned_data["final"]}
