"""The bank for programs: accounts, statements with what each entry is or could be, and matching."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked
from core.web.api_asked import FileSent, readable
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.banking.passes import suggestions
from finance.formats.statements import NotAStatement
from finance.incoming import OF_BANKS
from finance.permissions import LOAD_STATEMENTS, MATCH_BANK, SEE_BANK
from finance.selectors import banking as selectors
from finance.services.matching import accept_suggestions
from finance.services.statements import receive_bank_file


class BankAccountRow(serializers.Serializer):
    """An account, its last statement, and what waits to be matched."""

    number = serializers.IntegerField(source="id")
    name = serializers.CharField()
    ending = serializers.CharField(source="account_ending")
    last_statement = serializers.IntegerField(source="statement_no", allow_null=True)
    last_day = serializers.DateField(source="to_on", allow_null=True)
    unmatched = serializers.IntegerField()
    unmatched_total = Pounds(source="unmatched_pence")
    signed_to = serializers.DateField(allow_null=True)
    missing_statements = serializers.IntegerField(source="broken")


class BankStatementRow(serializers.Serializer):
    """A statement without its entries."""

    number = serializers.IntegerField()
    account = serializers.IntegerField(source="bank_account_id")
    reference = serializers.CharField()
    format = serializers.CharField()
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    opening = Pounds(source="opening_pence")
    closing = Pounds(source="closing_pence")
    entries = serializers.IntegerField()


BankStatementPart = part_type(BankStatementRow)


class BankEntry(serializers.Serializer):
    """An entry, how much of it is matched, and what the rest could be."""

    number = serializers.IntegerField(source="line_no")
    booked_on = serializers.DateField()
    value_on = serializers.DateField(allow_null=True)
    amount = Pounds(source="amount_pence")
    matched = Pounds(source="matched_pence")
    party = serializers.CharField()
    text = serializers.CharField()
    references = serializers.CharField(source="refs")
    suggestion = serializers.SerializerMethodField()

    def get_suggestion(self, row: Any) -> str:
        """The reason of what is suggested; empty where nothing is."""
        found = self.context["suggestions"].get(row.pk)
        return found.why if found else ""


class BankStatementDetail(BankStatementRow):
    """A statement with its entries."""

    lines = serializers.SerializerMethodField()

    @extend_schema(responses=BankEntry(many=True))
    def get_lines(self, row: Any) -> list[dict[str, Any]]:
        """Its entries in order."""
        return list(BankEntry(self.context["lines"], many=True, context=self.context).data)


class BankFileTaken(serializers.Serializer):
    """What came of it: whether all in it had come before, and if a person has to choose columns."""

    number = serializers.IntegerField(source="file.number")
    state = serializers.CharField(source="file.state")
    before = serializers.BooleanField()
    statements = serializers.SerializerMethodField()

    def get_statements(self, taken: Any) -> list[int]:
        """The numbers of the statements that are new."""
        return [row.number for row in taken.statements]


class MatchesAsked(serializers.Serializer):
    """The numbers of the entries to be matched as they are suggested."""

    entries = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=1000
    )


class MatchMade(serializers.Serializer):
    """A match and its reason."""

    number = serializers.IntegerField()
    why = serializers.CharField()
    amount = Pounds(source="amount_pence")


class BankAccounts(Endpoint):
    """Bank accounts."""

    permission = SEE_BANK

    @extend_schema(operation_id="bank_accounts_list", responses=BankAccountRow(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """The accounts of this organisation."""
        rows = selectors.account_rows([self.actor.organisation_id])
        return Response(BankAccountRow(rows, many=True).data)


class BankStatements(Endpoint):
    """Bank statements, newest first."""

    permission = SEE_BANK

    @extend_schema(
        operation_id="bank_statements_list",
        responses=BankStatementPart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Statements in the order in which they were loaded, the last first."""
        found = selectors.statement_list([self.actor.organisation_id])
        return Response(BankStatementPart(part_of(request, found, "-number")).data)


class BankStatementOne(Endpoint):
    """One bank statement."""

    permission = SEE_BANK

    @extend_schema(operation_id="bank_statements_read", responses=BankStatementDetail)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A statement with its entries, and what each that is open could be."""
        row = selectors.statement_by_number(self.actor.organisation_id, number)
        context = {
            "lines": list(selectors.lines_of(row)),
            "suggestions": suggestions(row.bank_account),
        }
        return Response(BankStatementDetail(row, context=context).data)


class BankFileSent(FileSent):
    """A statement or a report of a bank, of up to 40 MB."""

    intake = OF_BANKS


class BankFiles(Endpoint):
    """Files of the bank."""

    permission = LOAD_STATEMENTS
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="bank_files_send",
        request={"multipart/form-data": BankFileSent},
        responses={200: BankFileTaken, 201: BankFileTaken},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Takes in a statement or a report; the same twice is recognised (200 instead of 201)."""
        sent = asked(BankFileSent, request)["file"]
        with readable("file", NotAStatement):
            taken = receive_bank_file(name=sent.name, data=sent.read(), by=self.actor)
        return Response(BankFileTaken(taken).data, status=200 if taken.before else 201)


class BankMatches(Endpoint):
    """Matches of a statement."""

    permission = MATCH_BANK
    moves_money = True

    @extend_schema(
        operation_id="bank_statements_match",
        request=MatchesAsked,
        responses={201: MatchMade(many=True)},
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Matches entries as they are suggested, all or none of them."""
        row = selectors.statement_by_number(self.actor.organisation_id, number)
        wanted = set(asked(MatchesAsked, request)["entries"])
        lines = list(selectors.lines_of(row, "open").filter(line_no__in=wanted))
        if len(lines) != len(wanted):
            raise ValidationError("entries: Some are matched already or not of this statement.")
        made = accept_suggestions(
            account=row.bank_account, line_ids=[one.pk for one in lines], by=self.actor
        )
        return Response(MatchMade(made, many=True).data, status=201)
