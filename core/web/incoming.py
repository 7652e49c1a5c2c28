"""The field of a form in which a file comes in, held to its intake before it is read."""

from typing import Any

from django import forms

from core.incoming import LOOKED_AT, Intake, Unfit


def checked(sent: Any, intake: Intake) -> Any:
    """The file that was sent, from its start. Unfit if the intake does not take it."""
    intake.check(sent.name, sent.size, sent.read(LOOKED_AT))
    sent.seek(0)
    return sent


class IncomingField(forms.FileField):
    """A file of an intake."""

    def __init__(self, *args: Any, intake: Intake, **kwargs: Any) -> None:
        self.intake = intake
        super().__init__(*args, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        try:
            return checked(sent, self.intake) if sent else sent
        except Unfit as error:
            raise forms.ValidationError(str(error)) from error
