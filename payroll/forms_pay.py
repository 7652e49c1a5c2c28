"""Forms of pay groups and pay runs."""

from decimal import Decimal
from typing import Any

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from finance.models import BankAccount
from finance.selectors.payments import bank_accounts
from hr.selectors.terms import scales_of
from payroll.calculator.periods import Frequency
from payroll.models import PayRun, ProRata
from payroll.models.groups import FREQUENCIES, SCHEMES
from payroll.services.supplementary import Supplement

DATES = ["%d/%m/%Y", "%Y-%m-%d"]


class AccountField(forms.ModelChoiceField):
    """The organisation's own bank accounts, each with its last four figures."""

    def label_from_instance(self, obj: BankAccount) -> str:
        return f"{obj.name}, ending {obj.account_ending}"


class BringForwardForm(Form):
    """That somebody means it."""

    sure = forms.BooleanField(
        label="Nobody has figures from the payroll that was left, so work them out",
        error_messages={"required": "Confirm that no figures are there"},
    )


class PayGroupForm(Form):
    """A pay group: who is in it, when it is paid, by which rules and from which account."""

    code = forms.CharField(label="Short name", max_length=20)
    name = forms.CharField(label="Name", max_length=80)
    scale = forms.ChoiceField(label="Who belongs to it", required=False)
    frequency = forms.ChoiceField(label="Paid", choices=FREQUENCIES, initial="monthly")
    anchor_on = forms.DateField(
        label="First pay day",
        help_text="All others follow from it. The last day of a month means the last of every one.",
        widget=DateInput(),
        input_formats=DATES,
    )
    pro_rata = forms.ChoiceField(label="Part of a period is paid by", choices=ProRata.choices)
    limit_percent = forms.IntegerField(
        label="Look at changes of net pay beyond (per cent)",
        min_value=1, max_value=500, initial=20,
    )  # fmt: skip
    scheme = forms.TypedChoiceField(
        label="Pension scheme of who joins", choices=SCHEMES, coerce=int
    )
    member_rate_percent = forms.DecimalField(
        label="Member's pension rate (per cent)",
        help_text="Where the scheme has no bands; tax relief at source included.",
        min_value=0, max_value=60, decimal_places=2, initial=Decimal(0),
    )  # fmt: skip
    employer_rate_percent = forms.DecimalField(
        label="Employer's pension rate (per cent)",
        help_text="Where the law does not set it, as for the Local Government Pension Scheme.",
        min_value=0, max_value=60, decimal_places=2, initial=Decimal(0),
    )  # fmt: skip
    allow_derived = forms.BooleanField(
        label="Use pension figures that are worked out and not yet published", required=False
    )
    bank_account = AccountField(label="Paid from", queryset=None)

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {str(one.pk): one for one in scales_of(organisation_id)}
        self.fields["scale"].choices = [  # type: ignore[attr-defined]
            ("", "Everybody who is in no other group"),
            *((key, one.name) for key, one in self.scales.items()),
        ]
        self.fields["bank_account"].queryset = bank_accounts(organisation_id)  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["scale"] = self.scales.get(given["scale"])
        return {**given, "frequency": Frequency(given["frequency"])}


class ServiceCostForm(Form):
    """What payroll cost in the month of a day."""

    month = forms.DateField(label="A day of the month", widget=DateInput())
    cost = PoundsField(label="Cost of the month", min_value=0)
    found_by = forms.CharField(
        label="How it was found", max_length=200,
        help_text="Such as «Ledger, payroll team and system» or «Charge of the centre»",
    )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"cost_pence": to_pence(given.pop("cost")), **given}


class ReferencesForm(Form):
    """References as HMRC gave them; capitals and spaces do not matter."""

    paye_reference = forms.CharField(
        label="PAYE reference", help_text="Like 120/AB12345", max_length=20
    )
    accounts_office = forms.CharField(
        label="Accounts Office reference", help_text="Like 120PA00012345", max_length=20
    )
    address = forms.CharField(
        label="Address", help_text="As it stands on a P60 and a P45", max_length=200
    )
    small_employer = forms.BooleanField(
        label="A small employer, which recovers more family pay than it paid", required=False,
        help_text="Class 1 contributions of the tax year before lay within HMRC's limit for it",
    )  # fmt: skip
    from_on = forms.DateField(label="From", widget=DateInput(), input_formats=DATES)
    claims_allowance = forms.BooleanField(
        label="Claims the employment allowance. Public authorities may not", required=False
    )
    levy_share = PoundsField(
        label="Part of the yearly allowance of the apprenticeship levy",
        help_text="Of employers that share it. Left empty, all of it.",
        required=False,
    )

    def clean_paye_reference(self) -> str:
        return _joined(self.cleaned_data["paye_reference"])

    def clean_accounts_office(self) -> str:
        return _joined(self.cleaned_data["accounts_office"])

    @property
    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        share = given.pop("levy_share")
        return {**given, "levy_share_pence": None if share is None else to_pence(share)}


def _joined(text: str) -> str:
    return "".join(text.split()).upper()


class ApprovalForm(Form):
    """The second person types the net pay, and the form remembers which version they saw."""

    total = PoundsField(label="Net pay of the run")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, run: PayRun, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": run.version}, **kwargs)

    @property
    def total_pence(self) -> int:
        return to_pence(self.cleaned_data["total"])


class SupplementaryForm(Form):
    """Whom to pay besides the run of everybody, when and why."""

    employees = forms.CharField(
        label="Employee numbers", help_text="With spaces or commas between them", max_length=5_000
    )
    pays_on = forms.DateField(
        label="Pay day",
        help_text="A banking day, three banking days ahead or later",
        widget=DateInput(), input_formats=DATES,
    )  # fmt: skip
    reason = forms.CharField(label="Why it does not wait", max_length=200)

    def clean_employees(self) -> list[int]:
        words = self.cleaned_data["employees"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 13 for word in words):
            raise forms.ValidationError("Enter employee numbers: digits alone.")
        return sorted({int(word) for word in words})

    @property
    def supplement(self) -> Supplement:
        return Supplement(**self.cleaned_data)


class ReasonForm(Form):
    """Why a run is sent back."""

    reason = forms.CharField(label="What should payroll look at?", max_length=200)
