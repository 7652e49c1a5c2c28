"""The form of stated earnings: it parses and words, the service decides."""

from django import forms

from core.money import to_pence
from core.web.forms import Form, PoundsField
from payroll.models import StatedEarnings
from payroll.services.statutory import NewEarnings


class EarningsForm(Form):
    """Earnings before an absence."""

    absence = forms.IntegerField(
        label="Number of the absence", min_value=1, max_value=10**9,
        help_text="As the exception names it; of linked sickness the first",
    )  # fmt: skip
    earnings = PoundsField(
        label="Earnings", min_value=0,
        help_text="Liable to National Insurance, paid in the eight weeks or so before",
    )  # fmt: skip
    parts = forms.IntegerField(label="For how many", min_value=1, max_value=60)
    unit = forms.ChoiceField(label="Of", choices=StatedEarnings.Unit)
    paper = forms.CharField(
        label="Paper", max_length=100,
        help_text="Where it stands: payslips of the payroll before, or the contract, with the date",
    )  # fmt: skip

    @property
    def stated(self) -> NewEarnings:
        given = self.cleaned_data
        pence = to_pence(given["earnings"])
        return NewEarnings(pence, given["parts"], given["unit"], given["paper"])
