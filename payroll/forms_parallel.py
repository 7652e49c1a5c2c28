"""Forms of parallel runs: they parse and word, the service decides."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.web.forms import Form
from core.web.incoming import IncomingField
from payroll.models import LegacyElement, PayElement, PayGroup
from payroll.models.parallel import OF_ELEMENTS, SAYABLE, TARGETS
from payroll.services.parallel import OURS, Chosen
from tenants.selectors import Holder

RESULTS = Intake("Results of another payroll", TABLES)


class ResultsForm(Form):
    """Whose results, and the file."""

    group = forms.ChoiceField(label="Pay group")
    file = IncomingField(label="File", intake=RESULTS, help_text="The template, as CSV or XLSX")

    def __init__(self, *args: Any, groups: Sequence[PayGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.code, one.name) for one in groups]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]


class MeaningForm(Form):
    """What an element of the other payroll is here."""

    target = forms.ChoiceField(label="What it is here")
    reversed = forms.BooleanField(
        label="Deductions are written as amounts above nought", required=False
    )

    def __init__(
        self, *args: Any, of: LegacyElement, elements: Sequence[PayElement], **kwargs: Any
    ) -> None:
        self.of = of
        kwargs["initial"] = {
            "target": f"{OURS}{of.element.code}" if of.element else of.target,
            "reversed": of.reversed,
        }
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((key, label) for key, label in TARGETS if key not in OF_ELEMENTS),
            *((f"{OURS}{one.code}", one.name) for one in elements),
        ]

    @property
    def chosen(self) -> Chosen:
        target = self.cleaned_data["target"]
        ours = target.removeprefix(OURS) if target.startswith(OURS) else ""
        return Chosen(self.of.code, "" if ours else target, ours, self.cleaned_data["reversed"])


class SettleForm(Form):
    """What becomes of differences; each act reads what it needs of it."""

    holder_id = forms.ChoiceField(label="Give to", required=False)
    said = forms.ChoiceField(label="Cause", choices=[("", "Choose"), *SAYABLE], required=False)
    words = forms.CharField(label="Why, in a sentence", max_length=300, required=False)

    def __init__(self, *args: Any, people: Sequence[Holder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.person_id): one for one in people}
        self.fields["holder_id"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((key, one.name) for key, one in self.people.items()),
        ]

    @property
    def holder(self) -> Holder | None:
        return self.people.get(self.cleaned_data.get("holder_id", ""))
