"""Schedules of recurring invoices, for programs: the list, one with its days, agreeing, ending."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, checked
from core.web.api_asked import MOST, VersionAsked, as_typed
from finance.entries import plan_of
from finance.forms_workbench import ScheduleForm
from finance.models import RecurringInvoice as Schedule
from finance.permissions import AGREE_SCHEDULES, ENTER_INVOICES, SEE_INVOICES
from finance.selectors.coding import account_choices, unit_choices
from finance.selectors.holds import people_on_invoices
from finance.selectors.recurring import days_of, not_arrived, schedule_by_number, schedules
from finance.selectors.suppliers import supplier_by_code
from finance.services.recurring import decide_schedule, end_schedule, propose_schedule


class ScheduleRow(serializers.Serializer):
    """A schedule of recurring invoices."""

    number = serializers.IntegerField()
    supplier_code = serializers.CharField(source="supplier.code")
    description = serializers.CharField()
    frequency = serializers.CharField()
    state = serializers.CharField()
    first_on = serializers.DateField()
    last_on = serializers.DateField(allow_null=True)
    expected = Pounds(source="expected_pence")
    tolerance = Pounds(source="tolerance_pence")
    owner = serializers.CharField(source="owner_name")
    version = serializers.IntegerField()
    missed_on = serializers.SerializerMethodField()

    def get_missed_on(self, row: Any) -> list[str]:
        """The days on which an invoice should have come and has not."""
        return [day.isoformat() for day in self.context["missed"].get(row.pk, ())]


class ScheduleDay(serializers.Serializer):
    """A day of a schedule and what came for it."""

    expected_on = serializers.DateField()
    invoice = serializers.IntegerField(
        source="arrival.invoice.number", default=None, allow_null=True
    )
    fits = serializers.BooleanField(source="arrival.fits", default=None, allow_null=True)
    words = serializers.CharField(source="arrival.words", default="")
    missed = serializers.BooleanField()


class ScheduleOut(ScheduleRow):
    """A schedule with who proposed and decided it, and its days, the newest first."""

    mark = serializers.CharField()
    grace_days = serializers.IntegerField()
    coding = serializers.CharField(source="coding.account.code")
    made_by = serializers.CharField(source="made_by_name")
    decided_by = serializers.CharField(source="decided_by_name")
    ended_reason = serializers.CharField()
    days = ScheduleDay(many=True)


class ScheduleDecisionAsked(VersionAsked):
    """Is it in use from now on, or refused? And the version that was seen."""

    agree = serializers.BooleanField()


class ScheduleEndAsked(VersionAsked):
    """The last day on which an invoice is expected, why, and the version that was seen."""

    last_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class RecurringInvoices(Endpoint):
    """Schedules of recurring invoices."""

    permission = SEE_INVOICES

    @extend_schema(operation_id="recurring_invoices_list", responses=ScheduleRow(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """Every schedule, with the days on which nothing came."""
        here = [self.actor.organisation_id]
        missed: dict[int, list[Any]] = {}
        for one in not_arrived(here, request.today):  # type: ignore[attr-defined]
            missed.setdefault(one.schedule.pk, []).append(one.expected_on)
        rows = schedules(here)
        return Response(ScheduleRow(rows, many=True, context={"missed": missed}).data)


class ScheduleHere(Endpoint):
    """What is asked or done of one schedule: each answers with the schedule as it is now."""

    def told(self, request: Any, number: int, status: int = 200) -> Response:
        """The schedule with its days. NotFound."""
        row: Any = schedule_by_number(self.actor, number)
        row.days = days_of(row, request.today)
        missed = {row.pk: [day.expected_on for day in row.days if day.missed]}
        return Response(ScheduleOut(row, context={"missed": missed}).data, status=status)


class ScheduleAsked(serializers.Serializer):
    """What a supplier is expected to send, for how much, give or take, and how often.

    `mark` are words that stand on these invoices, `grace_days` pass until one is missed, the owner
    is asked when one differs: a person by their number.
    """

    supplier = serializers.CharField(max_length=40)
    description = serializers.CharField(max_length=120)
    mark = serializers.CharField(max_length=60, default="", allow_blank=True)
    expected = serializers.DecimalField(max_digits=13, decimal_places=2, min_value=0)
    tolerance = serializers.DecimalField(
        max_digits=13, decimal_places=2, min_value=0, default=Decimal()
    )
    frequency = serializers.ChoiceField(choices=Schedule.Frequency.values)
    first_on = serializers.DateField()
    last_on = serializers.DateField(default=None, allow_null=True)
    grace_days = serializers.IntegerField(min_value=0, max_value=90, default=5)
    account = serializers.CharField(max_length=20)
    unit = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=MOST)
    owner = serializers.IntegerField(min_value=1, max_value=MOST)


class RecurringInvoiceProposal(ScheduleHere):
    """New schedules."""

    permission = ENTER_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="recurring_invoices_propose",
        request=ScheduleAsked,
        responses={201: ScheduleOut},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Nothing is expected before a second person agrees (REC01, INV04, INV14)."""
        given, here = asked(ScheduleAsked, request), self.actor.organisation_id
        supplier = supplier_by_code(here, given.pop("supplier"))
        form = ScheduleForm(
            as_typed(given),
            accounts=account_choices(here),
            units=unit_choices(here, request.today),
            people=people_on_invoices(here, request.today),
        )
        plan = plan_of(checked(form))
        row = propose_schedule(supplier=supplier, plan=plan, by=self.actor, as_of=request.today)
        return self.told(request, row.number, status=201)


class RecurringInvoice(ScheduleHere):
    """One schedule."""

    permission = SEE_INVOICES

    @extend_schema(operation_id="recurring_invoices_read", responses=ScheduleOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A schedule with every day until now, and the next one."""
        return self.told(request, number)


class RecurringInvoiceDecision(ScheduleHere):
    """The decision on a schedule."""

    permission = AGREE_SCHEDULES

    @extend_schema(
        operation_id="recurring_invoices_decide",
        request=ScheduleDecisionAsked,
        responses=ScheduleOut,
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """By a second person (REC02), once (REC03)."""
        row, given = schedule_by_number(self.actor, number), asked(ScheduleDecisionAsked, request)
        decide_schedule(schedule=row, by=self.actor, **given)
        return self.told(request, number)


class RecurringInvoiceEnd(ScheduleHere):
    """The end of a schedule."""

    permission = ENTER_INVOICES

    @extend_schema(
        operation_id="recurring_invoices_end", request=ScheduleEndAsked, responses=ScheduleOut
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Nothing is expected after that day; earlier days stay (REC01, REC04)."""
        row, given = schedule_by_number(self.actor, number), asked(ScheduleEndAsked, request)
        end_schedule(schedule=row, by=self.actor, **given)
        return self.told(request, number)
