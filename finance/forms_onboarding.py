"""The form that asks for a new supplier, and the one of the cooling-off of bank details."""

from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from finance.models import SupplierRequest

SURE = "The account was read again and is right, although it fails the modulus check"


def _choice(label: str, choices: Any, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Choose"), *choices], required=required)


def _text(label: str, most: int, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, **more)


class CoolingOffForm(Form):
    """How many working days, from which day on, and why."""

    days = forms.IntegerField(label="Working days", min_value=0, max_value=60)
    from_on = forms.DateField(label="From", widget=DateInput, help_text="A later day than today")
    reason = _text("Why", 300)


class DiscountForm(Form):
    """What is let off for paying how early, for invoices from which day on, and where it stands."""

    percent = forms.DecimalField(
        label="Percent",
        min_value=0,
        max_value=50,
        decimal_places=2,
        help_text="0 ends it",
    )
    days = forms.IntegerField(label="Days from the date of the invoice", min_value=0, max_value=180)
    from_on = forms.DateField(label="For invoices dated from", widget=DateInput)
    source = _text("Where this is written", 300, help_text="The contract, or a letter of theirs")


class NewSupplierForm(Form):
    """Who the supplier is, how its numbers read, where it is paid, and who wants it."""

    name = _text("Name", 200)
    company_number = _text(
        "Company number", 20, False, help_text="Of Companies House, such as 01234567 or SC123456"
    )
    no_company = _choice("Without one, why", SupplierRequest.NoCompany.choices, False)
    vat_number = _text("VAT number", 20, False, help_text="Such as GB 123 4567 82, GD123 or HA567")
    no_vat = _choice("Without one, why not", SupplierRequest.NoVat.choices, False)
    public_body = forms.BooleanField(label="This is a public body", required=False)
    address = _text("Address", 200)
    town = _text("Town", 60, False)
    postcode = _text("Postcode", 10, False)
    contact_name = _text("Contact", 80)
    contact_phone = _text("Telephone", 24, False)
    email = forms.EmailField(label="E-mail address", required=False)
    category = _choice("What they supply", SupplierRequest.Category.choices)
    wanted_for = _text("What is wanted of them", 200)
    asked_by = _text("Who asked for them", 80)
    terms_days = forms.IntegerField(
        label="Days to pay from receipt", min_value=0, max_value=120, initial=30
    )
    account_name = _text(
        "Name on the account", 60, False,
        help_text="Bank details may follow later; they wait for a call-back and a second person",
    )  # fmt: skip
    sort_code = _text("Sort code", 8, False, help_text="Like 12-34-56")
    account_number = _text("Account number", 10, False)
    sure = forms.BooleanField(label=SURE, required=False)
    despite = _text(
        "If there is one like it: why this is another", 200, False,
        help_text="Only if you were told of a supplier with the same name, number or account",
    )  # fmt: skip
