"""The forms of sign-in with GOV.UK markup and words."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_factors
from allauth.mfa.base import forms as base
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache

from access.selectors.centre import Asked
from core.web.forms import DateInput, Form, GovukWords, PoundsField
from core.web.passes import known_scopes
from events.selectors import verb_choices
from tenants.models import Person, Unit
from tenants.roles import Role


class Renamed:
    """Our labels, no placeholders, no links inside hints.

    It stands after GovukWords, which makes the messages of errors from the labels.
    """

    labels: dict[str, str] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]
            field.label = label
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class SignIn(GovukWords, Renamed, LoginForm):
    labels = {"login": "Email address", "password": "Password"}


class ChangePassword(GovukWords, Renamed, ChangePasswordForm):
    labels = {
        "oldpassword": "Password you use now",
        "password1": "New password",
        "password2": "New password again",
    }


class Reauthenticate(GovukWords, Renamed, ReauthenticateForm):
    labels = {"password": "Password"}


# As long as a code can be right: its own half minute, the one before and the one after.
CODE_LIVES_SECONDS = 120


class OnceOnly(Renamed):
    """A code that was used is wrong, also in the half minutes around its own."""

    labels = {"code": "Code"}
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "class": "govuk-input--width-10",
            "autocomplete": "one-time-code",
        }

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        plain = "".join(code.split())
        if not cache.add(f"code-used:{self.user.pk}:{plain}", 1, CODE_LIVES_SECONDS):
            raise get_factors().validation_error("incorrect_code")
        return code


class Watched(OnceOnly):
    """A wrong code is in the log, as a wrong password is."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except forms.ValidationError:
            whose = {"email": self.user.email, "factor": "code"}
            asked = context.request
            user_login_failed.send(__name__, credentials=whose, request=asked)
            raise


class SetUpApp(GovukWords, OnceOnly, ActivateTOTPForm):
    labels = {"code": "Code that the app shows now"}


class EnterCode(GovukWords, Watched, base.AuthenticateForm):
    pass


class EnterCodeAgain(GovukWords, Watched, base.ReauthenticateForm):
    pass


class RemoveApp(GovukWords, DeactivateTOTPForm):
    pass


class NewCodes(GovukWords, GenerateRecoveryCodesForm):
    pass


class SetUpPasskey(GovukWords, Renamed, webauthn.AddWebAuthnForm):
    labels = {"name": "Name of the passkey"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Every passkey here can sign in alone, so there is nothing to choose.
        self.fields.pop("passwordless", None)
        self.fields["name"].widget.attrs["autocomplete"] = "off"


class ResetFactors(Form):
    """Why somebody's second factor is taken away."""

    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="For example: lost the telephone, known by voice and staff number.",
    )


APP_NAMES = {"finance": "invoices and suppliers", "sla": "measures and figures"}
DOES = {"read": "Read", "write": "Change"}


def scope_label(name: str) -> str:
    """«finance:read» as «Read invoices and suppliers»."""
    app, _, does = name.partition(":")
    return f"{DOES[does]} {APP_NAMES.get(app, app)}"


class NewToken(Form):
    """What a program is let in for, who holds it, what it may do, and until when."""

    purpose = forms.CharField(label="Purpose", max_length=120)
    held_by = forms.CharField(
        label="Who holds it",
        max_length=120,
        help_text="The program or the company that gets it, like “Data warehouse, corporate IT”.",
    )
    scopes = forms.MultipleChoiceField(label="What it may do", widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label="Ends on",
        widget=DateInput,
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        help_text="A year from today at most. It ends before when you lose your roles here.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [(name, scope_label(name)) for name in sorted(known_scopes())]


class Provider(Form):
    """The OpenID Connect provider of an organisation."""

    issuer = forms.URLField(
        label="Issuer",
        max_length=200,
        assume_scheme="https",
        help_text="https://login.example.gov.uk",
    )
    client_id = forms.CharField(label="Client ID", max_length=191)
    secret = forms.CharField(
        label="Client secret",
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="It is kept sealed and never shown. Leave it empty to keep the one there is.",
    )
    enabled = forms.BooleanField(label="People may sign in through it", required=False)


class MailAddress(Form):
    """From where mail of the organisation comes."""

    address = forms.EmailField(
        label="Mail comes from",
        max_length=190,
        required=False,
        help_text="In a verified domain, like payments@example.gov.uk. Empty: the product's own.",
    )
    reply_to = forms.EmailField(
        label="Answers go to", max_length=190, required=False, help_text="Empty: to the same one."
    )
    reason = forms.CharField(label="Reason", max_length=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("reply_to") and not given.get("address") and not self.errors:
            self.add_error("address", "Enter where mail comes from, or take the other one out")
        return given


class ClaimDomain(Form):
    domain = forms.CharField(label="Email domain", max_length=190, help_text="example.gov.uk")


class VerifyDomain(Form):
    """What shows that the domain is theirs."""

    reason = forms.CharField(
        label="How you know",
        max_length=200,
        help_text="For example: the TXT record was there on 14 December, seen with dig.",
    )


class AtOrganisation(Form):
    """Where to sign in is found by the part behind the @."""

    email = forms.EmailField(
        label="Work email address", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


DAYS = ["%d/%m/%Y", "%Y-%m-%d"]


class RightReason(Form):
    """From which day, and why: kept with the right and in the audit trail."""

    from_on = forms.DateField(label="From", widget=DateInput, input_formats=DAYS)
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For example: takes over from Joan in payables."
    )


class RightForm(RightReason):
    """What somebody may do: where, up to how much, and until when."""

    role = forms.ChoiceField(label="Role", choices=Role.choices)
    unit = forms.TypedChoiceField(
        label="For", required=False, coerce=int, empty_value=None, help_text="With all units in it."
    )
    limit = PoundsField(
        label="Limit for each decision",
        required=False,
        min_value=0,
        help_text="Leave it empty for no limit.",
    )
    until_on = forms.DateField(
        label="Last day",
        required=False,
        widget=DateInput,
        input_formats=DAYS,
        help_text="Leave it empty if no end is known.",
    )
    field_order = ["role", "unit", "limit", "from_on", "until_on", "reason"]

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.choices = [("", "The whole organisation"), *((one.pk, str(one)) for one in units)]

    def given(self) -> dict[str, Any]:
        """As the services take it: pence, and the day after the last one."""
        said = dict(self.cleaned_data)
        limit, last = said.pop("limit"), said.pop("until_on")
        until: date | None = last + timedelta(days=1) if last else None
        pence = None if limit is None else int(limit * 100)
        unit_id = said.pop("unit")
        return {**said, "unit_id": unit_id, "limit_pence": pence, "until": until}


class ChangeRightForm(RightForm):
    """The role stays what it is: another one is another right."""

    role = None  # type: ignore[assignment]


class NewcomerForm(RightForm):
    """Somebody who has no rights here yet, by their address."""

    email = forms.EmailField(label="Work email address", max_length=254)
    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="Somebody known by this address already keeps the name they have.",
    )
    field_order = ["email", "name", *RightForm.field_order]


class ChoosePassword(Form):
    """The password of somebody who was invited, typed twice."""

    password = forms.CharField(
        label="Password", strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 characters or more. Three words that do not belong together are good.",
    )  # fmt: skip
    again = forms.CharField(
        label="The same again", strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if "password" in given and given["password"] != given.get("again"):
            self.add_error("again", "Type the same password twice")


class AskAcceptance(Form):
    """Until when somebody may hold conflicting duties, and what is done about the risk."""

    until = forms.DateField(
        label="Last day",
        widget=DateInput,
        input_formats=DAYS,
        help_text="A year from today at most.",
    )
    reason = forms.CharField(
        label="Reason, and what is done about the risk",
        max_length=300,
        help_text="For example: two people in the office; the head of finance looks at every run.",
    )


class EndAcceptance(Form):
    """Why an acceptance is turned down, withdrawn or ended."""

    reason = forms.CharField(label="Reason", max_length=300)


class OpenReview(Form):
    """By when every right has been looked at."""

    due_on = forms.DateField(
        label="To be done by",
        widget=DateInput,
        input_formats=DAYS,
        help_text="90 days from today at most.",
    )


class EndReviewed(Form):
    """Why a right is ended."""

    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For example: has moved to another team."
    )


class CentreForm(Form):
    """What of the work of the centre is looked for; what cannot be read filters nothing."""

    person = forms.TypedChoiceField(required=False, label="Who", coerce=int, empty_value=None)
    verb = forms.ChoiceField(required=False, label="What happened")
    since = forms.DateField(required=False, label="From", widget=DateInput, input_formats=DAYS)
    until = forms.DateField(required=False, label="To", widget=DateInput, input_formats=DAYS)
    looks = forms.BooleanField(required=False, label="Only looks at sensitive data")

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        choices: Any = self.fields
        choices["person"].choices = [("", "Anybody"), *people.items()]
        choices["verb"].choices = [("", "Anything"), *verb_choices()]

    def asked(self, *, since: date, until: date) -> Asked:
        """Reads the form; days that are not given or cannot be read are these."""
        given: dict[str, Any] = {"since": since, "until": until}
        if self.is_bound:
            self.is_valid()
            given |= {name: value for name, value in self.cleaned_data.items() if value}
        return Asked(**given)
