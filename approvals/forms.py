from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from approvals.authority import deciding_roles
from approvals.bands import Band, Patience, banded
from approvals.models import Route
from approvals.services.requests import COMMENT_LENGTH
from core.money import pounds, to_pence
from core.web.forms import DateInput, Form, PoundsField
from tenants.roles import Role

SPARE_STEPS = 2


class DecisionForm(Form):
    """A decision, with one sentence unless it is a yes. `maker` is named in the message."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("return", "Send back"), ("reject", "Reject")]
    )
    step = forms.IntegerField(required=False)
    comment = forms.CharField(
        label="Reason", required=False, max_length=COMMENT_LENGTH, widget=forms.Textarea
    )

    def __init__(self, *args: Any, maker: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maker = maker

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "decision" in cleaned and cleaned["decision"] != "approve" and not cleaned["comment"]:
            purpose = "what to change" if cleaned["decision"] == "return" else "why not"
            self.add_error("comment", f"Enter a reason so {self.maker} knows {purpose}")
        return cleaned


class DelegationForm(Form):
    """To whom and for which days; why is for those who look later."""

    to_person_id = forms.TypedChoiceField(label="Who decides for you", coerce=int)
    first_on = forms.DateField(label="From", widget=DateInput)
    last_on = forms.DateField(label="Up to and including", widget=DateInput)
    reason = forms.CharField(label="Reason (optional)", required=False, max_length=200)

    def __init__(
        self, *args: Any, people: list[tuple[int, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"first_on": today}, **kwargs)
        field: Any = self.fields["to_person_id"]
        field.choices = [("", "Choose a person"), *people]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "The last day must be on or after the first")
        return cleaned


class RouteForm(Form):
    """From when, why, and how long a step may wait."""

    from_on = forms.DateField(label="From", widget=DateInput)
    reason = forms.CharField(label="Why it changes", max_length=COMMENT_LENGTH)
    remind_hours = forms.IntegerField(
        label="Remind after, in hours of working time", min_value=1, max_value=400, initial=8
    )
    escalate_hours = forms.IntegerField(
        label="Escalate after, in hours of working time", min_value=2, max_value=800, initial=16
    )

    @property
    def patience(self) -> Patience:
        """In minutes, as the service takes it."""
        cleaned = self.cleaned_data
        return Patience(60 * cleaned["remind_hours"], 60 * cleaned["escalate_hours"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        remind, escalate = cleaned.get("remind_hours"), cleaned.get("escalate_hours")
        if remind and escalate and escalate <= remind:
            self.add_error("escalate_hours", "Escalation must come after the reminder")
        return cleaned


def _roles() -> list[tuple[str, str]]:
    return [("", "Nobody"), *((role, str(Role(role).label)) for role in deciding_roles())]


class StepForm(Form):
    """One step of one band. The band ends where the next one begins."""

    from_amount = PoundsField(label="Amounts from", min_value=0, initial=Decimal(0))
    number = forms.IntegerField(label="Step", min_value=1, max_value=9, initial=1)
    role = forms.ChoiceField(label="Who decides", choices=_roles, required=False)
    escalates_to = forms.ChoiceField(label="When late", choices=_roles, required=False)


StepFormSet: Any = forms.formset_factory(StepForm, extra=SPARE_STEPS, max_num=40)


def initial_steps(route: Route | None) -> list[dict[str, Any]]:
    """The steps in force, as the table shows them."""
    if route is None:
        return []
    return [
        {
            "from_amount": pounds(step.from_pence),
            "number": step.number,
            "role": step.role,
            "escalates_to": step.escalates_to,
        }
        for step in sorted(route.steps.all(), key=lambda s: (s.from_pence, s.number, s.pk))
    ]


def bands_of(steps: Iterable[dict[str, Any]]) -> list[Band]:
    """What was typed as bands: rows that name nobody are left out."""
    return banded(
        (to_pence(row["from_amount"]), row["role"], row["number"], row["escalates_to"])
        for row in steps
        if row.get("role")
    )
