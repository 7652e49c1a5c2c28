"""The workbench for programs: credit notes and their matches, suppliers' statements."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.actors import paths_where
from core.errors import NotFound
from core.money import to_pence
from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_asked import ReasonAsked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.permissions import ENTER_INVOICES, SEE_INVOICES, SEE_SUPPLIERS
from finance.selectors import supplier_statements as statements
from finance.selectors.credits import LISTS, credit_match, credit_notes
from finance.selectors.invoices import invoice_by_number
from finance.services.credits import match_credit, undo_match


class CreditNoteRow(serializers.Serializer):
    """A credit note and what no match covers of it."""

    number = serializers.IntegerField()
    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    supplier_ref = serializers.CharField()
    state = serializers.CharField()
    invoice_on = serializers.DateField()
    received_on = serializers.DateField(allow_null=True)
    gross = Pounds(source="gross_pence")
    not_matched = Pounds(source="unmatched_pence")
    version = serializers.IntegerField()


CreditNotePart = part_type(CreditNoteRow)


class CreditNotesQuery(serializers.Serializer):
    """Which of them: as the lists of their page."""

    which = serializers.ChoiceField(choices=list(LISTS), required=False)


class CreditMatchAsked(serializers.Serializer):
    """An invoice that it credits, by how much, and how that is known."""

    invoice = serializers.IntegerField(min_value=1, max_value=2**62)
    amount = serializers.DecimalField(max_digits=13, decimal_places=2, min_value=0)
    reason = serializers.CharField(max_length=300)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class CreditMatchMade(serializers.Serializer):
    """A match and what is left of the credit note."""

    number = serializers.IntegerField(source="match.pk")
    invoice = serializers.IntegerField(source="match.invoice.number")
    amount = Pounds(source="match.amount_pence")
    reason = serializers.CharField(source="match.reason")
    not_matched = Pounds(source="credit.unmatched_pence")
    version = serializers.IntegerField(source="credit.version")


class StatementRow(serializers.Serializer):
    """A supplier's statement and the two balances."""

    number = serializers.IntegerField()
    supplier_code = serializers.CharField(source="supplier.code")
    statement_on = serializers.DateField()
    state = serializers.CharField()
    theirs = Pounds(source="their_pence")
    ours = Pounds(source="our_pence")
    reconciled_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


StatementPart = part_type(StatementRow)


class StatementLineRow(serializers.Serializer):
    """A line, what it is here, and what both sides have of it."""

    reference = serializers.CharField()
    dated_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()
    words = serializers.CharField()
    invoice = serializers.SerializerMethodField()
    theirs = Pounds(source="their_pence")
    ours = Pounds(source="our_pence")

    def get_invoice(self, row: Any) -> int | None:
        """Our number of the invoice, where there is one."""
        return row.invoice.number if row.invoice else None


class StatementDetail(StatementRow):
    """A statement with its lines."""

    lines = StatementLineRow(many=True, source="told")


class CreditNotes(Endpoint):
    """Credit notes."""

    permission = SEE_INVOICES

    @extend_schema(
        operation_id="credit_notes_list",
        responses=CreditNotePart,
        parameters=[CreditNotesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The oldest first; without `which` those that are neither matched nor taken."""
        which = queried(CreditNotesQuery, request).get("which", "open")
        within = paths_where(self.actor, SEE_INVOICES)
        found = credit_notes([self.actor.organisation_id], which, within)
        return Response(CreditNotePart(part_of(request, found, "id")).data)


class CreditNoteMatches(Endpoint):
    """Matches of a credit note."""

    permission = ENTER_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="credit_notes_match",
        request=CreditMatchAsked,
        responses={201: CreditMatchMade},
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Says which invoice a part of it credits."""
        credit = invoice_by_number(self.actor, number)
        if credit.gross_pence >= 0:
            raise NotFound("There is no such credit note.")
        given = asked(CreditMatchAsked, request)
        match = match_credit(
            credit=credit,
            version=given["version"],
            invoice=invoice_by_number(self.actor, given["invoice"]),
            pence=to_pence(given["amount"]),
            reason=given["reason"],
            by=self.actor,
        )
        credit.refresh_from_db()
        return Response(CreditMatchMade({"match": match, "credit": credit}).data, status=201)


class CreditMatchUndoing(Endpoint):
    """A match that is taken back."""

    permission = ENTER_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="credit_notes_undo_match", request=ReasonAsked, responses=CreditMatchMade
    )
    def post(self, request: Request, organisation: str, number: int, match: int) -> Response:
        """The match no longer stands; it is kept with the reason (INV09)."""
        credit = invoice_by_number(self.actor, number)
        found = credit_match(self.actor, credit, match)
        undo_match(match=found, by=self.actor, **asked(ReasonAsked, request))
        credit.refresh_from_db()
        return Response(CreditMatchMade({"match": found, "credit": credit}).data)


class SupplierStatements(Endpoint):
    """Statements of suppliers."""

    permission = SEE_SUPPLIERS

    @extend_schema(
        operation_id="supplier_statements_list",
        responses=StatementPart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The newest first."""
        found = statements.supplier_statements([self.actor.organisation_id])
        return Response(StatementPart(part_of(request, found, "-number")).data)


class SupplierStatementOne(Endpoint):
    """One statement of a supplier."""

    permission = SEE_SUPPLIERS

    @extend_schema(operation_id="supplier_statements_read", responses=StatementDetail)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A statement with what every line is here."""
        row: Any = statements.statement_by_number(self.actor, number)
        row.told = list(statements.lines_of(row))
        return Response(StatementDetail(row).data)
