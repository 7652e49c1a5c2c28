"""Forms of automatic enrolment: what holds for the employer, what somebody asks for."""

from typing import Any

from django import forms
from django.utils import timezone

from core.web.forms import DateInput, Form
from payroll.forms_pay import DATES
from payroll.models.groups import SCHEMES
from payroll.services.enrolment import NewSetting

WHAT = [
    ("opt_out", "Opts out: all contributions are given back"),
    ("join", "Opts in, or joins the scheme"),
    ("cease", "Leaves the scheme with the next pay period"),
]


class EnrolmentForm(Form):
    """What holds from a day on."""

    from_on = forms.DateField(
        label="From", widget=DateInput(), input_formats=DATES,
        help_text="Pay periods that end on this day or later",
    )  # fmt: skip
    duties_from = forms.DateField(
        label="The duties began on", widget=DateInput(), input_formats=DATES,
        help_text="The day on which the first of the staff began, or the staging date",
    )  # fmt: skip
    scheme = forms.TypedChoiceField(label="Enrol in", choices=SCHEMES[1:], coerce=int)
    member_rate_percent = forms.DecimalField(
        label="The member pays (per cent)", min_value=0, max_value=60, decimal_places=2,
        required=False, help_text="Where the scheme has no bands; tax relief at source included",
    )  # fmt: skip
    employer_rate_percent = forms.DecimalField(
        label="The employer pays (per cent)", min_value=0, max_value=60, decimal_places=2,
        required=False, help_text="Where the law does not set it",
    )  # fmt: skip
    postponement_months = forms.TypedChoiceField(
        label="Enrolment is postponed by", coerce=int,
        choices=[(0, "Nothing"), (1, "One month"), (2, "Two months"), (3, "Three months")],
    )  # fmt: skip
    re_enrol_on = forms.DateField(
        label="Re-enrolment date", widget=DateInput(), input_formats=DATES, required=False,
        help_text="Within three months of the third anniversary; empty until it is known",
    )  # fmt: skip

    @property
    def setting(self) -> NewSetting:
        given: dict[str, Any] = dict(self.cleaned_data)
        for name in ("member_rate_percent", "employer_rate_percent"):
            given[name] = given[name] or 0
        return NewSetting(**given)


class RequestForm(Form):
    """What somebody asked payroll for, on paper or by word."""

    employee = forms.IntegerField(label="Employee number", min_value=1)
    what = forms.ChoiceField(label="What they ask for", choices=WHAT)


class GivenForm(Form):
    """When the chosen letters were given."""

    given_on = forms.DateField(
        label="Given on", widget=DateInput(), input_formats=DATES, initial=timezone.localdate
    )
