from typing import Any

from django import forms

from approvals.services import COMMENT_LENGTH
from core.web.forms import Form


class DecisionForm(Form):
    """A decision, with one sentence unless it is a yes. `maker` is named in the message."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("return", "Send back"), ("reject", "Reject")]
    )
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
