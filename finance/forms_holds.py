"""Forms of held suppliers: why, who sees to it, by when, and that it is over."""

from datetime import date
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from finance.selectors.supplier_holds import people_on_holds


class SupplierHoldForm(Form):
    """Why nothing is paid, who sees to it, and when it is looked at again."""

    reason = forms.CharField(label="Why", max_length=300)
    owner_id = forms.TypedChoiceField(label="Who sees to it", coerce=int)
    review_on = forms.DateField(
        label="Review on", widget=DateInput, help_text="A later day, within a year"
    )

    def __init__(self, *args: Any, organisation_id: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["owner_id"]
        able = people_on_holds(organisation_id, today)
        people.choices = sorted(able.items(), key=lambda one: one[1])


class HoldReviewForm(SupplierHoldForm):
    """It was looked at and stays in force."""

    reason = forms.CharField(label="What the review found", max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)


class HoldReleaseForm(Form):
    """It is over."""

    reason = forms.CharField(label="Why it can be paid again", max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)
