"""Forms of net pay that came back: recording it, proposing it again, releasing that."""

from typing import Any

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from finance.formats.bank_reports import RETURN_REASONS
from payroll.forms_pay import DATES
from payroll.models import PayReturn
from payroll.selectors.returns import STATES


class ReturnForm(Form):
    """What a person learnt about a payment that did not arrive."""

    employee = forms.IntegerField(label="Employee number", min_value=1, max_value=10**12)
    kind = forms.ChoiceField(label="What happened", choices=PayReturn.Kind.choices)
    code = forms.ChoiceField(
        label="What the bank gave as reason",
        choices=[("", "Another reason"), *RETURN_REASONS.items()],
        required=False,
    )
    reason = forms.CharField(
        label="What the bank said", help_text="And who said it when.", max_length=200
    )


class ReturnFileForm(Form):
    """What a person learnt about a file that the bank turned down whole."""

    whole_total = PoundsField(label="Total of the file", help_text="Of what did not come back yet")
    whole_reason = forms.CharField(
        label="What the bank said of the file", help_text="And who said it when.", max_length=200
    )

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"typed_total_pence": to_pence(given["whole_total"]),
                "reason": given["whole_reason"]}  # fmt: skip


KINDS = [("", "All"), *PayReturn.Kind.choices]


class ReturnsFilter(Form):
    """Which of all that came back is shown."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.ChoiceField(required=False, choices=[("", "All"), *STATES.items()])
    kind = forms.ChoiceField(required=False, choices=KINDS)
    since = forms.DateField(required=False, input_formats=DATES)
    until = forms.DateField(required=False, input_formats=DATES)

    @property
    def asked(self) -> dict[str, Any]:
        """What is readable of it; the rest is taken for nothing."""
        self.is_valid()
        given = self.cleaned_data
        return {"text": given.get("q", "").strip(), "state": given.get("state", ""),
                "kind": given.get("kind", ""), "since": given.get("since"),
                "until": given.get("until")}  # fmt: skip


class AgainForm(Form):
    """On which day it is to be there."""

    pays_on = forms.DateField(
        label="To arrive on",
        help_text="A banking day. Bacs takes three of them.",
        widget=DateInput(),
        input_formats=DATES,
    )


class ReleaseForm(Form):
    """The second person types what is paid."""

    total = PoundsField(label="Total that is paid again")

    @property
    def facts(self) -> dict[str, Any]:
        return {"typed_total_pence": to_pence(self.cleaned_data["total"])}
