"""Acts on suppliers, for programs: their facts, terms, bank details, and statements of theirs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import to_pence
from core.web.api import Endpoint, asked
from core.web.api_asked import ColumnsAsked, FileSent, VersionAsked, known_roles, readable
from finance.api_payments import SupplierRow
from finance.api_workbench import StatementDetail
from finance.forms import CHOSEN_BY_HAND
from finance.incoming import STATEMENTS
from finance.models import SupplierBank
from finance.permissions import CHANGE_SUPPLIERS, ENTER_INVOICES, KEEP_COOLING
from finance.reading import Unreadable
from finance.reading.supplier_statement import STATEMENT_ROLES, layout_of, rows_of
from finance.selectors import supplier_statements as statements
from finance.selectors.suppliers import bank_by_id, supplier_by_code
from finance.services import supplier_statements as services
from finance.services.cooling import set_cooling_off
from finance.services.discounts import set_terms
from finance.services.suppliers import change_supplier, propose_bank, record_call


def _text(most: int) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


class SupplierChangeAsked(VersionAsked):
    """What is to be another; what is not given stays."""

    name = serializers.CharField(max_length=200, required=False)
    vat_number = _text(20)
    company_number = _text(20)
    terms_days = serializers.IntegerField(min_value=0, max_value=120, required=False)
    status = serializers.ChoiceField(choices=[one.value for one in CHOSEN_BY_HAND], required=False)
    paid_first = serializers.BooleanField(required=False)
    public_body = serializers.BooleanField(required=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    town = _text(60)
    postcode = _text(10)


class SupplierBankAsked(serializers.Serializer):
    """An account and from when it is used; `sure` that it is right although it fails the check."""

    account_name = serializers.CharField(max_length=60)
    sort_code = serializers.CharField(max_length=8)
    account_number = serializers.CharField(max_length=10)
    from_on = serializers.DateField()
    sure = serializers.BooleanField(default=False)


class SupplierBankRow(serializers.Serializer):
    """Bank details of a supplier: of the account only the last four figures are told."""

    number = serializers.IntegerField(source="pk")
    supplier_code = serializers.CharField(source="supplier.code")
    ending = serializers.CharField(source="account_ending")
    state = serializers.ChoiceField(choices=SupplierBank.State.values)
    from_on = serializers.DateField(source="valid.lower")
    called_outcome = serializers.CharField()
    called_person = serializers.CharField()
    called_at = serializers.DateTimeField(allow_null=True)
    made_by = serializers.CharField(source="made_by_name")


class CallAsked(serializers.Serializer):
    """Who was called on which number, where that was taken from, and what they said."""

    person = serializers.CharField(max_length=80)
    number = serializers.CharField(max_length=24)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SupplierBank.Source.values
    )
    outcome = serializers.ChoiceField(choices=SupplierBank.Call.values)


class TermsAsked(serializers.Serializer):
    """Per cent off invoices dated from a day on that are paid in time, and where it is written."""

    percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=50)
    days = serializers.IntegerField(min_value=0, max_value=180)
    from_on = serializers.DateField()
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]


class TermsRow(TermsAsked):
    """Terms of early payment as they were agreed."""

    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class CoolingOffAsked(serializers.Serializer):
    """Working days between the agreement to bank details and the first payment there, and why."""

    days = serializers.IntegerField(min_value=0, max_value=60)
    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class CoolingOffRow(CoolingOffAsked):
    """The cooling-off from a day on."""

    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class StatementSent(FileSent):
    """A supplier's statement as a table, its date, and the balance that is written on it."""

    intake = STATEMENTS
    supplier = serializers.CharField(max_length=40)
    statement_on = serializers.DateField()
    stated = serializers.DecimalField(max_digits=13, decimal_places=2, required=False)


class StatementColumnsAsked(VersionAsked, ColumnsAsked):
    """What the columns hold, and the version that was seen."""


class SupplierChange(Endpoint):
    """The facts of a supplier."""

    permission = CHANGE_SUPPLIERS

    @extend_schema(
        operation_id="suppliers_change", request=SupplierChangeAsked, responses=SupplierRow
    )
    def post(self, request: Request, organisation: str, code: str) -> Response:
        """Changes what is given and differs (SUP09 to SUP11, SUP27)."""
        row = supplier_by_code(self.actor.organisation_id, code)
        facts = asked(SupplierChangeAsked, request)
        seen = facts.pop("version")
        changed = change_supplier(supplier=row, version=seen, facts=facts, by=self.actor)
        return Response(SupplierRow(changed).data)


class SupplierBankProposal(Endpoint):
    """New bank details of a supplier."""

    permission = CHANGE_SUPPLIERS
    moves_money = True
    bank = True

    @extend_schema(
        operation_id="suppliers_propose_bank",
        request=SupplierBankAsked,
        responses={201: SupplierBankRow},
    )
    def post(self, request: Request, organisation: str, code: str) -> Response:
        """Nothing is paid there before a second person agrees (SUP02, SUP05, SUP18)."""
        row = supplier_by_code(self.actor.organisation_id, code)
        made = propose_bank(supplier=row, by=self.actor, **asked(SupplierBankAsked, request))
        found = bank_by_id(self.actor.organisation_id, made.pk)
        return Response(SupplierBankRow(found).data, status=201)


class SupplierBankCall(Endpoint):
    """A call to the supplier about new bank details."""

    permission = CHANGE_SUPPLIERS
    bank = True

    @extend_schema(
        operation_id="suppliers_record_call", request=CallAsked, responses=SupplierBankRow
    )
    def post(self, request: Request, organisation: str, bank: int) -> Response:
        """Who said what, on a number that was known before (SUP04, SUP08)."""
        row = bank_by_id(self.actor.organisation_id, bank)
        given = asked(CallAsked, request)
        record_call(bank=row, by=self.actor, at=timezone.now(), **given)
        return Response(SupplierBankRow(bank_by_id(self.actor.organisation_id, bank)).data)


class SupplierTerms(Endpoint):
    """Terms of early payment."""

    permission = CHANGE_SUPPLIERS

    @extend_schema(
        operation_id="suppliers_set_terms", request=TermsAsked, responses={201: TermsRow}
    )
    def post(self, request: Request, organisation: str, code: str) -> Response:
        """From a later day than the terms before (SUP28, SUP29)."""
        row = supplier_by_code(self.actor.organisation_id, code)
        given = asked(TermsAsked, request)
        made = set_terms(supplier=row, by=self.actor, at=timezone.now(), **given)
        return Response(TermsRow(made).data, status=201)


class CoolingOffSetting(Endpoint):
    """How long new bank details cool off."""

    permission = KEEP_COOLING

    @extend_schema(
        operation_id="cooling_off_set", request=CoolingOffAsked, responses={201: CoolingOffRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """From a later day than today; what cools off already is not touched (SUP19 to SUP21)."""
        given = asked(CoolingOffAsked, request)
        made = set_cooling_off(by=self.actor, at=timezone.now(), **given)
        return Response(CoolingOffRow(made).data, status=201)


class StatementHere(Endpoint):
    """What is done with one statement of a supplier."""

    permission = ENTER_INVOICES

    def told(self, number: int, status: int = 200) -> Response:
        """The statement with what every line is here."""
        row: Any = statements.statement_by_number(self.actor, number)
        row.told = list(statements.lines_of(row))
        return Response(StatementDetail(row).data, status=status)


class SupplierStatementsSent(StatementHere):
    """New statements of suppliers."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="supplier_statements_send",
        request={"multipart/form-data": StatementSent},
        responses={201: StatementDetail},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Kept, and reconciled at once where such columns were confirmed before (SST01)."""
        given = asked(StatementSent, request)
        supplier = supplier_by_code(self.actor.organisation_id, given["supplier"])
        sent, stated = given["file"], given.get("stated")
        with readable("file", Unreadable):
            row = services.receive_statement(
                supplier=supplier,
                **{"name": sent.name, "data": sent.read(), "by": self.actor},
                statement_on=given["statement_on"],
                stated_pence=None if stated is None else to_pence(stated),
            )
        return self.told(row.number, status=201)


class SupplierStatementColumns(StatementHere):
    """The columns of a statement."""

    @extend_schema(
        operation_id="supplier_statements_choose_columns",
        request=StatementColumnsAsked,
        responses=StatementDetail,
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Says what each column holds; then it is reconciled by them (SST02)."""
        row = statements.statement_by_number(self.actor, number)
        given = asked(StatementColumnsAsked, request)
        width = len(layout_of(rows_of(row.content)).headers)
        columns = known_roles(given["columns"], STATEMENT_ROLES, width)
        with readable("columns", Unreadable):
            services.choose_statement_columns(
                statement=row, version=given["version"], columns=columns, by=self.actor
            )
        return self.told(number)


class SupplierStatementReconciling(StatementHere):
    """A statement held against the books again."""

    @extend_schema(
        operation_id="supplier_statements_reconcile",
        request=VersionAsked,
        responses=StatementDetail,
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Every line is held against the books as they are now."""
        row = statements.statement_by_number(self.actor, number)
        given = asked(VersionAsked, request)
        with readable("columns", Unreadable):
            services.reconcile_statement(statement=row, by=self.actor, **given)
        return self.told(number)
