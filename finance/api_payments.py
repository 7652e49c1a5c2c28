"""Paying for programs: runs with proposal and release, payments with returns, and suppliers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import to_pence
from core.web.api import Endpoint, Pounds, asked, checked, queried
from core.web.api_asked import VersionAsked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.forms_payments import ProposalForm
from finance.models import Payment, PaymentReturn, PaymentRun, Supplier
from finance.permissions import (
    PROPOSE_PAYMENTS,
    RELEASE_PAYMENTS,
    RETURN_PAYMENTS,
    SEE_PAYMENTS,
    SEE_SUPPLIERS,
)
from finance.selectors import payments as selectors
from finance.selectors.suppliers import supplier_by_code, supplier_list
from finance.services import payments as services
from finance.services.returns import record_answer, return_payment


class PaymentRunRow(serializers.Serializer):
    """A run of payments: one person proposes it, another releases it."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PaymentRun.State.values)
    method = serializers.ChoiceField(choices=PaymentRun.Method.values)
    due_to = serializers.DateField()
    pay_on = serializers.DateField()
    payments = serializers.IntegerField()
    total = Pounds(source="total_pence")
    made_by = serializers.CharField(source="made_by_name")
    released_by = serializers.CharField(source="released_by_name")
    released_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class PaymentRunsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=PaymentRun.State.values, required=False)


class ProposalAsked(serializers.Serializer):
    """What is due up to a day is paid on a day, from a bank account by its number."""

    due_to = serializers.DateField()
    pay_on = serializers.DateField()
    bank_account = serializers.IntegerField(min_value=1, max_value=2**31)
    method = serializers.ChoiceField(choices=["bacs", "faster"], required=False)


class PaymentRow(serializers.Serializer):
    """Money to one supplier; of the account only the last four figures are told."""

    number = serializers.IntegerField()
    run = serializers.IntegerField(source="payment_run.number")
    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    amount = Pounds(source="amount_pence")
    state = serializers.ChoiceField(choices=Payment.State.values)
    paid_on = serializers.DateField()
    ending = serializers.CharField(source="account_ending")


class PaymentsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=Payment.State.values, required=False)
    run = serializers.IntegerField(required=False, min_value=1, max_value=2**31)


class Money(serializers.DecimalField):
    """Pounds with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=15, decimal_places=2, **kwargs)


class ReleaseAsked(VersionAsked):
    """The total as the second person has added it up, and the version that they saw."""

    total = Money()


class AnswerAsked(serializers.Serializer):
    """What the bank said about a whole file, and who said so when."""

    answer = serializers.ChoiceField(choices=["accepted", "rejected", "unknown"])
    reason = serializers.CharField(max_length=200)


class ReturnAsked(serializers.Serializer):
    """What happened to a payment, and what the bank said."""

    kind = serializers.ChoiceField(choices=PaymentReturn.Kind.values)
    reason = serializers.CharField(max_length=200)


class SupplierRow(serializers.Serializer):
    """A party that is paid."""

    code = serializers.CharField()
    name = serializers.CharField()
    vat_number = serializers.CharField()
    company_number = serializers.CharField()
    status = serializers.ChoiceField(choices=Supplier.Status.values)
    terms_days = serializers.IntegerField()
    town = serializers.CharField()
    version = serializers.IntegerField()


class SuppliersQuery(serializers.Serializer):
    """What can be asked for: `q` begins a name or is a whole code."""

    q = serializers.CharField(required=False, max_length=80)
    status = serializers.ChoiceField(choices=Supplier.Status.values, required=False)


PaymentRunPart = part_type(PaymentRunRow)
PaymentPart = part_type(PaymentRow)
SupplierPart = part_type(SupplierRow)


class PaymentRuns(Endpoint):
    """Payment runs, newest first."""

    permission = SEE_PAYMENTS
    bank = True

    @extend_schema(
        operation_id="payment_runs_list",
        responses=PaymentRunPart,
        parameters=[PaymentRunsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The runs of this organisation."""
        wanted = queried(PaymentRunsQuery, request)
        found = selectors.run_list([self.actor.organisation_id], wanted.get("state", ""))
        return Response(PaymentRunPart(part_of(request, found, "-number")).data)


class PaymentProposals(Endpoint):
    """Proposals of what to pay."""

    permission = PROPOSE_PAYMENTS
    moves_money = True
    bank = True

    @extend_schema(
        operation_id="payment_runs_propose", request=ProposalAsked, responses={201: PaymentRunRow}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Ties what is due to payments of a new run; nothing leaves before it is released."""
        asked(ProposalAsked, request)
        form = ProposalForm(
            request.data, organisation_id=self.actor.organisation_id, today=request.today
        )
        run = services.propose_run(**checked(form), by=self.actor)
        return Response(PaymentRunRow(run).data, status=201)


class PaymentRunOne(Endpoint):
    """One payment run."""

    permission = SEE_PAYMENTS
    bank = True

    @extend_schema(operation_id="payment_runs_read", responses=PaymentRunRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A run of this organisation."""
        run = selectors.run_by_number(self.actor.organisation_id, number)
        return Response(PaymentRunRow(run).data)


class PaymentRunRelease(Endpoint):
    """The release of a run."""

    permission = RELEASE_PAYMENTS
    moves_money = True
    bank = True

    @extend_schema(
        operation_id="payment_runs_release", request=ReleaseAsked, responses=PaymentRunRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Makes the bank files and posts the journal: by a second person who knows the total."""
        found = selectors.run_by_number(self.actor.organisation_id, number)
        given = asked(ReleaseAsked, request)
        run = services.release_run(
            run=found,
            typed_total_pence=to_pence(given["total"]),
            version=given["version"],
            by=self.actor,
        )
        return Response(PaymentRunRow(run).data)


class PaymentRunCancellation(Endpoint):
    """The end of a proposal."""

    permission = PROPOSE_PAYMENTS
    moves_money = True
    bank = True

    @extend_schema(
        operation_id="payment_runs_cancel", request=VersionAsked, responses=PaymentRunRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Cancels a proposed run; its invoices wait for another one."""
        run = services.cancel_run(
            run=selectors.run_by_number(self.actor.organisation_id, number),
            version=asked(VersionAsked, request)["version"],
            by=self.actor,
        )
        return Response(PaymentRunRow(run).data)


class PaymentRunAnswer(Endpoint):
    """The answer of the bank to the file of a run."""

    permission = RETURN_PAYMENTS
    moves_money = True
    bank = True

    @extend_schema(operation_id="payment_runs_answer", request=AnswerAsked, responses=PaymentRunRow)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Notes what the bank said; a rejected file opens all its invoices again."""
        run = selectors.run_by_number(self.actor.organisation_id, number)
        record_answer(run=run, by=self.actor, **asked(AnswerAsked, request))
        run.refresh_from_db()
        return Response(PaymentRunRow(run).data)


class Payments(Endpoint):
    """Payments, newest first."""

    permission = SEE_PAYMENTS

    @extend_schema(
        operation_id="payments_list",
        responses=PaymentPart,
        parameters=[PaymentsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The payments of this organisation; without `state` those that left."""
        wanted = selectors.PaymentFilters(**queried(PaymentsQuery, request))
        found = selectors.payment_list([self.actor.organisation_id], wanted)
        found = found.select_related("payment_run", "supplier")
        return Response(PaymentPart(part_of(request, found, "-number")).data)


class PaymentOne(Endpoint):
    """One payment."""

    permission = SEE_PAYMENTS

    @extend_schema(operation_id="payments_read", responses=PaymentRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A payment of this organisation."""
        found = selectors.payment_by_number(self.actor.organisation_id, number)
        return Response(PaymentRow(found).data)


class PaymentReturning(Endpoint):
    """A payment that did not arrive."""

    permission = RETURN_PAYMENTS
    moves_money = True

    @extend_schema(operation_id="payments_return", request=ReturnAsked, responses={201: PaymentRow})
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Reverses it once; its invoices are open again."""
        found = selectors.payment_by_number(self.actor.organisation_id, number)
        return_payment(payment=found, by=self.actor, **asked(ReturnAsked, request))
        found.refresh_from_db()
        return Response(PaymentRow(found).data, status=201)


class Suppliers(Endpoint):
    """Suppliers by name."""

    permission = SEE_SUPPLIERS

    @extend_schema(
        operation_id="suppliers_list",
        responses=SupplierPart,
        parameters=[SuppliersQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The suppliers of this organisation."""
        wanted = queried(SuppliersQuery, request)
        found = supplier_list(
            [self.actor.organisation_id], text=wanted.get("q", ""), status=wanted.get("status", "")
        )
        return Response(SupplierPart(part_of(request, found, "name_norm", "id")).data)


class SupplierOne(Endpoint):
    """One supplier."""

    permission = SEE_SUPPLIERS

    @extend_schema(operation_id="suppliers_read", responses=SupplierRow)
    def get(self, request: Request, organisation: str, code: str) -> Response:
        """A supplier of this organisation by its code."""
        return Response(SupplierRow(supplier_by_code(self.actor.organisation_id, code)).data)
