"""The form in which a target is set."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from sla.models import ReliefEvent


class MonthField(forms.Field):
    """The first day of a month typed as 2026-04 or 04/2026."""

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        parts = str(value).strip().replace("/", "-").split("-")
        try:
            year, month = sorted((int(part) for part in parts), reverse=True)
            return date(year, month, 1)
        except ValueError as error:
            raise forms.ValidationError("Enter a month, like 04/2026") from error


class TargetForm(Form):
    """A target and the two lines under it; all three empty ends the target."""

    valid_from = MonthField(
        label="First month",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
        help_text="Like 04/2026. It holds until the next target.",
    )
    met_at = forms.DecimalField(
        label="Target", required=False, max_digits=14, decimal_places=4, help_text="Good from here."
    )
    approaching = forms.DecimalField(
        label="Approaching target from", required=False, max_digits=14, decimal_places=4
    )
    inadequate = forms.DecimalField(
        label="Inadequate beyond",
        required=False,
        max_digits=14,
        decimal_places=4,
        help_text="Between the two lines a figure requires improvement.",
    )
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Who agrees to it reads this, and so does a board."
    )

    def clean(self) -> dict[str, Any]:
        """All three lines or none."""
        given = super().clean() or {}
        empty = [name for name in _LINES if given.get(name) is None and name not in self.errors]
        if 0 < len(empty) < len(_LINES):
            self.add_error(empty[0], "Enter all three lines, or none to end the target")
        return given

    @property
    def lines(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """The three lines, or None when the target ends."""
        met_at, approaching, inadequate = (self.cleaned_data[name] for name in _LINES)
        return None if met_at is None else (met_at, approaching, inadequate)


_LINES = ("met_at", "approaching", "inadequate")


class ReliefForm(Form):
    """What happened, when, and which measures it is not to count for."""

    kind = forms.ChoiceField(label="Cause", choices=ReliefEvent.Kind.choices)
    from_on = forms.DateField(label="First day", widget=DateInput())
    to_on = forms.DateField(label="Last day", widget=DateInput())
    indicators = forms.MultipleChoiceField(
        label="Measures", widget=forms.CheckboxSelectMultiple, choices=()
    )
    row_numbers = forms.CharField(
        label="Only these invoices",
        required=False,
        help_text="Their numbers, like 1042, 1077. Empty: all whose time falls into the days.",
    )
    reason = forms.CharField(
        label="What happened", max_length=300, help_text="And why the centre could not help it."
    )
    evidence = forms.CharField(
        label="Evidence", max_length=300, help_text="Where it is kept, like a letter or a case."
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["indicators"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def clean_row_numbers(self) -> list[int]:
        """Whole numbers between commas or spaces."""
        words = self.cleaned_data["row_numbers"].replace(",", " ").split()
        wrong = next((word for word in words if not word.isdecimal() or len(word) > 12), "")
        if wrong:
            raise forms.ValidationError(f"“{wrong}” is not the number of an invoice")
        return [int(word) for word in words]


class SignForm(Form):
    """Who answers for the figures of a month."""

    job_title = forms.CharField(label="Your job", max_length=80, help_text="Like Head of Finance.")
    agreed = forms.BooleanField(label="I have read the statement and sign it")


class RemarkForm(Form):
    """What somebody says of a figure."""

    indicator = forms.ChoiceField(label="Measure")
    text = forms.CharField(
        label="What there is to say",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why the figure is what it is, and what is done about it.",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["indicator"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ReasonForm(Form):
    """Why a measure of a signed month changed."""

    measure = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why it changed", max_length=300)
