"""What many calls ask for, said once: a version, a reason, columns of a table, a file."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.incoming import TABLES, Intake, Unfit
from core.web.incoming import checked

MOST = 2**31 - 1
A_TABLE = Intake("A table", TABLES)


class VersionAsked(serializers.Serializer):
    """The version that was seen."""

    version = serializers.IntegerField(min_value=1, max_value=MOST)


class ReasonAsked(serializers.Serializer):
    """Why, in a sentence."""

    reason = serializers.CharField(max_length=200)


class ColumnsAsked(serializers.Serializer):
    """What the columns hold: the name of what stands there, and the place of its column from 0."""

    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=500), allow_empty=False
    )


class FileSent(serializers.Serializer):
    """A file of up to 40 MB."""

    intake: ClassVar[Intake] = A_TABLE
    file = serializers.FileField()

    def validate_file(self, sent: Any) -> Any:
        """Refuses what the intake does not take, before all of it is read."""
        try:
            return checked(sent, self.intake)
        except Unfit as error:
            raise ValidationError(str(error)) from error


def as_typed(given: Mapping[str, Any]) -> dict[str, str]:
    """What was sent as a page would send it, for the form of that page."""
    return {name: "" if value is None else str(value) for name, value in given.items()}


@contextmanager
def readable(field: str, *errors: type[Exception]) -> Iterator[None]:
    """What cannot be read is said of the field that held it."""
    try:
        yield
    except errors as error:
        raise ValidationError(f"{field}: {error}") from error


def known_roles(columns: Mapping[str, int], roles: Iterable[str], width: int) -> dict[str, int]:
    """The columns, if each is one of the table and holds what such a table can hold."""
    if set(columns) - set(roles):
        raise ValidationError(f"columns: Choose of {', '.join(roles)}.")
    if max(columns.values()) >= width:
        raise ValidationError(f"columns: The table has {width}, counted from 0.")
    return dict(columns)
