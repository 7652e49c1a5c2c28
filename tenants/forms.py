"""Forms of what an administrator keeps of the organisation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from tenants.models import Organisation, Unit
from tenants.services.units import UnitFacts, facts_of

COLOUR = r"^#[0-9a-fA-F]{6}$"
DAYS = ["%d/%m/%Y", "%Y-%m-%d"]


class UnitForm(Form):
    """A unit that is there: what may change of it, and why."""

    name = forms.CharField(label="Name", max_length=120)
    parent = forms.ChoiceField(label="Part of", required=False)
    holder = forms.EmailField(
        label="Budget holder",
        max_length=254,
        required=False,
        help_text="The work email address of somebody here. Leave it empty for nobody.",
    )
    until_on = forms.DateField(
        label="Last day",
        required=False,
        widget=DateInput,
        input_formats=DAYS,
        help_text="Leave it empty if no end is known.",
    )
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For example: reorganisation of the directorate."
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.choices = [("", "No other unit"), *((one.code, str(one)) for one in units)]

    def facts(self, unit: Unit | None) -> UnitFacts:
        """As the services take them: the day after the last one."""
        said = self.cleaned_data
        last, was = said["until_on"], facts_of(unit) if unit else None
        return UnitFacts(
            code=was.code if was else said["code"],
            name=" ".join(said["name"].split()),
            parent=said["parent"],
            holder=said["holder"],
            since=was.since if was else said["from_on"],
            until=last + timedelta(days=1) if last else None,
            fresh=was is None,
        )


class NewUnitForm(UnitForm):
    """A unit that is not there yet."""

    code = forms.CharField(label="Code", max_length=24, help_text="It stays as it is.")
    from_on = forms.DateField(label="First day", widget=DateInput, input_formats=DAYS)
    field_order = ["code", "name", "parent", "holder", "from_on", "until_on", "reason"]


class OrganisationForm(Form):
    """What may change of an organisation, and why."""

    name = forms.CharField(label="Name", max_length=120)
    short_name = forms.CharField(label="Short name", max_length=40)
    standing = forms.ChoiceField(label="Standing", choices=Organisation.Standing.choices)
    brand_colour = forms.RegexField(
        COLOUR,
        label="Colour",
        help_text="Written like #1f4e5f. White words stand on it.",
        error_messages={"invalid": "Write the colour like #1f4e5f."},
    )
    reason = forms.CharField(label="Reason", max_length=200)


class ClosingForm(Form):
    """Days on which nobody works."""

    first_on = forms.DateField(label="First day", widget=DateInput, input_formats=DAYS)
    last_on = forms.DateField(
        label="Last day",
        required=False,
        widget=DateInput,
        input_formats=DAYS,
        help_text="Leave it empty for one day.",
    )
    reason = forms.CharField(
        label="Reason", max_length=120, help_text="For example: offices closed over Christmas."
    )


class OpeningForm(Form):
    """Why a day that was closed is a working day after all."""

    reason = forms.CharField(label="Reason", max_length=200)
