"""Forms of reports."""

from datetime import date
from typing import Any

from django import forms

from core.web.forms import DateInput, Form, PoundsField
from finance.forms_payments import DATES
from finance.models import RedactionRule


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

    def show_again(self, *, seen: str) -> None:
        """After a refusal: what was typed stays, the figures shown now are to be agreed to anew."""
        self.data = {name: self.data[name] for name in self.data if name != "agreed"}
        self.data |= {"seen": seen}


class ThresholdForm(Form):
    """Above which amount payments are published."""

    threshold = PoundsField(
        label="Publish payments above",
        min_value=0,
        help_text="£500 by the transparency code of local government, £25,000 for departments.",
    )


class PublicationForm(ThresholdForm):
    """Puts a month up for publication; another version says what changed."""

    reason = forms.CharField(label="What changed, and why", max_length=300)

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["threshold"].widget = forms.HiddenInput()
        if not again:
            del self.fields["reason"]


class RedactionForm(Form):
    """Whose payees are not named, since when and for which legal reason."""

    kind = forms.ChoiceField(label="Of what", choices=RedactionRule.Kind.choices)
    value = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        help_text="Of the supplier, account or cost centre. Empty for a kind of supplier.",
    )
    legal_reason = forms.CharField(label="Legal reason", max_length=200)
    from_on = forms.DateField(label="For payments from", widget=DateInput())
