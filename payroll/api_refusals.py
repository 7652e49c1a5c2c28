"""Letters that say why statutory pay is not paid, for programs: those due, those given, giving."""

import base64
import hashlib
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.calculator.refusals import REASONS
from payroll.permissions import KEEP_STATUTORY
from payroll.selectors.statutory import letters_given, statutory_letter
from payroll.services.looking import look_at_refusals
from payroll.services.refusals import (
    give_statutory_letters,
    letters_due,
    take_statutory_letter,
)

MOST_LETTERS = 1_000


class DueLetterOut(serializers.Serializer):
    """Whom to tell that statutory pay is not paid, why, and by when; `key` is for giving it."""

    key = serializers.CharField()
    form = serializers.CharField()
    employee = serializers.IntegerField()
    absence = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=REASONS)
    from_on = serializers.DateField()
    due_on = serializers.DateField()


class DueLettersOut(serializers.Serializer):
    """All of them, by the day."""

    letters = DueLetterOut(many=True)


class StatutoryLetterRow(serializers.Serializer):
    """A letter as it was given."""

    number = serializers.IntegerField()
    form = serializers.CharField()
    employee = serializers.IntegerField(source="employment.number")
    absence = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=REASONS)
    from_on = serializers.DateField()
    given_on = serializers.DateField()


class StatutoryLettersAsked(serializers.Serializer):
    """The keys of letters that are due, and the day on which they are given."""

    letters = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_LETTERS
    )
    given_on = serializers.DateField()


class StatutoryLettersGiven(serializers.Serializer):
    """How many."""

    given = serializers.IntegerField()


class StatutoryLetterFile(serializers.Serializer):
    """The PDF as it was given, its content in base64."""

    name = serializers.CharField()
    sha256 = serializers.CharField()
    content = serializers.CharField()


StatutoryLetterPart = part_type(StatutoryLetterRow)


class StatutoryLettersDue(Endpoint):
    """Letters that are due."""

    permission = KEEP_STATUTORY

    @extend_schema(operation_id="statutory_letters_due", responses=DueLettersOut)
    def get(self, request: Request, organisation: str) -> Response:
        """Worked out from what is on record now. Each look is recorded."""
        look_at_refusals(by=self.actor)
        found = letters_due(by=self.actor, at=timezone.now())
        return Response(DueLettersOut({"letters": found}).data)


class StatutoryLetters(Endpoint):
    """Letters that were given."""

    permission = KEEP_STATUTORY

    @extend_schema(
        operation_id="statutory_letters_list", responses=StatutoryLetterPart,
        parameters=[CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """The newest first. Each look is recorded."""
        look_at_refusals(by=self.actor)
        rows = letters_given(self.actor.organisation_id)
        return Response(StatutoryLetterPart(part_of(request, rows, "-number")).data)


class StatutoryLettersGiving(Endpoint):
    """Making letters and recording them as given."""

    permission = KEEP_STATUTORY

    @extend_schema(
        operation_id="statutory_letters_give", request=StatutoryLettersAsked,
        responses=StatutoryLettersGiven,
    )  # fmt: skip
    def post(self, request: Any, organisation: str) -> Response:
        """All of them or none (PRL91). Each is kept as it is made, and its person is told."""
        given = asked(StatutoryLettersAsked, request)
        count = give_statutory_letters(**given, by=self.actor, at=timezone.now())
        return Response(StatutoryLettersGiven({"given": count}).data)


class StatutoryLetterDownload(Endpoint):
    """One letter as a document."""

    permission = KEEP_STATUTORY

    @extend_schema(operation_id="statutory_letters_download", responses=StatutoryLetterFile)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """The very bytes that were given. The look is recorded."""
        found = statutory_letter(letters_given(self.actor.organisation_id), number)
        content = take_statutory_letter(letter=found, by=self.actor)
        told = {
            "name": f"{found}.pdf",
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": base64.b64encode(content).decode(),
        }
        return Response(StatutoryLetterFile(told).data)
