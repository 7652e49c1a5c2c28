"""The form that books an electronic invoice: what the document itself cannot say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from core.web.forms import DateInput, Form
from core.web.words import speak_plainly
from finance.einvoices import VatKey, vat_key
from finance.einvoices.facts import VatPart
from finance.selectors.coding import Coded
from finance.vat import VatCode


class EInvoiceForm(Form):
    """One account and cost centre for the document, and a VAT code for each part of its VAT."""

    received_on = forms.DateField(
        label="Date received",
        widget=DateInput(),
        help_text="The time to pay is counted from this day",
    )
    account = forms.ChoiceField(label="Account")
    unit = forms.ChoiceField(label="Cost centre", required=False)
    confirmed_reason = forms.CharField(
        label="Why this is not a duplicate",
        required=False,
        max_length=200,
        help_text="Only for an invoice number that the supplier has used before",
    )

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[str, str]],
        units: list[tuple[str, str]],
        parts: Sequence[tuple[VatPart, Sequence[VatCode]]],
        likely: Coded | None,
        received_on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = received_on
        self.fields["account"].choices = [("", "Choose"), *accounts]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "None"), *units]  # type: ignore[attr-defined]
        if likely:
            self.fields["account"].initial = likely.account_code
            self.fields["unit"].initial = str(likely.unit_id or "")
        self._parts = [part for part, codes in parts if codes]
        for number, (part, codes) in enumerate((p, c) for p, c in parts if c):
            field = _vat_field(part, codes, likely)
            speak_plainly(field, str(field.label))
            self.fields[f"vat_{number}"] = field
        self.order_fields(
            [*(name for name in self.fields if name != "confirmed_reason"), "confirmed_reason"]
        )

    @property
    def vat_codes(self) -> dict[VatKey, str]:
        """The chosen code of each part of the VAT breakdown."""
        return {
            vat_key(part.category, part.rate): self.cleaned_data[f"vat_{number}"]
            for number, part in enumerate(self._parts)
        }


def _vat_field(part: VatPart, codes: Sequence[VatCode], likely: Coded | None) -> forms.ChoiceField:
    names = [code.code for code in codes]
    usual = likely.vat_code if likely and likely.vat_code in names else names[0]
    return forms.ChoiceField(
        label=f"VAT code of {part.taxable} at {part.rate or 0}%",
        choices=[(code.code, f"{code.code} {code.name}") for code in codes],
        initial=usual,
    )
