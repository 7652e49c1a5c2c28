"""The form of what the terms say of an allowance."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from hr.models import Allowance, PayScale, Status
from hr.services.allowances import NewAllowance

AMOUNTS = ("amount", "least", "most")


class AllowanceTermsForm(Form):
    """A new allowance, or what an old one is worth from a day on."""

    code = forms.SlugField(
        label="Code", max_length=20, help_text="That of a known allowance changes what it is worth"
    )
    name = forms.CharField(label="Name on the payslip", max_length=120)
    kind = forms.ChoiceField(label="Kind", choices=Allowance.Kind.choices)
    paid = forms.ChoiceField(label="Paid", choices=Allowance.Paid.choices)
    amount = PoundsField(
        label="Sum", required=False, min_value=0,
        help_text="Of a year for full time, or of a session",
    )  # fmt: skip
    rate_percent = forms.DecimalField(
        label="Share, per cent", required=False, min_value=0, max_value=400, decimal_places=3,
        help_text="Of the pay of the point, or of the hourly rate: what is added to it",
    )  # fmt: skip
    least = PoundsField(label="At least", required=False, min_value=0, help_text="Of a year")
    most = PoundsField(label="At most", required=False, min_value=0, help_text="Of a year")
    claimed_as = forms.SlugField(
        label="Claimed as", max_length=20, required=False,
        help_text="The short name of what can be claimed; one for several grades",
    )  # fmt: skip
    scale_code = forms.ChoiceField(label="Pay scale", required=False)
    grades = forms.CharField(
        label="Grades", max_length=200, required=False, help_text="Like 4, 5, 6; empty for all"
    )
    from_on = forms.DateField(label="From", widget=DateInput())
    source = forms.CharField(label="Source", max_length=200)
    status = forms.ChoiceField(label="Status", choices=Status.choices)

    def __init__(self, *args: Any, scales: Sequence[PayScale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All"), *((one.code, one.name) for one in scales)]
        self.fields["scale_code"].choices = choices  # type: ignore[attr-defined]

    @property
    def asked(self) -> tuple[NewAllowance, date]:
        given = dict(self.cleaned_data)
        from_on: date = given.pop("from_on")
        amounts = {name: given.pop(name) for name in AMOUNTS}
        pence: dict[str, Any] = {
            f"{name}_pence": None if pounds is None else to_pence(pounds)
            for name, pounds in amounts.items()
        }
        return NewAllowance(**given, **pence), from_on
