"""Forms of attachment orders: they parse and word, the service decides."""

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from payroll.forms_pay import DATES
from payroll.models import OrderKind
from payroll.services.orders import NewOrder


class OrderForm(Form):
    """What the order says, in its own words."""

    employee = forms.IntegerField(label="Employee number", min_value=1)
    kind = forms.ChoiceField(label="Kind of order", choices=OrderKind.choices)
    reference = forms.CharField(label="Reference", max_length=40)
    creditor = forms.CharField(label="Pay to", help_text="The court or creditor", max_length=100)
    made_on = forms.DateField(label="Day of the order", widget=DateInput(), input_formats=DATES)
    received_on = forms.DateField(label="Day received", widget=DateInput(), input_formats=DATES)
    normal = PoundsField(
        label="Normal deduction", required=False, min_value=0,
        help_text="For one pay day, where the order states it; for one day of a current"
        " maintenance arrestment",
    )  # fmt: skip
    protected = PoundsField(
        label="Protected earnings", required=False, min_value=0,
        help_text="For one pay day, where the order states them",
    )  # fmt: skip
    debt = PoundsField(
        label="Debt", required=False, min_value=0,
        help_text="What is owed in all; empty for an order that runs until it is recalled",
    )  # fmt: skip

    @property
    def order(self) -> NewOrder:
        given = self.cleaned_data
        words = {name: given[name] for name in ("kind", "reference", "creditor")}
        return NewOrder(
            **words, made_on=given["made_on"], received_on=given["received_on"],
            normal_pence=to_pence(given["normal"] or 0),
            protected_pence=to_pence(given["protected"] or 0),
            debt_pence=to_pence(given["debt"]) if given["debt"] else None,
        )  # fmt: skip


class EndForm(Form):
    reason = forms.CharField(label="Why it ends", max_length=200)
