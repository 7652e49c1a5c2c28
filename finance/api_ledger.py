"""Lines of the ledger for programs: what its enquiry looks for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, queried
from core.web.api_lists import (
    CURSOR_PARAMETER,
    NOT_OURS,
    PER_PAGE,
    cut,
    goes_on_after,
    part_type,
)
from finance.permissions import SEE_LEDGER
from finance.selectors.ledger import EntryFilter, newest_entries

MOST = 2**31 - 1
LAST_PERIOD = 999_912
PLACE = ("period", "batch_id", "journal_id", "line_no")


class EntriesQuery(serializers.Serializer):
    """What can be asked for; words are looked for in the 20,000 newest lines of the rest."""

    account = serializers.CharField(required=False, max_length=10)
    unit = serializers.CharField(
        required=False, max_length=24, help_text="The code of a unit, with all beneath it."
    )
    since = serializers.IntegerField(
        default=0, min_value=0, max_value=MOST, help_text="The first period as yyyymm."
    )
    until = serializers.IntegerField(
        default=LAST_PERIOD, min_value=0, max_value=MOST, help_text="The last period as yyyymm."
    )
    text = serializers.CharField(required=False, max_length=60)
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**62)


class EntryRow(serializers.Serializer):
    """A line of a journal, credit below zero."""

    period = serializers.IntegerField()
    batch = serializers.IntegerField(source="batch_id")
    journal = serializers.IntegerField(source="journal_id")
    line = serializers.IntegerField(source="line_no")
    reference = serializers.CharField()
    posted_on = serializers.DateField(source="posting_date")
    account = serializers.CharField()
    account_name = serializers.CharField()
    unit = serializers.CharField()
    text = serializers.CharField()
    amount = Pounds(source="amount_pence")


EntryPart = part_type(EntryRow)


class LedgerEntries(Endpoint):
    """Lines of the ledger."""

    permission = SEE_LEDGER

    @extend_schema(
        operation_id="ledger_entries_list",
        responses=EntryPart,
        parameters=[EntriesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Newest first."""
        before: list[Any] = goes_on_after(request, len(PLACE))
        if not all(isinstance(one, int) for one in before):
            raise ValidationError(NOT_OURS)
        wanted = EntryFilter(
            organisation_ids=[self.actor.organisation_id],
            before=before,
            **queried(EntriesQuery, request),
        )
        found = newest_entries(wanted, PER_PAGE + 1)
        return Response(EntryPart(cut(request, found, *PLACE)).data)
