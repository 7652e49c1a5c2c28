"""The form of how somebody is paid: it parses and words, the service decides."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from core.web.incoming import IncomingField
from payroll.calculator.figures import LETTERS
from payroll.calculator.periods import year_label, year_start
from payroll.forms_pay import DATES
from payroll.models import DirectorMethod, PayGroup, PayMember
from payroll.models.groups import SCHEMES
from payroll.selectors.members import groups_here
from payroll.services.particulars import Particulars

KEPT = (
    *("pay_group", "letter", "scheme", "half", "director_from", "director_method"),
    *("apprentice_from", "lodged_from", "letter_kept"),
)
DIRECTOR_BEFORE = ("director_pay", "director_nic", "director_employer_nic")
PARTICULARS = Intake("Particulars of pay", TABLES)


class GroupField(forms.ModelChoiceField):
    """Pay groups by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class ParticularsForm(Form):
    """All of it, as it holds from now on."""

    pay_group = GroupField(PayGroup.objects.none(), label="Pay group")
    letter = forms.ChoiceField(
        label="National Insurance letter", help_text="Follows the age on each pay day: M below 21,"
        " H for apprentices below 25, C from State Pension age",
    )  # fmt: skip
    letter_kept = forms.BooleanField(
        label="Keep this letter whatever the age", required=False,
        help_text="Such as A after State Pension age, until you have seen proof of age",
    )  # fmt: skip
    scheme = forms.TypedChoiceField(label="Pension scheme", choices=SCHEMES, coerce=int)
    half = forms.BooleanField(
        label="Pays half the contribution for half the pension (50/50)", required=False
    )
    brought_pay = PoundsField(label="Taxable pay before", required=False, min_value=0)
    brought_tax = PoundsField(
        label="Tax before", required=False, min_value=0,
        help_text="Both from the P45, or from the payroll that was left",
    )  # fmt: skip
    director_from = forms.DateField(
        label="Company director since", required=False, widget=DateInput(), input_formats=DATES,
        help_text="Nobody else's National Insurance is worked out on the year. Who stops being one"
        " counts until 5 April: take the day away after that",
    )  # fmt: skip
    director_method = forms.ChoiceField(
        label="How National Insurance of a director is taken", required=False,
        choices=[("", "No director"), *DirectorMethod.choices],
    )  # fmt: skip
    director_pay = PoundsField(
        label="Director's pay before", required=False, min_value=0,
        help_text="This and the next two: since 6 April or the appointment, from the payroll that"
        " was left. Leave all three empty if there was none",
    )  # fmt: skip
    director_nic = PoundsField(
        label="Director's National Insurance before", required=False, min_value=0
    )
    director_employer_nic = PoundsField(
        label="Employer's National Insurance before", required=False, min_value=0
    )
    apprentice_from = forms.DateField(
        label="First day of an apprenticeship", required=False, widget=DateInput(),
        input_formats=DATES, help_text="While it lasts: the minimum wage has a rate of its own",
    )  # fmt: skip
    lodged_from = forms.DateField(
        label="Lodges with the employer since", required=False, widget=DateInput(),
        input_formats=DATES, help_text="While it lasts, for the minimum wage",
    )  # fmt: skip
    lodging = PoundsField(
        label="Cost of lodging a day", required=False, min_value=0, help_text="Empty where free"
    )
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
        before = {
            f"{name}_pence": None if given[name] is None else to_pence(given[name])
            for name in DIRECTOR_BEFORE
        }
        return Particulars(
            given["pay_group"], given["letter"], given["scheme"], given["half"], pay, tax,
            given["director_from"], given["director_method"], **before,
            apprentice_from=given["apprentice_from"], lodged_from=given["lodged_from"],
            lodging_pence=to_pence(given["lodging"] or 0), letter_kept=given["letter_kept"],
        )  # fmt: skip


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
    kept = {name: getattr(member, name) for name in KEPT}
    year, shown = year_start(today).year, list[str]()
    if member.brought_year == year:
        shown += ("brought_pay", "brought_tax")
    if member.director_year == year:
        shown += DIRECTOR_BEFORE
    if member.lodging_pence:
        shown.append("lodging")
    amounts = {name: Decimal(getattr(member, f"{name}_pence")).scaleb(-2) for name in shown}
    return {**kept, **amounts}
