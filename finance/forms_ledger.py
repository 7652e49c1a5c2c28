"""Forms of the ledger."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.web.forms import Form
from finance.models import Period


def period_choices(periods: Sequence[Period]) -> list[tuple[str, str]]:
    return [(str(row.period), str(row)) for row in periods]


class TrialBalanceForm(Form):
    """As of which period."""

    period = forms.ChoiceField(label="As of the end of", required=False)

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = period_choices(periods)


class EnquiryForm(Form):
    """What to look for in the ledger; everything is optional."""

    account = forms.CharField(label="Account code", required=False, max_length=10)
    unit = forms.CharField(label="Unit code", required=False, max_length=24)
    since = forms.ChoiceField(label="From period", required=False)
    until = forms.ChoiceField(label="To period", required=False)
    text = forms.CharField(label="Words in the text", required=False, max_length=60)
    batch = forms.IntegerField(label="Batch", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Any"), *period_choices(periods)]


class ReasonForm(Form):
    """Why something is undone."""

    reason = forms.CharField(label="Reason", max_length=200)
