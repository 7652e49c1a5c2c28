"""Journals for programs: the list, one with its lines, and the reversal of one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.permissions import POST_JOURNALS, SEE_LEDGER
from finance.selectors.journals import journals_here, may_reverse
from finance.selectors.ledger import entries_of_journal, journal_at, posting_of
from finance.services.ledger import reverse_journal


class JournalRow(serializers.Serializer):
    """A balanced entry; `batch` and `number` name it within its period."""

    period = serializers.IntegerField(help_text="The month as yyyymm.")
    batch = serializers.IntegerField(source="batch_id")
    number = serializers.IntegerField(source="id")
    reference = serializers.CharField()
    posting_on = serializers.DateField(source="posting_date")
    narrative = serializers.CharField()
    subject = serializers.CharField(source="subject_key")
    subject_number = serializers.IntegerField(source="subject_id", allow_null=True)
    line_count = serializers.IntegerField()
    total = Pounds(source="total_debit_pence")


class JournalLineRow(serializers.Serializer):
    """A debit above zero, or a credit below."""

    line_no = serializers.IntegerField()
    account = serializers.CharField()
    account_name = serializers.CharField()
    unit = serializers.CharField()
    text = serializers.CharField()
    amount = Pounds(source="amount_pence")


class JournalOut(JournalRow):
    """A journal with its first 1,000 lines, who posted it, its seal and what reversed it."""

    posted_by = serializers.CharField(source="posting_told.made_by_name")
    posted_at = serializers.DateTimeField(source="posting_told.made_at")
    seal_number = serializers.IntegerField(source="posting_told.seal_number", allow_null=True)
    reversed_for = serializers.CharField(source="posting_told.reason")
    reversed_in = serializers.IntegerField(source="posting_told.by_period", allow_null=True)
    reversed_batch = serializers.IntegerField(source="posting_told.by_batch_id", allow_null=True)
    reversed_number = serializers.IntegerField(source="posting_told.by_journal_id", allow_null=True)
    lines = JournalLineRow(many=True)


class JournalsQuery(serializers.Serializer):
    """What can be asked for."""

    period = serializers.IntegerField(required=False, min_value=190001, max_value=999912)
    series = serializers.CharField(required=False, max_length=10)


class ReversalAsked(serializers.Serializer):
    """Why the journal is undone."""

    reason = serializers.CharField(max_length=200)


JournalPart = part_type(JournalRow)


class Journals(Endpoint):
    """Journals, the newest first."""

    permission = SEE_LEDGER

    @extend_schema(
        operation_id="journals_list",
        responses=JournalPart,
        parameters=[JournalsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """By period, and within it by batch."""
        found = journals_here(self.actor.organisation_id, **queried(JournalsQuery, request))
        return Response(JournalPart(part_of(request, found, "-period", "-batch_id", "-id")).data)


class JournalHere(Endpoint):
    """What is asked or done of one journal."""

    def told(self, period: int, batch: int, journal: int) -> Any:
        """The journal as it is now. NotFound."""
        row: Any = journal_at([self.actor.organisation_id], period, batch, journal)
        row.posting_told, row.lines = posting_of(row), entries_of_journal(row)
        return JournalOut(row).data


class JournalOne(JournalHere):
    """One journal."""

    permission = SEE_LEDGER

    @extend_schema(operation_id="journals_read", responses=JournalOut)
    def get(
        self, request: Request, organisation: str, period: int, batch: int, journal: int
    ) -> Response:
        """A journal of this organisation with its lines."""
        return Response(self.told(period, batch, journal))


class JournalReversal(JournalHere):
    """The reversal of a journal that was posted by hand."""

    permission = POST_JOURNALS
    moves_money = True

    @extend_schema(
        operation_id="journals_reverse", request=ReversalAsked, responses={201: JournalOut}
    )
    def post(
        self, request: Any, organisation: str, period: int, batch: int, journal: int
    ) -> Response:
        """Posts its opposite today, at most once (LED05); answers with the new journal."""
        row = journal_at([self.actor.organisation_id], period, batch, journal)
        if not may_reverse(self.actor, row):
            raise NotFound("There is no such journal that was posted by hand.")
        reason = asked(ReversalAsked, request)["reason"]
        where = {"period": period, "batch_id": batch, "journal_id": journal}
        new = reverse_journal(**where, on=request.today, reason=reason, by=self.actor)
        return Response(self.told(new.period, new.batch_id, new.journal_id), status=201)
