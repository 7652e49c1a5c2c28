"""Forms of the account that pay goes to: they parse and word, the services decide."""

from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from hr.services.accounts import LEAST_DAYS, MOST_DAYS, NewAccount

SURE = "My bank says that these numbers are right, although they fail the check"


class AccountForm(Form):
    """Another account; whoever is told that it fails the check may say that they are sure."""

    account_name = forms.CharField(
        label="Name on the account", max_length=60,
        help_text="As your bank writes it",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    sort_code = forms.CharField(
        label="Sort code", max_length=8, help_text="Like 12-34-56",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric",
                                      "autocomplete": "off"}),
    )  # fmt: skip
    account_number = forms.CharField(
        label="Account number", max_length=10, help_text="8 digits",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric",
                                      "autocomplete": "off"}),
    )  # fmt: skip
    reference = forms.CharField(
        label="Building society roll number", max_length=18, required=False,
        help_text="Only for an account of a building society that has one",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )  # fmt: skip
    unsure = forms.BooleanField(label=SURE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.get("unsure"):
            self.doubt = self.fields.pop("unsure")

    def ask_whether_sure(self) -> None:
        """From now on the form asks it."""
        self.fields.setdefault("unsure", self.doubt)

    @property
    def account(self) -> NewAccount:
        """What was typed, without the spaces and hyphens that people group digits by."""
        given = self.cleaned_data
        digits = {
            name: given[name].replace(" ", "").replace("-", "")
            for name in ("sort_code", "account_number")
        }
        return NewAccount(
            **digits,
            account_name=" ".join(given["account_name"].split()),
            reference=" ".join(given["reference"].upper().split()),
            unsure=given.get("unsure", False),
        )


class StopForm(Form):
    reason = forms.CharField(
        label="Why do you stop it?", max_length=200, help_text="The person can read it"
    )


class AccountCoolingForm(Form):
    days = forms.IntegerField(
        label="Working days", min_value=LEAST_DAYS, max_value=MOST_DAYS,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )  # fmt: skip
    from_on = forms.DateField(label="From", widget=DateInput())
    reason = forms.CharField(label="Reason", max_length=200)
