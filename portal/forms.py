"""The forms of sign-in with GOV.UK markup and words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms

from core.web.forms import GovukWords


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
