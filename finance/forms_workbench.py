"""Forms of the exceptions queue: what settles a hold, and who sees to it by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from core.web.forms import DateInput, Form, PoundsField
from core.web.incoming import IncomingField
from core.web.words import speak_plainly
from finance.incoming import STATEMENTS
from finance.models import DuplicateCase, RecurringInvoice
from finance.selectors.exceptions import DISPUTED


@dataclass(frozen=True)
class Remedy:
    """What one is asked for to settle a cause; the answer is kept with `before` in front of it."""

    question: str
    hint: str = ""
    before: str = ""
    button: str = "Release"


SENTENCE = Remedy("What was found out?", "One sentence. It is kept with the invoice.")
REMEDIES = {
    "duplicate": Remedy("Why is it not a duplicate?", "Compare the two first", "Not a duplicate: "),
    "no_order": Remedy("Order number", "As the budget holder gave it", "Order "),
    "not_received": Remedy("When did it arrive, and who says so?", "", "Arrived: "),
    "price": Remedy("Who agreed to the price or quantity?", "", "Agreed: "),
    "recurring": Remedy("Who agreed to the difference?", "Or dispute the invoice", "Agreed: "),
    "vat": Remedy("Why is the VAT right?", "If it is not, dispute the invoice", "VAT: "),
    "bank": Remedy("Who confirmed the bank details, and how?", "", "Bank details: "),
    DISPUTED: Remedy("How was it settled?", "", "", "Dispute is settled"),
}


class RemedyForm(Form):
    """The answer that settles a cause."""

    said = forms.CharField(max_length=400)

    def __init__(self, *args: Any, cause: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remedy = REMEDIES.get(cause, SENTENCE)
        field = self.fields["said"]
        field.label, field.help_text = self.remedy.question, self.remedy.hint
        speak_plainly(field, self.remedy.question)

    @property
    def text(self) -> str:
        """What is kept of it."""
        return f"{self.remedy.before}{self.cleaned_data['said'].strip()}"

    @property
    def order_ref(self) -> str:
        """The order, where it is what was asked for."""
        asked = self.remedy is REMEDIES["no_order"]
        return str(self.cleaned_data["said"]).strip()[:60] if asked else ""


class OwnerForm(Form):
    """Who sees to an invoice, and the day by which an answer is wanted."""

    owner = forms.TypedChoiceField(label="Who is on it", coerce=int)
    answer_on = forms.DateField(label="Answer wanted by", widget=DateInput())

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(people.items(), key=lambda one: one[1])
        self.fields["owner"].choices = [("", "Choose"), *named]  # type: ignore[attr-defined]


class DuplicateForm(Form):
    """What became of two invoices that may be one."""

    state = forms.ChoiceField(
        label="What became of it",
        choices=[one for one in DuplicateCase.State.choices if one[0] != "open"],
    )
    note = forms.CharField(label="How that is known", max_length=400)


class ScheduleForm(Form):
    """A schedule of recurring invoices as it is proposed."""

    description = forms.CharField(label="What it is for", max_length=120)
    mark = forms.CharField(
        label="Words that stand on these invoices",
        max_length=60,
        required=False,
        help_text="Leave it empty if this supplier sends no others.",
    )
    expected = PoundsField(label="Amount with VAT", min_value=0)
    tolerance = PoundsField(label="Give or take", min_value=0, initial=0)
    frequency = forms.ChoiceField(label="How often", choices=RecurringInvoice.Frequency.choices)
    first_on = forms.DateField(label="First invoice dated", widget=DateInput())
    last_on = forms.DateField(
        label="Last invoice dated", widget=DateInput(), required=False, help_text="If it ends."
    )
    grace_days = forms.IntegerField(
        label="Days after that day until it is missed", min_value=0, max_value=90, initial=5
    )
    account = forms.ChoiceField(label="Account")
    unit = forms.ChoiceField(label="Cost centre", required=False)
    owner = forms.TypedChoiceField(label="Who is asked when it differs", coerce=int)

    def __init__(
        self, *args: Any, accounts: Any, units: Any, people: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "account": [("", "Choose"), *accounts],
            "unit": [("", "None"), *units],
            "owner": [("", "Choose"), *sorted(people.items(), key=lambda one: one[1])],
        }
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]


class EndForm(Form):
    """After which day nothing is expected, and why."""

    last_on = forms.DateField(label="Nothing is expected after", widget=DateInput())
    reason = forms.CharField(label="Why", max_length=200)


class StatementForm(Form):
    """A supplier's statement as a file, and what stands on it besides its lines."""

    file = IncomingField(
        label="Their statement", intake=STATEMENTS, help_text="CSV or Excel workbook, to 40 MB."
    )
    statement_on = forms.DateField(label="Date of the statement", widget=DateInput())
    stated = PoundsField(
        label="Balance written on it",
        required=False,
        help_text="If it says one: what they say we owe. The lines are held to it.",
    )


class MatchForm(Form):
    """Which invoice a credit note credits, by how much, and how that is known."""

    invoice = forms.CharField(label="Our number of the invoice", max_length=20, help_text="INV-7")
    amount = PoundsField(label="Amount to match")
    reason = forms.CharField(label="How that is known", max_length=300)

    def clean_invoice(self) -> int:
        given = str(self.cleaned_data["invoice"]).upper().strip().removeprefix("INV-")
        if not (given.isdecimal() and len(given) < 19):
            raise forms.ValidationError("Enter the number of an invoice, like INV-7")
        return int(given)
