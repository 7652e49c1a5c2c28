"""Net pay that came back, for programs: recording it, proposing it again, releasing that."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import to_pence
from core.web.api import Endpoint, NothingAsked, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.formats.bank_reports import RETURN_REASONS
from payroll.models import PayAgain, PayReturn
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors import returns as selectors
from payroll.selectors.runs import pay_run
from payroll.services import paying_again as services
from payroll.services.returns import return_file, return_pay


class PayReturnRow(serializers.Serializer):
    """A payment that came back, and the number under which it is paid again, if it is."""

    payment = serializers.IntegerField(source="payment.number")
    employee = serializers.IntegerField(source="payment.payslip.number")
    kind = serializers.ChoiceField(choices=PayReturn.Kind.values)
    code = serializers.CharField(source="reason_code")
    reason = serializers.CharField()
    returned_on = serializers.DateField()
    amount = Pounds(source="amount_pence")
    again = serializers.SerializerMethodField()

    def get_again(self, row: Any) -> int | None:
        """None while it is owed and nobody proposed it."""
        parts = row.standing
        return parts[0].pay_again.number if parts else None


class PayReturnOfAll(PayReturnRow):
    """The same with the number of its pay run."""

    pay_run = serializers.IntegerField(source="payment.pay_run.number")


PayReturnPart = part_type(PayReturnRow)
PayReturnOfAllPart = part_type(PayReturnOfAll)


class PayReturnsQuery(serializers.Serializer):
    """What can be asked for: `text` is an employee number or the beginning of a name."""

    state = serializers.ChoiceField(choices=list(selectors.STATES), required=False)
    kind = serializers.ChoiceField(choices=PayReturn.Kind.values, required=False)
    text = serializers.CharField(max_length=80, required=False)
    since = serializers.DateField(required=False, help_text="The first day it came back on.")
    until = serializers.DateField(required=False, help_text="The last day it came back on.")


class PayReturnAsked(serializers.Serializer):
    """Whose last payment of the run came back, and what the bank said."""

    employee = serializers.IntegerField(min_value=1, max_value=10**12)
    kind = serializers.ChoiceField(choices=PayReturn.Kind.values)
    code = serializers.ChoiceField(choices=list(RETURN_REASONS), default="", allow_blank=True)
    reason = serializers.CharField(max_length=200)


class PayFileAsked(serializers.Serializer):
    """What the bank said of a file that it turned down, and what the payments left come to."""

    total = serializers.DecimalField(max_digits=15, decimal_places=2)
    code = serializers.ChoiceField(choices=list(RETURN_REASONS), default="", allow_blank=True)
    reason = serializers.CharField(max_length=200)


class PayFileReturnedOut(serializers.Serializer):
    """How many payments were reversed."""

    payments = serializers.IntegerField()


class PayAgainAsked(serializers.Serializer):
    """Whose pay is paid again, and on which day it is to arrive."""

    employees = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**12), min_length=1, max_length=500
    )
    pays_on = serializers.DateField()


class PayAgainOut(serializers.Serializer):
    """What is paid again; nobody's name or account."""

    number = serializers.IntegerField()
    pay_run = serializers.IntegerField(source="pay_run.number")
    pays_on = serializers.DateField()
    state = serializers.ChoiceField(choices=PayAgain.State.values)
    payments = serializers.IntegerField()
    total = Pounds(source="total_pence")
    made_by = serializers.CharField(source="made_by_name")
    released_by = serializers.CharField(source="released_by_name")


class PayTotalAsked(serializers.Serializer):
    """The total as the second person has added it up."""

    total = serializers.DecimalField(max_digits=15, decimal_places=2)


class PayReturns(Endpoint):
    """What came back of a pay run."""

    permission = SEE_PAYSLIPS

    @extend_schema(
        operation_id="pay_returns_list", responses=PayReturnPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """In the order in which it came."""
        found = selectors.came_back(pay_run(self.actor.organisation_id, number))
        return Response(PayReturnPart(part_of(request, found, "id")).data)


class PayReturnsOfAll(Endpoint):
    """What came back of all pay runs."""

    permission = SEE_PAYSLIPS

    @extend_schema(
        operation_id="pay_returns_list_all",
        responses=PayReturnOfAllPart,
        parameters=[PayReturnsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The last first."""
        query = queried(PayReturnsQuery, request)
        found = selectors.returns_here(self.actor.organisation_id, **query)
        part = part_of(request, found, "-returned_on", "-id")
        return Response(PayReturnOfAllPart(part).data)


class PayReturnRecorded(Endpoint):
    """Recording what came back."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="pay_returns_record", request=PayReturnAsked, responses={201: PayReturnRow}
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Reverses it once; the pay is owed again (PRL13, PRL25, PRT01)."""
        run = pay_run(self.actor.organisation_id, number)
        given = asked(PayReturnAsked, request)
        made = return_pay(pay_run=run, by=self.actor, at=timezone.now(), **given)
        return Response(PayReturnRow(selectors.came_back(run).get(pk=made.pk)).data, status=201)


class PayFileReturned(Endpoint):
    """Recording that the bank turned the file of a run down whole."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="pay_returns_record_file", request=PayFileAsked,
        responses={201: PayFileReturnedOut},
    )  # fmt: skip
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Reverses all that did not come back yet, in one act (PRL13, PRT01, PRT09)."""
        run = pay_run(self.actor.organisation_id, number)
        given = asked(PayFileAsked, request)
        count = return_file(
            pay_run=run, typed_total_pence=to_pence(given["total"]), reason=given["reason"],
            code=given["code"], by=self.actor, at=timezone.now(),
        )  # fmt: skip
        return Response(PayFileReturnedOut({"payments": count}).data, status=201)


class PayReturnsAgain(Endpoint):
    """Proposing to pay again what came back."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="pay_returns_pay_again", request=PayAgainAsked, responses={201: PayAgainOut}
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """To the accounts in force on the day (PRL18, PRL25, PRT02 to PRT04)."""
        run = pay_run(self.actor.organisation_id, number)
        given = asked(PayAgainAsked, request)
        made = services.propose_again(pay_run=run, by=self.actor, at=timezone.now(), **given)
        return Response(PayAgainOut(made).data, status=201)


class PayAgainOne(Endpoint):
    """What is paid again."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="pay_again_read", responses=PayAgainOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """Its state and total."""
        found = selectors.pay_again_numbered(self.actor.organisation_id, number)
        return Response(PayAgainOut(found).data)


class PayAgainRelease(Endpoint):
    """The release of what is paid again."""

    permission = APPROVE_PAY
    moves_money = True
    bank = True

    @extend_schema(
        operation_id="pay_again_release", request=PayTotalAsked, responses={201: PayAgainOut}
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """By a second person who knows the total (PRL25, PRT04 to PRT08, PAY12)."""
        found = selectors.pay_again_numbered(self.actor.organisation_id, number)
        total = to_pence(asked(PayTotalAsked, request)["total"])
        done = services.release_again(
            again=found, typed_total_pence=total, by=self.actor, at=timezone.now()
        )
        return Response(PayAgainOut(done).data, status=201)


class PayAgainCancellation(Endpoint):
    """The end of a proposal."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="pay_again_cancel", request=NothingAsked, responses={201: PayAgainOut}
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """What is in it is owed as before (PRT08)."""
        asked(NothingAsked, request)
        found = selectors.pay_again_numbered(self.actor.organisation_id, number)
        done = services.cancel_again(again=found, by=self.actor, at=timezone.now())
        return Response(PayAgainOut(done).data, status=201)
