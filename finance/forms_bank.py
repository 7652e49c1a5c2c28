"""Forms of the bank pages."""

from typing import Any

from django import forms

from core.web.forms import Form, PoundsField
from core.web.incoming import IncomingField
from finance.incoming import OF_BANKS
from finance.models import Account, PaymentReturn


class BankFileForm(Form):
    """A statement or a report, in any of the formats."""

    file = IncomingField(
        intake=OF_BANKS,
        label="File of the bank",
        help_text="camt.053, MT940, OFX, CSV or a workbook; pain.002 or ARUCS reports.",
    )


class UndoForm(Form):
    """Why something is taken back."""

    reason = forms.CharField(label="Why", max_length=200)


class CodeForm(Form):
    """A part of an entry that belongs on an account."""

    account = forms.ChoiceField(label="Code the rest to", required=False)
    amount = PoundsField(
        label="Amount to code",
        required=False,
        help_text="Leave it empty for all that is left. Money out has a minus before it.",
    )
    why = forms.CharField(label="Why", required=False, max_length=200)

    def __init__(self, *args: Any, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Nothing"), *((a.code, str(a)) for a in accounts)]


class ReturnForm(Form):
    """What a person learnt about a payment that did not arrive."""

    kind = forms.ChoiceField(label="What happened", choices=PaymentReturn.Kind.choices)
    reason = forms.CharField(
        label="What the bank said", help_text="And who said it when.", max_length=200
    )


class AnswerForm(Form):
    """What the bank said about a whole file."""

    answer = forms.ChoiceField(
        label="The bank says",
        widget=forms.RadioSelect,
        choices=[
            ("accepted", "It has the file and pays it"),
            ("rejected", "It did not take the file and pays nothing of it"),
            ("unknown", "It does not know yet, or cannot be reached"),
        ],
    )
    reason = forms.CharField(label="Who said so, and when", max_length=200)
