"""Forms of paying."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.errors import Refused
from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from finance.models import BankAccount, Payment, PaymentRun
from finance.rules_payments import PAY04
from finance.selectors.payments import bank_accounts
from finance.services.payments import check_pay_day

DATES = ["%d/%m/%Y", "%Y-%m-%d"]


def account_label(account: BankAccount) -> str:
    """The account's name with its last four figures."""
    return f"{account.name}, ending {account.account_ending}"


class AccountField(forms.ModelChoiceField):
    """A choice of the organisation's own bank accounts, each with its last four figures."""

    def label_from_instance(self, obj: BankAccount) -> str:
        return account_label(obj)


class ProposalForm(Form):
    """What a new run would pay: everything due to a day, on a day, from an account."""

    due_to = forms.DateField(
        label="Pay what is due up to",
        widget=DateInput(),
        input_formats=DATES,
    )
    pay_on = forms.DateField(
        label="Payment day",
        help_text="The day the money arrives. The bank needs the file two banking days before.",
        widget=DateInput(),
        input_formats=DATES,
    )
    bank_account = AccountField(
        label="Pay from", queryset=BankAccount.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, organisation_id: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        accounts = self.fields["bank_account"]
        assert isinstance(accounts, AccountField)
        accounts.queryset = bank_accounts(organisation_id)

    def clean_pay_on(self) -> date:
        """Only a day on which payments can still arrive."""
        day: date = self.cleaned_data["pay_on"]
        try:
            check_pay_day(day, today=self.today)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return day


class ReleaseForm(Form):
    """The second person types the total, and the form remembers which version they saw."""

    total = PoundsField(label="Total of the run")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, run: PaymentRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run

    def clean_total(self) -> Decimal:
        """Said beside the box already; the service asks again under its lock (PAY04)."""
        total: Decimal = self.cleaned_data["total"]
        try:
            PAY04.check(to_pence(total) == self.run.total_pence)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return total

    @property
    def total_pence(self) -> int:
        return to_pence(self.cleaned_data["total"])


class PaymentFilterForm(Form):
    """Filters of the list of payments, from its query string."""

    supplier = forms.CharField(label="Supplier begins with", required=False)
    since = forms.DateField(
        label="Paid from", required=False, widget=DateInput(), input_formats=DATES
    )
    until = forms.DateField(
        label="Paid to", required=False, widget=DateInput(), input_formats=DATES
    )
    run = forms.IntegerField(label="Run number", required=False, min_value=1)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Released"), *Payment.State.choices]
    )
