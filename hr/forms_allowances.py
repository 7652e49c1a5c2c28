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
        help_text="Of a year in full time, or of one session. Leave empty if it is a share of pay",
    )  # fmt: skip
    rate_percent = forms.DecimalField(
        label="Share, per cent", required=False, min_value=0, max_value=400, decimal_places=3,
        help_text="What is added to the pay of the point or to the hourly rate, like 30."
        " Leave empty if it is a sum",
    )  # fmt: skip
    least = PoundsField(label="At least", required=False, min_value=0,
                        help_text="Of a year, if a share has a least sum")  # fmt: skip
    most = PoundsField(label="At most", required=False, min_value=0,
                       help_text="Of a year, if a share has a greatest sum")  # fmt: skip
    claimed_as = forms.SlugField(
        label="Claimed as", max_length=20, required=False,
        help_text="For hours or sessions: the short name under Claims, What can be claimed. Several"
        " allowances, each for its grades, may share one",
    )  # fmt: skip
    scale_code = forms.ChoiceField(label="Pay scale", required=False)
    grades = forms.CharField(
        label="Grades", max_length=200, required=False, help_text="Like 4, 5, 6; empty for all"
    )
    from_on = forms.DateField(
        label="From", widget=DateInput(),
        help_text="Days that were paid are paid the difference by the next run. Of what is claimed:"
        " today or later",
    )  # fmt: skip
    source = forms.CharField(
        label="Source", max_length=200, help_text="The agreement or circular that says so"
    )
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
