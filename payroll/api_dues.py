"""What is owed to others out of pay, for programs: the list, paying over, payees."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, checked
from core.web.api_asked import as_typed
from finance.selectors.suppliers import supplier_by_code
from payroll.forms_dues import PayeeForm, PayOverForm
from payroll.models import CreditorKind
from payroll.models.groups import SCHEMES
from payroll.permissions import PAY_OVER, SEE_DUES
from payroll.selectors.dues import (
    Key,
    controls_of,
    day_due,
    owed_here,
    payees_by_key,
    payees_of,
    words_of,
)
from payroll.services.paying_over import pay_over, record_payee

MOST = 500


class DueRow(serializers.Serializer):
    """What is owed one creditor for one month; `key` names it to who pays it over."""

    key = serializers.CharField()
    creditor = serializers.CharField(source="name")
    words = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    owed = Pounds()
    proposed = Pounds()
    paid = Pounds()
    left = Pounds()

    def get_words(self, one: Any) -> str:
        """What it is for."""
        return words_of(one)

    def get_due_on(self, one: Any) -> str:
        """By when it has to be with the creditor."""
        return day_due(one, self.context["payees"].get(one.payee_key)).isoformat()


class ControlRow(serializers.Serializer):
    """A control account; its difference is nothing unless something else was posted there."""

    code = serializers.CharField()
    owed = Pounds()
    paid = Pounds()
    balance = Pounds()
    difference = Pounds()


class DuesOut(serializers.Serializer):
    """What is not paid over, the newest month first, at most 500; and the control accounts."""

    dues = DueRow(many=True)
    controls = ControlRow(many=True)


class PayOverAsked(serializers.Serializer):
    """What is paid over, when it arrives, and the account that it leaves."""

    owed = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=50
    )
    pay_on = serializers.DateField()
    bank_account = serializers.IntegerField(min_value=1, max_value=2**31)


class PayOverOut(serializers.Serializer):
    """The payment run that a second person releases."""

    payment_run = serializers.IntegerField(source="number")
    pay_on = serializers.DateField()
    payments = serializers.IntegerField()
    total = Pounds(source="total_pence")


class PayeeAsked(serializers.Serializer):
    """Which supplier, by its code, is paid for a creditor; of orders the name that they state."""

    kind = serializers.ChoiceField(choices=CreditorKind.values)
    scheme = serializers.ChoiceField(choices=[value for value, _label in SCHEMES], default=0)
    creditor = serializers.CharField(max_length=100, default="", allow_blank=True)
    supplier = serializers.CharField(max_length=40)
    reference = serializers.CharField(max_length=18, default="", allow_blank=True)
    due_day = serializers.IntegerField(min_value=1, max_value=28)


class PayeeRow(serializers.Serializer):
    """A payee as it was recorded."""

    kind = serializers.ChoiceField(choices=CreditorKind.values)
    scheme = serializers.IntegerField()
    supplier = serializers.CharField(source="supplier.code")
    reference = serializers.CharField()
    due_day = serializers.IntegerField()


class PayeeOut(PayeeRow):
    """Who is paid for a creditor, as last recorded."""

    creditor = serializers.CharField()
    supplier_name = serializers.CharField(source="supplier.name")


class Dues(Endpoint):
    """What is owed to others out of committed pay runs."""

    permission = SEE_DUES

    @extend_schema(operation_id="pay_dues_list", responses=DuesOut)
    def get(self, request: Request, organisation: str) -> Response:
        """By creditor and month, with the control accounts that it reconciles to."""
        here = self.actor.organisation_id
        found = {"dues": owed_here(here, most=MOST), "controls": controls_of(here)}
        return Response(DuesOut(found, context={"payees": payees_by_key(here)}).data)


class DuesPaidOver(Endpoint):
    """Paying over what is owed."""

    permission = PAY_OVER
    moves_money = True

    @extend_schema(
        operation_id="pay_dues_pay_over", request=PayOverAsked, responses={201: PayOverOut}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """A proposal, which a second person releases (OWE01 to OWE04); asked again, the same."""
        given = asked(PayOverAsked, request)
        keys = [Key.read(text) for text in given.pop("owed")]
        form = PayOverForm(as_typed(given), organisation_id=self.actor.organisation_id)
        run = pay_over(keys=keys, **checked(form), by=self.actor, at=timezone.now())
        return Response(PayOverOut(run).data, status=201)


class PayeeRecorded(Endpoint):
    """Recording who is paid for a creditor."""

    permission = PAY_OVER
    moves_money = True

    @extend_schema(operation_id="pay_payees_record", request=PayeeAsked, responses={201: PayeeRow})
    def post(self, request: Any, organisation: str) -> Response:
        """From now on; what is proposed already stays (OWE04, OWE05)."""
        facts = checked(PayeeForm(as_typed(asked(PayeeAsked, request))))
        supplier = supplier_by_code(self.actor.organisation_id, facts.pop("supplier").strip())
        made = record_payee(**facts, supplier=supplier, by=self.actor, at=timezone.now())
        return Response(PayeeRow(made).data, status=201)


class Payees(Endpoint):
    """Who is paid for creditors."""

    permission = SEE_DUES

    @extend_schema(operation_id="pay_payees_list", responses=PayeeOut(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """By kind of creditor."""
        return Response(PayeeOut(payees_of(self.actor.organisation_id), many=True).data)
