"""Entries of the bank for programs: what each could be, explaining one, taking a match back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, Pounds, asked, checked
from core.web.api_asked import ColumnsAsked, ReasonAsked, as_typed, known_roles, readable
from finance.api_bank import BankEntry, BankFileTaken, MatchMade
from finance.api_reconciliations import ReconciliationOut, prepared
from finance.banking.passes import suggestions
from finance.formats.statements import NotAStatement
from finance.forms_bank import CodeForm
from finance.matches import wanted_match
from finance.models import SourceFile
from finance.permissions import LOAD_STATEMENTS, MATCH_BANK, SEE_BANK, SIGN_RECONCILIATIONS
from finance.reading.bank_csv import BANK_ROLES, layout_of, rows_of
from finance.rules_bank import BNK12
from finance.selectors import banking as selectors
from finance.selectors.files import source_file
from finance.services.matching import KEPT_BY_THE_PRODUCT, make_matches, undo_match
from finance.services.reconciliations import unsign_reconciliation
from finance.services.statements import Taken, choose_bank_columns


class OfferRow(serializers.Serializer):
    """Something open in the books that an entry could be; `item` names it when it is matched."""

    item = serializers.CharField(source="value")
    on = serializers.DateField()
    text = serializers.CharField()
    amount = Pounds(source="pence")


class BankEntryOut(BankEntry):
    """An entry and what it could be, the nearest to its amount first."""

    offers = serializers.SerializerMethodField()

    @extend_schema(responses=OfferRow(many=True))
    def get_offers(self, row: Any) -> list[dict[str, Any]]:
        """Runs, payments, returned payments, and entries of the ledger."""
        found = selectors.offers(row.bank_account, row).values()
        return list(OfferRow([one for rows in found for one in rows], many=True).data)


class EntryMatchAsked(serializers.Serializer):
    """What the entry is: items that were offered, and an account for the rest or for an amount.

    `also` are numbers of entries of the same statement that belong to it.
    """

    items = serializers.ListField(
        child=serializers.RegexField(r"^(run|payment|return)-\d{1,18}$|^ledger(-\d{1,18}){4}$"),
        default=list,
        max_length=200,
    )
    also = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        default=list,
        max_length=200,
    )
    account = serializers.CharField(max_length=20, default="", allow_blank=True)
    amount = serializers.DecimalField(max_digits=13, decimal_places=2, required=False)
    why = serializers.CharField(max_length=200, default="", allow_blank=True)


class BankEntryOne(Endpoint):
    """One entry of a bank statement."""

    permission = SEE_BANK

    @extend_schema(operation_id="bank_entries_read", responses=BankEntryOut)
    def get(self, request: Request, organisation: str, number: int, line: int) -> Response:
        """An entry with everything open on its account that it could be."""
        statement = selectors.statement_by_number(self.actor.organisation_id, number)
        row, _others = selectors.line_and_others(statement, line)
        context = {"suggestions": suggestions(row.bank_account)}
        return Response(BankEntryOut(row, context=context).data)


class BankEntryMatching(Endpoint):
    """The explanation of an entry."""

    permission = MATCH_BANK
    moves_money = True

    @extend_schema(
        operation_id="bank_entries_match", request=EntryMatchAsked, responses={201: MatchMade}
    )
    def post(self, request: Request, organisation: str, number: int, line: int) -> Response:
        """Says what an entry is, and posts what is not in the ledger yet (BNK05, BNK06, BNK08)."""
        here = self.actor.organisation_id
        statement = selectors.statement_by_number(here, number)
        row, others = selectors.line_and_others(statement, line)
        given = asked(EntryMatchAsked, request)
        also = {one.pk for one in others if one.line_no in given["also"]}
        if len(also) != len(set(given["also"])):
            raise ValidationError("also: Some are matched already or not of this statement.")
        accounts = selectors.codable_accounts(here, without=KEPT_BY_THE_PRODUCT)
        form = CodeForm(as_typed(given), accounts=accounts)
        checked(form)
        wanted = wanted_match(row, also, given["items"], form, self.actor.name)
        (made,) = make_matches(account=row.bank_account, wanted=[wanted], by=self.actor)
        return Response(MatchMade(made).data, status=201)


class BankMatchUndoing(Endpoint):
    """A match taken back."""

    permission = MATCH_BANK
    moves_money = True

    @extend_schema(operation_id="bank_matches_undo", request=ReasonAsked, responses=MatchMade)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Its journal is reversed, its entries are open again (BNK06, BNK08, BNK09)."""
        match = selectors.match_by_number(self.actor.organisation_id, number)
        undo_match(match=match, by=self.actor, **asked(ReasonAsked, request))
        return Response(MatchMade(match).data)


class BankFileColumns(Endpoint):
    """The columns of a statement that is a table."""

    permission = LOAD_STATEMENTS

    @extend_schema(
        operation_id="bank_files_choose_columns", request=ColumnsAsked, responses=BankFileTaken
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Says what each column holds; then the statement is loaded (BNK12)."""
        here = self.actor.organisation_id
        file = source_file(organisation_id=here, number=number, with_content=True)
        if file.purpose not in ("statement", "report"):
            raise NotFound()
        given = asked(ColumnsAsked, request)
        BNK12.check(file.purpose == "statement" and file.state == SourceFile.State.UPLOADED)
        width = len(layout_of(rows_of(file.content)).headers)
        columns = known_roles(given["columns"], BANK_ROLES, width)
        with readable("columns", NotAStatement):
            loaded = choose_bank_columns(file=file, columns=columns, by=self.actor)
        file.refresh_from_db(fields=["state"])
        taken = Taken(file, before=not loaded, statements=loaded)
        return Response(BankFileTaken(taken).data)


class ReconciliationUnsigning(Endpoint):
    """A signature taken back."""

    permission = SIGN_RECONCILIATIONS
    moves_money = True

    @extend_schema(
        operation_id="reconciliations_unsign", request=ReasonAsked, responses=ReconciliationOut
    )
    def post(self, request: Request, organisation: str, account: int, period: int) -> Response:
        """The sheet is kept beside the next one; of the last signed month alone (BNK08, BNK09)."""
        row = prepared(self.actor.organisation_id, account, period)
        unsign_reconciliation(reconciliation=row, by=self.actor, **asked(ReasonAsked, request))
        row.refresh_from_db()
        return Response(ReconciliationOut(row).data)
