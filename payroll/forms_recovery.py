"""Forms of plans of recovery: they parse and word, the service decides."""

from typing import Any

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from payroll.forms_pay import DATES
from payroll.services.recovery import NewPlan


class PlanForm(Form):
    """What the person agreed to."""

    employee = forms.IntegerField(label="Employee number", min_value=1)
    why = forms.CharField(label="What was paid too much", max_length=200)
    overpaid_on = forms.DateField(label="Paid on", widget=DateInput(), input_formats=DATES,
                                  help_text="In its tax year it is taken from gross pay, after"
                                  " it from net pay")  # fmt: skip
    gross = PoundsField(label="Overpaid, gross", min_value=0)
    net = PoundsField(
        label="Reached them", help_text="After tax, National Insurance and pension", min_value=0
    )
    instalment = PoundsField(label="Instalment", help_text="Of each pay day", min_value=0)
    protected = PoundsField(
        label="Must be left", help_text="Of the pay that it is taken from", required=False,
        min_value=0,
    )  # fmt: skip
    agreed_on = forms.DateField(label="Agreed on", widget=DateInput(), input_formats=DATES,
                                help_text="The day of their consent")  # fmt: skip
    from_on = forms.DateField(label="From the pay day on", widget=DateInput(), input_formats=DATES)

    @property
    def plan(self) -> NewPlan:
        given = self.cleaned_data
        pence: dict[str, Any] = {
            f"{name}_pence": to_pence(given[name] or 0)
            for name in ("gross", "net", "instalment", "protected")
        }
        words = {name: given[name] for name in ("why", "overpaid_on", "agreed_on", "from_on")}
        return NewPlan(**words, **pence)
