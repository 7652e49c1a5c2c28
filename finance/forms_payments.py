"""Forms of paying."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.errors import Refused
from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from finance.formats.bank_csv_out import columns_of
from finance.formats.errors import Unwritable
from finance.models import BankAccount, BankProfile, Payment, PaymentRun
from finance.rules_payments import PAY04
from finance.selectors.payments import bank_accounts
from finance.services.payments import check_pay_day, check_profile

OWN_METHODS = (PaymentRun.Method.BACS, PaymentRun.Method.FASTER)
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
        error_messages={"required": "Enter the day up to which invoices are due"},
        widget=DateInput(),
        input_formats=DATES,
    )
    pay_on = forms.DateField(
        label="Payment day",
        error_messages={"required": "Enter the payment day"},
        help_text="The day the money arrives. Bacs needs the file two banking days before.",
        widget=DateInput(),
        input_formats=DATES,
    )
    bank_account = AccountField(
        label="Pay from", queryset=BankAccount.objects.none(), empty_label=None
    )
    method = forms.ChoiceField(
        label="Pay by",
        required=False,
        choices=[(each.value, each.label) for each in OWN_METHODS],
        help_text="Faster Payments go as a CSV file to the bank, by the profile of the account.",
    )

    def __init__(self, *args: Any, organisation_id: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        accounts = self.fields["bank_account"]
        assert isinstance(accounts, AccountField)
        accounts.queryset = bank_accounts(organisation_id)

    def clean_method(self) -> str:
        """Bacs, unless something else was asked for."""
        return self.cleaned_data["method"] or PaymentRun.Method.BACS

    def clean(self) -> dict[str, Any]:
        """Only a day on which payments can still arrive, from an account that can make them."""
        found = super().clean() or {}
        days: dict[str, Any] = {key: found.get(key) for key in ("method", "pay_on")}
        self.profile: BankProfile | None = None
        if all(days.values()):
            self._say("pay_on", lambda: check_pay_day(**days, today=self.today))
            account = found.get("bank_account")
            if account is not None:
                self._say("method", lambda: self._find_profile(bank_account=account, **days))
        return found

    def _find_profile(self, **what: Any) -> None:
        self.profile = check_profile(**what)

    def _say(self, field: str, check: Callable[[], None]) -> None:
        """What the service would refuse is said beside the field already."""
        try:
            check()
        except Refused as refusal:
            self.add_error(field, refusal.message)


class ReleaseForm(Form):
    """The second person types the total, and the form remembers which version they saw."""

    total = PoundsField(
        label="Total of the run", error_messages={"required": "Enter the total of the run"}
    )
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


class BankProfileForm(Form):
    """How the bank of an account wants its file, from a day on."""

    bank_account = AccountField(
        label="Account", queryset=BankAccount.objects.none(), empty_label=None
    )
    name = forms.CharField(label="Name of the profile", max_length=60)
    from_on = forms.DateField(label="From", widget=DateInput(), input_formats=DATES)
    limit = PoundsField(
        label="Most for one payment", help_text="The scheme takes £1,000,000; a bank may take less."
    )
    layout = forms.CharField(
        label="Columns",
        max_length=5_000,
        widget=forms.Textarea,
        help_text="One a line, like “A = sort code”; with a heading, “A = sort code, Sort code”.",
    )

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = self.fields["bank_account"]
        assert isinstance(accounts, AccountField)
        accounts.queryset = bank_accounts(organisation_id)

    def clean_layout(self) -> str:
        """Every line that is wrong is named beside the box already."""
        layout: str = self.cleaned_data["layout"]
        try:
            columns_of(layout)
        except Unwritable as error:
            raise forms.ValidationError(
                [f"{problem}." for problem in error.problems[:5]]
            ) from error
        return layout

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        given = {key: self.cleaned_data[key] for key in self.fields if key != "limit"}
        return {**given, "limit_pence": to_pence(self.cleaned_data["limit"])}
