"""What payroll is set up by, for programs: pay groups, elements, the employer's references."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, NothingAsked, Pounds, asked, checked
from core.web.api_asked import as_typed
from payroll.forms_claims import ElementForm
from payroll.forms_pay import PayGroupForm, ReferencesForm
from payroll.models import PayElement, ProRata
from payroll.models.groups import FREQUENCIES, SCHEMES
from payroll.permissions import KEEP_ELEMENTS, KEEP_PAY_GROUPS
from payroll.selectors.runs import pay_period
from payroll.services.claims import create_element
from payroll.services.groups import bring_forward, create_pay_group
from payroll.services.references import record_references


class PayGroupAsked(serializers.Serializer):
    """A pay group: who is in it (a scale by its code, or all who are in no other group), when it
    is paid, by which rules and from which account."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=80)
    scale = serializers.CharField(max_length=20, default="", allow_blank=True)
    frequency = serializers.ChoiceField(choices=[value for value, _label in FREQUENCIES])
    anchor_on = serializers.DateField()
    pro_rata = serializers.ChoiceField(choices=ProRata.values, default=ProRata.WORKING)
    limit_percent = serializers.IntegerField(min_value=1, max_value=500, default=20)
    scheme = serializers.ChoiceField(choices=[value for value, _label in SCHEMES], default=0)
    member_rate_percent = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=60, default=Decimal()
    )
    employer_rate_percent = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=60, default=Decimal()
    )
    allow_derived = serializers.BooleanField(default=False)
    bank_account = serializers.IntegerField(min_value=1, max_value=2**31)


class PayGroupRow(serializers.Serializer):
    """A pay group as it was set up."""

    code = serializers.CharField()
    name = serializers.CharField()
    frequency = serializers.CharField()
    anchor_on = serializers.DateField()


class ElementAsked(serializers.Serializer):
    """A kind of pay that can be claimed; hours are worth so many per cent of the hourly rate."""

    code = serializers.SlugField(max_length=20)
    name = serializers.CharField(max_length=60)
    basis = serializers.ChoiceField(choices=PayElement.Basis.values)
    percent = serializers.IntegerField(min_value=1, max_value=400, required=False)
    taxed = serializers.BooleanField(default=True)
    pensionable = serializers.BooleanField(default=False)


class ElementRow(serializers.Serializer):
    """A kind of pay as it was set up."""

    code = serializers.CharField()
    name = serializers.CharField()
    basis = serializers.ChoiceField(choices=PayElement.Basis.values)
    percent = serializers.IntegerField()
    taxed = serializers.BooleanField()
    pensionable = serializers.BooleanField()


class ReferencesAsked(serializers.Serializer):
    """The references as HMRC gave them, and the address that stands on a P60 and a P45."""

    paye_reference = serializers.CharField(max_length=20)
    accounts_office = serializers.CharField(max_length=20)
    address = serializers.CharField(max_length=200)
    small_employer = serializers.BooleanField(default=False)
    from_on = serializers.DateField()
    claims_allowance = serializers.BooleanField(default=False)
    levy_share = serializers.DecimalField(
        max_digits=11, decimal_places=2, min_value=0, default=None, allow_null=True
    )


class ReferencesRow(serializers.Serializer):
    """References as they were recorded."""

    paye_reference = serializers.CharField()
    accounts_office = serializers.CharField()
    address = serializers.CharField()
    small_employer = serializers.BooleanField()
    from_on = serializers.DateField()
    claims_allowance = serializers.BooleanField()
    levy_share = Pounds(source="levy_share_pence", allow_null=True)
    recorded_by = serializers.CharField(source="recorded_by_name")


class PayGroupSetting(Endpoint):
    """New pay groups."""

    permission = KEEP_PAY_GROUPS
    moves_money = True

    @extend_schema(
        operation_id="pay_groups_create", request=PayGroupAsked, responses={201: PayGroupRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """With its periods as far as bank holidays are published (PRL06, PRL07)."""
        given = asked(PayGroupAsked, request)
        form = PayGroupForm(organisation_id=self.actor.organisation_id)
        keys = {one.code: key for key, one in form.scales.items()} | {"": ""}
        if given["scale"] not in keys:
            raise NotFound("There is no such pay scale.")
        given["scale"] = keys[given["scale"]]
        form = PayGroupForm(as_typed(given), organisation_id=self.actor.organisation_id)
        checked(form)
        group = create_pay_group(**form.facts, by=self.actor)
        return Response(PayGroupRow(group).data, status=201)


class BroughtForward(serializers.Serializer):
    """Of how many people pay and tax of the year were brought forward."""

    people = serializers.IntegerField()


class BringingForward(Endpoint):
    """Pay of the tax year from before the first run of a group."""

    permission = KEEP_PAY_GROUPS
    moves_money = True

    @extend_schema(
        operation_id="pay_periods_bring_forward", request=NothingAsked, responses=BroughtForward
    )
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """As if it had been paid by today's record; who has figures keeps them (BRF01)."""
        asked(NothingAsked, request)
        found = pay_period(self.actor.organisation_id, period)
        people = bring_forward(period=found, by=self.actor)
        return Response(BroughtForward({"people": people}).data)


class ElementSetting(Endpoint):
    """New kinds of pay."""

    permission = KEEP_ELEMENTS

    @extend_schema(
        operation_id="pay_elements_create", request=ElementAsked, responses={201: ElementRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """It can be claimed from now on, and is never changed (PRL23)."""
        facts = checked(ElementForm(as_typed(asked(ElementAsked, request))))
        made = create_element(**facts, by=self.actor)
        return Response(ElementRow(made).data, status=201)


class ReferencesRecording(Endpoint):
    """References of the employer."""

    permission = KEEP_PAY_GROUPS

    @extend_schema(
        operation_id="pay_references_record",
        request=ReferencesAsked,
        responses={201: ReferencesRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """From a day on; what held before stays recorded (PRL40)."""
        form = ReferencesForm(as_typed(asked(ReferencesAsked, request)))
        checked(form)
        row = record_references(**form.facts, by=self.actor, at=timezone.now())
        return Response(ReferencesRow(row).data, status=201)
