"""Bank reconciliations for programs: one month of an account prepared, signed by a second one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, NothingAsked, Pounds, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.banking.months import last_day
from finance.models import BankReconciliation
from finance.permissions import MATCH_BANK, SEE_BANK, SIGN_RECONCILIATIONS
from finance.selectors import banking as selectors
from finance.services.reconciliations import prepare_reconciliation, sign_reconciliation


class ReconciliationOut(serializers.Serializer):
    """Statement = ledger + what is on the statement only - what is in the ledger only."""

    account = serializers.IntegerField(source="bank_account_id")
    period = serializers.IntegerField()
    state = serializers.ChoiceField(choices=BankReconciliation.State.values)
    statement = Pounds(source="statement_pence")
    ledger = Pounds(source="ledger_pence")
    on_the_statement_only = Pounds(source="unmatched_pence")
    in_the_ledger_only = Pounds(source="unticked_pence")
    prepared_by = serializers.CharField(source="prepared_by_name")
    prepared_at = serializers.DateTimeField()
    signed_by = serializers.CharField(source="signed_by_name")
    signed_at = serializers.DateTimeField(allow_null=True)


class BankReportRow(serializers.Serializer):
    """What the bank said about payments in one file."""

    number = serializers.IntegerField()
    format = serializers.CharField()
    reference = serializers.CharField()
    about = serializers.CharField(source="file_reference")
    entries = serializers.IntegerField()
    sent_by = serializers.CharField(source="made_by_name")
    sent_at = serializers.DateTimeField(source="made_at")


class BankAnswer(serializers.Serializer):
    """The answer about one payment, and what was done about it."""

    number = serializers.IntegerField(source="item_no")
    reference = serializers.CharField()
    payment = serializers.IntegerField(source="payment.number", default=None, allow_null=True)
    amount = Pounds(source="amount_pence", allow_null=True)
    outcome = serializers.CharField()
    reason = serializers.CharField()
    done = serializers.CharField(source="result")


class BankReportDetail(BankReportRow):
    """A report with its answers."""

    answers = BankAnswer(many=True, source="answers_told")


BankReportPart = part_type(BankReportRow)


def prepared(here: int, account: int, period: int) -> BankReconciliation:
    """NotFound as long as nothing was prepared for that month."""
    last_day(period)
    row = selectors.reconciliation_of(here, account, period)
    if row is None:
        raise NotFound("Nothing was prepared for this month.")
    return row


class Reconciliation(Endpoint):
    """The sheet of a month."""

    permission = SEE_BANK

    @extend_schema(operation_id="reconciliations_read", responses=ReconciliationOut)
    def get(self, request: Request, organisation: str, account: int, period: int) -> Response:
        """What was prepared or signed for a month such as 202606."""
        return Response(
            ReconciliationOut(prepared(self.actor.organisation_id, account, period)).data
        )


class ReconciliationPreparation(Endpoint):
    """The figures as they stand, kept for a second person."""

    permission = MATCH_BANK
    moves_money = True

    @extend_schema(
        operation_id="reconciliations_prepare",
        request=NothingAsked,
        responses={201: ReconciliationOut},
    )
    def post(self, request: Request, organisation: str, account: int, period: int) -> Response:
        """Prepares a month; made again it replaces what was not signed."""
        asked(NothingAsked, request)
        last_day(period)
        found = selectors.bank_account(self.actor.organisation_id, account)
        row = prepare_reconciliation(account=found, period=period, by=self.actor)
        return Response(ReconciliationOut(row).data, status=201)


class ReconciliationSignature(Endpoint):
    """The signature of a second person."""

    permission = SIGN_RECONCILIATIONS
    moves_money = True

    @extend_schema(
        operation_id="reconciliations_sign",
        request=NothingAsked,
        responses={201: ReconciliationOut},
    )
    def post(self, request: Request, organisation: str, account: int, period: int) -> Response:
        """Freezes the sheet, unless its figures have moved since it was prepared."""
        asked(NothingAsked, request)
        row = prepared(self.actor.organisation_id, account, period)
        signed = sign_reconciliation(reconciliation=row, by=self.actor)
        return Response(ReconciliationOut(signed).data, status=201)


class BankReports(Endpoint):
    """Reports of the bank about payments, newest first."""

    permission = SEE_BANK

    @extend_schema(
        operation_id="bank_reports_list", responses=BankReportPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The reports of this organisation."""
        found = selectors.report_list([self.actor.organisation_id])
        return Response(BankReportPart(part_of(request, found, "-number")).data)


class BankReportOne(Endpoint):
    """One report of the bank."""

    permission = SEE_BANK

    @extend_schema(operation_id="bank_reports_read", responses=BankReportDetail)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A report with each answer, and what was done about it."""
        found: Any = selectors.report_by_number(self.actor.organisation_id, number)
        found.answers_told = selectors.items_of(found)
        return Response(BankReportDetail(found).data)
