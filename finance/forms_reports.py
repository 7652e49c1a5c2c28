"""Forms of reports."""

from datetime import date
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from finance.forms_payments import DATES


class PaidBetweenForm(Form):
    """Days of payment, both included."""

    since = forms.DateField(label="Paid from", widget=DateInput(), input_formats=DATES)
    until = forms.DateField(label="Paid to", widget=DateInput(), input_formats=DATES)

    def clean(self) -> dict[str, Any]:
        """The first day comes first."""
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "Enter a day that is not before “Paid from”.")
        return found

    def days(self, since: date, until: date) -> tuple[date, date]:
        """The days asked for; those given here when nothing was, or nothing that is good."""
        if self.is_bound and self.is_valid():
            return self.cleaned_data["since"], self.cleaned_data["until"]
        return since, until


class NoticeForm(Form):
    """Who answers for the figures that were seen, and why if somebody did before."""

    job_title = forms.CharField(
        label="Your job", max_length=80, help_text="Like Director of Finance."
    )
    reason = forms.CharField(
        label="What changed, and why", max_length=300, required=False, widget=forms.Textarea
    )
    agreed = forms.BooleanField(label="I have read the statement and sign it")
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
