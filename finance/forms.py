"""Forms of invoices and suppliers: they parse and word, the services decide."""

from typing import Any

from django import forms
from django.forms import formset_factory

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from core.web.words import speak_plainly
from finance.models import Invoice, Supplier, SupplierBank
from finance.selectors.coding import Coded
from finance.selectors.invoices import DATES, SORTS
from finance.services.invoices import HOLD_CAUSES
from finance.vat import purchase_codes

LINES = 10
LISTS = [
    ("", "All open"),
    ("due", "Due this week"),
    ("owed", "Owed and undisputed"),
    *Invoice.State.choices,
    ("all", "All invoices"),
]


def _date(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), **kwargs)


class InvoiceFilterForm(Form):
    """The list's filters as they stand in its address."""

    q = forms.CharField(label="Search", required=False, max_length=80)
    state = forms.ChoiceField(label="State", required=False, choices=LISTS)
    cause = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    supplier = forms.CharField(label="Supplier code", required=False, max_length=40)
    partner = forms.CharField(required=False, max_length=40)
    dates = forms.ChoiceField(
        label="Date",
        required=False,
        choices=[(key, key.capitalize()) for key in DATES],
    )
    since = _date("From", required=False)
    until = _date("To", required=False)
    least = PoundsField(label="Amount from", required=False)
    most = PoundsField(label="Amount to", required=False)
    duplicates = forms.BooleanField(label="Possible duplicates", required=False)
    sort = forms.ChoiceField(
        required=False,
        choices=[(sign + key, key) for key in SORTS for sign in ("", "-")],
        widget=forms.HiddenInput(),
    )


class InvoiceForm(Form):
    """The head of a keyed invoice."""

    # Where the key of searches leads on this page: the first thing to type.
    supplier_ref = forms.CharField(
        label="Invoice number",
        max_length=80,
        widget=forms.TextInput(attrs={"data-search": True}),
    )
    invoice_on = _date("Invoice date")
    received_on = _date(
        "Date received",
        help_text="The time to pay is counted from this day, for example 14/12/2026",
    )
    due_on = _date(
        "Due date",
        required=False,
        help_text="Leave empty for the supplier's terms, counted from receipt",
    )
    stated = PoundsField(
        label="Total on the invoice",
        required=False,
        help_text="With VAT, as it is written there: the lines are held to it",
    )
    order_ref = forms.CharField(
        label="Order number", required=False, max_length=60, help_text="If it quotes one"
    )
    description = forms.CharField(label="What it is for", required=False, max_length=200)
    confirmed_reason = forms.CharField(
        label="Why this is not a duplicate",
        required=False,
        max_length=200,
        help_text="Only for an invoice number that the supplier has used before",
    )


class LineForm(Form):
    """A line; empty lines are left out. The account and unit choices are given by the page."""

    description = forms.CharField(label="Description", required=False, max_length=200)
    account = forms.ChoiceField(label="Account", required=False)
    unit = forms.ChoiceField(label="Cost centre", required=False)
    vat_code = forms.ChoiceField(label="VAT code", required=False)
    net = PoundsField(label="Net", required=False)
    vat = PoundsField(label="VAT", required=False)

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[str, str]],
        units: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [("", "Choose"), *accounts]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "None"), *units]  # type: ignore[attr-defined]
        self.fields["vat_code"].choices = [  # type: ignore[attr-defined]
            (code.code, f"{code.code} ({code.rate_percent}%)") for code in purchase_codes().values()
        ]
        number = self.prefix.rsplit("-", 1)[-1] if self.prefix else "0"
        for field in self.fields.values():
            said = f"{field.label} of line {int(number) + 1}" if number.isdecimal() else field.label
            field.widget.attrs["aria-label"] = said
            field.widget.attrs["class"] = "app-cell"

    @property
    def used(self) -> bool:
        """Does the line hold an amount or a description?"""
        given = self.cleaned_data
        return bool(given.get("net") or given.get("vat") or given.get("description"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("description") and given.get("net") is None and "net" not in self.errors:
            self.add_error("net", "Enter the net amount of this line")
        if given.get("net") and not given.get("account") and "account" not in self.errors:
            self.add_error("account", "Select the account of this line")
        return given

    def pence(self, name: str) -> int | None:
        amount = self.cleaned_data.get(name)
        return None if amount is None else to_pence(amount)


LineFormSet = formset_factory(LineForm, extra=LINES, max_num=LINES, validate_max=True)


class HoldForm(Form):
    """Why an invoice is held."""

    cause = forms.ChoiceField(label="Cause", choices=list(HOLD_CAUSES.items()))
    text = forms.CharField(label="More about it", required=False, max_length=500)


class SentenceForm(Form):
    """One sentence: what is disputed, or why something is undone."""

    text = forms.CharField(label="Say why in a sentence", max_length=500)


class WithholdForm(SentenceForm):
    """How much of an invoice is kept back; nothing lets all of it go."""

    amount = PoundsField(
        label="Amount to keep back",
        help_text="The rest is paid when it is due. 0 keeps nothing back.",
        min_value=0,
    )
    field_order = ("amount", "text")


class CodingForm(Form):
    """An account and a cost centre for each line, as `lines_of` gives them."""

    def __init__(
        self,
        *args: Any,
        lines: list[Any],
        accounts: list[tuple[str, str]],
        units: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            name = f"Line {line.line_no}, {line.description or 'no description'}"
            account = forms.ChoiceField(
                label=f"{name}: account",
                choices=[("", "Choose"), *accounts],
                initial=line.account_code or "",
            )
            unit = forms.ChoiceField(
                label=f"{name}: cost centre",
                choices=[("", "None"), *units],
                required=False,
                initial=str(line.unit_id or ""),
            )
            for key, field in (("account", account), ("unit", unit)):
                speak_plainly(field, str(field.label))
                self.fields[f"{key}_{line.line_no}"] = field

    def changed(self, reason: str) -> dict[int, Coded]:
        """The lines whose coding is now another one, by number."""
        found = {}
        for line in self.lines:
            account = self.cleaned_data[f"account_{line.line_no}"]
            unit = self.cleaned_data[f"unit_{line.line_no}"]
            unit_id = int(unit) if unit else None
            if (line.account_code, line.unit_id) != (account, unit_id):
                found[line.line_no] = Coded(account, unit_id, line.vat_code, reason)
        return found


# The other ones come of the request for the supplier.
CHOSEN_BY_HAND = (Supplier.Status.ACTIVE, Supplier.Status.HELD, Supplier.Status.ENDED)


class SupplierForm(Form):
    """Standing facts of a supplier."""

    name = forms.CharField(label="Name", max_length=200)
    vat_number = forms.CharField(label="VAT number", required=False, max_length=20)
    company_number = forms.CharField(label="Company number", required=False, max_length=20)
    terms_days = forms.IntegerField(
        label="Days to pay from receipt", min_value=0, max_value=120, initial=30
    )
    status = forms.ChoiceField(
        label="Status",
        choices=[(one.value, one.label) for one in CHOSEN_BY_HAND],
    )
    paid_first = forms.BooleanField(
        label="Pay first: in the next run, due or not",
        required=False,
        help_text="For small firms, carers and others who should not wait for their terms.",
    )
    public_body = forms.BooleanField(label="This is a public body", required=False)
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="Remittance advice about payments is sent here.",
    )
    town = forms.CharField(label="Town", required=False, max_length=60)
    postcode = forms.CharField(label="Postcode", required=False, max_length=10)


class SupplierChangeForm(SupplierForm):
    """The facts as they are to be, and the version of those that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SupplierForm.base_fields}

    def show_saved(self, now: Supplier) -> None:
        """After a clash: beside what was typed stands what somebody else saved meanwhile."""
        said = {True: "yes", False: "no"}
        words = {"status": now.get_status_display(), "public_body": said[now.public_body]}
        words["paid_first"] = said[now.paid_first]
        saved = {
            name: words.get(name, getattr(now, name))
            for name, typed in self.facts.items()
            if typed != getattr(now, name)
        }
        self.add_error(
            None,
            "Someone changed this supplier while you had it open, so nothing of yours is saved. "
            "What you typed is still here. Compare it with what they saved, then save again.",
        )
        for name, value in saved.items():
            self.add_error(name, f"Saved meanwhile: {'nothing' if value == '' else value}")


class BankForm(Form):
    """New bank details, which wait for a second person."""

    account_name = forms.CharField(label="Name on the account", max_length=60)
    sort_code = forms.CharField(label="Sort code", max_length=8, help_text="Like 12-34-56")
    account_number = forms.CharField(label="Account number", max_length=10)
    from_on = _date("Use from")
    sure = forms.BooleanField(
        label="The account was read again and is right, although it fails the modulus check",
        required=False,
    )


class LookForm(Form):
    """Why somebody looks at a whole account."""

    reason = forms.CharField(label="Why do you look at it?", max_length=200)


class CallForm(Form):
    """A call to the supplier about new bank details."""

    person = forms.CharField(label="Who was called", max_length=80)
    number = forms.CharField(label="On which number", max_length=24)
    source = forms.ChoiceField(
        label="Where the number was taken from",
        choices=SupplierBank.Source.choices,
        widget=forms.RadioSelect,
        help_text="Never from the letter or e-mail that asks for the change.",
    )
    outcome = forms.ChoiceField(
        label="What came of it", choices=SupplierBank.Call.choices, widget=forms.RadioSelect
    )
