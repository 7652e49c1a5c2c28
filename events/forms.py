from typing import Any

from django import forms

from core.registry import SUBJECTS
from core.web.forms import DateInput, Form
from events.selectors import SOUGHT, Wanted, verb_choices


class TrailForm(Form):
    """Filters of the trail, from the query string; what cannot be read filters nothing."""

    person = forms.CharField(
        required=False,
        label="Who",
        help_text=f"Looked for in the newest {SOUGHT:,} events; choose days to look further back",
    )
    verb = forms.ChoiceField(required=False, label="What happened")
    subject = forms.CharField(required=False, label="To what", max_length=80)
    since = forms.DateField(required=False, label="From", widget=DateInput)
    until = forms.DateField(required=False, label="To", widget=DateInput)
    thread = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)
        verb.choices = [("", "Anything"), *verb_choices()]

    def wanted(self) -> Wanted:
        """Reads the form; fields with errors count as empty."""
        self.is_valid()
        given = {key: value for key, value in self.cleaned_data.items() if value}
        return Wanted(**given)

    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each to be taken away."""
        return [
            {
                "label": f"{self.fields[key].label or key.title()}: {_said(key, self.data[key])}",
                "key": key,
                "value": self.data[key],
            }
            for key, value in self.cleaned_data.items()
            if value
        ]


class WebhookForm(Form):
    """An address that is told of events, and of which."""

    purpose = forms.CharField(label="Purpose", max_length=120, help_text="Who listens, and why")
    url = forms.CharField(
        label="Address", max_length=500, help_text="A public one that begins with https://"
    )
    verbs = forms.CharField(
        label="Told of",
        max_length=400,
        help_text="Beginnings of verbs with spaces between them, like"
        " finance.invoice approvals.request.approved",
    )

    def clean_verbs(self) -> list[str]:
        """The beginnings, one by one."""
        return str(self.cleaned_data["verbs"]).replace(",", " ").split()


def _said(key: str, value: str) -> str:
    kind, _, number = value.partition(":")
    if key == "subject" and kind in SUBJECTS:
        return f"{SUBJECTS[kind].label} {number}".strip()
    return value
