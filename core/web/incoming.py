"""The field of a form in which a file comes in, held to its intake before it is read."""

import logging
from typing import Any

from django import forms

from core.incoming import LOOKED_AT, Intake, Unfit
from core.scanning import NotLookedAt, finding

log = logging.getLogger(__name__)
HELD_BACK = (
    "The scanner found «{}» in the file, so it is not taken. Ask whoever sent it for another."
)
NOT_NOW = "The scanner cannot look at the file now, so it is not taken. Try again in a few minutes."


def checked(sent: Any, intake: Intake) -> Any:
    """The file that was sent, from its start.

    Unfit if the intake does not take it, or the scanner found something or could not look.
    """
    intake.check(sent.name, sent.size, sent.read(LOOKED_AT))
    sent.seek(0)
    try:
        found = finding(sent)
    except NotLookedAt as error:
        log.error("A file was not looked at by the scanner: %s", error)
        raise Unfit(NOT_NOW) from error
    if found:
        log.warning("The scanner found %s in a file that was sent.", found)
        raise Unfit(HELD_BACK.format(found))
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
