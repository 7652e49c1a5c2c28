"""The form of a new organisation."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import MONTHS

from core.web.forms import Form
from tenants.forms import COLOUR
from tenants.models import Organisation
from tenants.selectors import OrganisationRow


class FoundingForm(Form):
    """What a new organisation is from its first day."""

    name = forms.CharField(
        label="Full name", max_length=120, help_text="As on letters and payslips."
    )
    short_name = forms.CharField(
        label="Short name", max_length=40, help_text="For lists with several organisations."
    )
    slug = forms.CharField(
        label="Part of its addresses", max_length=40,
        help_text="Small letters, digits and hyphens, such as harrow-council. It never changes.",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Kind",
        choices=[one for one in Organisation.Kind.choices if one[0] != Organisation.Kind.CENTRE],
    )
    standing = forms.ChoiceField(
        label="Standing", choices=Organisation.Standing.choices,
        initial=Organisation.Standing.PARTNER,
    )  # fmt: skip
    parent = forms.ChoiceField(
        label="Part of", required=False, help_text="For an agency: the organisation it is part of.",
    )  # fmt: skip
    brand_colour = forms.RegexField(
        COLOUR, label="Colour", initial="#1f4e5f", required=False,
        help_text="Written like #1f4e5f. White words stand on it.",
        error_messages={"invalid": "Write the colour like #1f4e5f."},
    )  # fmt: skip
    nation = forms.ChoiceField(
        label="Nation", choices=Organisation.Nation.choices,
        help_text="Its bank holidays are those of the nation.",
    )  # fmt: skip
    year_starts_month = forms.TypedChoiceField(
        label="Financial year begins in", choices=list(MONTHS.items()), coerce=int, initial=4
    )
    rehearsal = forms.BooleanField(
        label="It rehearses: nothing leaves for a bank, HMRC or a person", required=False
    )
    administrator_name = forms.CharField(label="Name of its first administrator", max_length=120)
    administrator_email = forms.EmailField(
        label="Work email address of the administrator", max_length=254,
        help_text="A link to choose a password goes there.",
    )  # fmt: skip
    field_order = ["name", "short_name", "slug", "kind", "standing", "parent", "brand_colour"]

    def __init__(self, *args: Any, parents: Sequence[OrganisationRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.choices = [("", "No other organisation"), *((one.slug, one.name) for one in parents)]
