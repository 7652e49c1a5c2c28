"""Possible duplicates over the history, for programs: list, search, and what became of one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, Pounds, asked, queried
from core.web.api_asked import VersionAsked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import DuplicateCase
from finance.permissions import ENTER_INVOICES, SEE_REPORTS
from finance.selectors.recovery import duplicate_case, duplicate_cases
from finance.services.recovery import answer_duplicate, find_duplicates

ANSWERS = [state for state in DuplicateCase.State.values if state != DuplicateCase.State.OPEN]


class DuplicatesQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=[*DuplicateCase.State.values, "all"], required=False)


class DuplicateRow(serializers.Serializer):
    """Two invoices that may be one, or an invoice that was paid past the ledger (then `earlier` is
    null); the grade A is the surest."""

    number = serializers.IntegerField(source="pk")
    grade = serializers.CharField()
    why = serializers.CharField(source="get_grade_display")
    later = serializers.IntegerField(source="later.number")
    earlier = serializers.IntegerField(source="earlier.number", default=None, allow_null=True)
    supplier_code = serializers.CharField(source="later.supplier.code")
    amount = Pounds(source="amount_pence")
    state = serializers.ChoiceField(choices=DuplicateCase.State.values)
    note = serializers.CharField()
    owner = serializers.CharField(source="owner_name")
    version = serializers.IntegerField()


class SearchDone(serializers.Serializer):
    """How many pairs are new."""

    found = serializers.IntegerField()


class DuplicateAnswerAsked(VersionAsked):
    """What became of it, and how that is known."""

    state = serializers.ChoiceField(choices=ANSWERS)
    note = serializers.CharField(max_length=400)


DuplicatePart = part_type(DuplicateRow)


class Duplicates(Endpoint):
    """Possible duplicates."""

    permission = SEE_REPORTS

    @extend_schema(
        operation_id="duplicates_list",
        responses=DuplicatePart,
        parameters=[DuplicatesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The newest first; without `state` those that are open."""
        state = queried(DuplicatesQuery, request).get("state", "")
        found = duplicate_cases([self.actor.organisation_id], state)
        return Response(DuplicatePart(part_of(request, found, "-id")).data)


class DuplicateSearch(Endpoint):
    """A search through the history."""

    permission = ENTER_INVOICES

    @extend_schema(operation_id="duplicates_search", request=NothingAsked, responses=SearchDone)
    def post(self, request: Any, organisation: str) -> Response:
        """Goes through all invoices that stand."""
        asked(NothingAsked, request)
        found = find_duplicates(by=self.actor, as_of=request.today)
        return Response(SearchDone({"found": found}).data)


class DuplicateAnswer(Endpoint):
    """The answer to a pair."""

    permission = ENTER_INVOICES

    @extend_schema(
        operation_id="duplicates_answer", request=DuplicateAnswerAsked, responses=DuplicateRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Says what became of two invoices that may be one (DUP01)."""
        case, given = duplicate_case(self.actor, number), asked(DuplicateAnswerAsked, request)
        answer_duplicate(case=case, by=self.actor, **given)
        return Response(DuplicateRow(duplicate_case(self.actor, number)).data)
