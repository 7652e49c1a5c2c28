"""The form of how somebody is paid: it parses and words, the service decides."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.money import to_pence
from core.web.forms import Form, PoundsField
from core.web.incoming import IncomingField
from payroll.calculator.figures import LETTERS
from payroll.calculator.periods import year_label, year_start
from payroll.models import PayGroup, PayMember
from payroll.models.groups import SCHEMES
from payroll.selectors.members import groups_here
from payroll.services.particulars import Particulars

PARTICULARS = Intake("Particulars of pay", TABLES)


class GroupField(forms.ModelChoiceField):
    """Pay groups by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class ParticularsForm(Form):
    """All of it, as it holds from now on."""

    pay_group = GroupField(PayGroup.objects.none(), label="Pay group")
    letter = forms.ChoiceField(label="National Insurance letter")
    scheme = forms.TypedChoiceField(label="Pension scheme", choices=SCHEMES, coerce=int)
    half = forms.BooleanField(
        label="Pays half the contribution for half the pension (50/50)", required=False
    )
    brought_pay = PoundsField(label="Taxable pay before", required=False, min_value=0)
    brought_tax = PoundsField(
        label="Tax before", required=False, min_value=0,
        help_text="Both from the P45, or from the payroll that was left",
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="Such as «P45 of 3 November»"
    )

    def __init__(self, *args: Any, organisation_id: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pay_group"].queryset = groups_here(organisation_id)  # type: ignore[attr-defined]
        self.fields["letter"].choices = [  # type: ignore[attr-defined]
            (letter, f"{letter}: {one.meaning}")
            for letter, one in LETTERS.on(today).letters.items()
        ]
        self.fields["brought_pay"].help_text = f"Of the tax year {year_label(today)}"

    @property
    def particulars(self) -> Particulars:
        given = self.cleaned_data
        pay, tax = (to_pence(given[name] or 0) for name in ("brought_pay", "brought_tax"))
        return Particulars(
            given["pay_group"], given["letter"], given["scheme"], given["half"], pay, tax
        )


class ParticularsFileForm(Form):
    """A file of many people's particulars; checked first, or loaded."""

    file = IncomingField(label="File", intake=PARTICULARS, help_text="The template, as CSV or XLSX")
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For the rows that say none of their own"
    )


def initial_of(member: PayMember | None, today: date) -> dict[str, Any]:
    """What the form shows first: how somebody is paid now; nothing before they join a group."""
    if member is None:
        return {}
    kept = {name: getattr(member, name) for name in ("pay_group", "letter", "scheme", "half")}
    if member.brought_year != year_start(today).year:
        return kept
    pay, tax = member.brought_pay_pence, member.brought_tax_pence
    return {**kept, "brought_pay": Decimal(pay).scaleb(-2), "brought_tax": Decimal(tax).scaleb(-2)}
