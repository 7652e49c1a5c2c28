"""Periods for programs: how they stand, what keeps them from closing, closing and reopening."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import Period
from finance.permissions import CLOSE_PERIODS, POST_JOURNALS, SEE_LEDGER
from finance.selectors.closing import ASSERTIONS, standings
from finance.selectors.periods import period_here, periods_here
from finance.services.closing import REASON_LENGTH, agree_waiver, ask_waiver
from finance.services.periods import close_period, reopen_period, soft_close_period


class PeriodRow(serializers.Serializer):
    """A month of the books; `year` is the one in which its financial year begins."""

    period = serializers.IntegerField(help_text="The month as yyyymm.")
    year = serializers.IntegerField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Period.Status.values)
    moved_by = serializers.CharField(source="moved_by_name")
    moved_at = serializers.DateTimeField(allow_null=True)


class AssertionRow(serializers.Serializer):
    """What must be so before the period closes, and who agreed that it need not."""

    key = serializers.CharField(source="assertion.key")
    says = serializers.CharField(source="assertion.says")
    remedy = serializers.CharField(source="assertion.remedy")
    found = serializers.IntegerField()
    amount = Pounds(source="pence")
    stands_in_the_way = serializers.BooleanField()
    waiver_reason = serializers.CharField(source="waiver.reason", default="")
    waiver_asked_by = serializers.CharField(source="waiver.asked_by_name", default="")
    waiver_agreed_by = serializers.CharField(source="waiver.agreed_by_name", default="")


class PeriodOut(PeriodRow):
    """A period with every assertion as things stand now."""

    assertions = AssertionRow(many=True, source="told")


class PeriodsQuery(serializers.Serializer):
    """What can be asked for."""

    year = serializers.IntegerField(required=False, min_value=1900, max_value=9999)
    status = serializers.ChoiceField(choices=Period.Status.values, required=False)


class ReopeningAsked(serializers.Serializer):
    """Why the period goes one step back."""

    reason = serializers.CharField(max_length=REASON_LENGTH)


class WaiverAgreed(serializers.Serializer):
    """Which assertion need not hold."""

    assertion = serializers.ChoiceField(choices=[each.key for each in ASSERTIONS])


class WaiverAsked(WaiverAgreed):
    """Which assertion need not hold, and why."""

    reason = serializers.CharField(max_length=REASON_LENGTH)


PeriodPart = part_type(PeriodRow)


class Periods(Endpoint):
    """Periods, the newest first."""

    permission = SEE_LEDGER

    @extend_schema(
        operation_id="periods_list",
        responses=PeriodPart,
        parameters=[PeriodsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The periods of every financial year that has begun."""
        found = periods_here(self.actor.organisation_id, **queried(PeriodsQuery, request))
        return Response(PeriodPart(part_of(request, found, "-period")).data)


class PeriodHere(Endpoint):
    """What is asked or done of one period: each answers with the period as it is now."""

    def told(self, period: int) -> Response:
        """The period with its assertions. NotFound."""
        here = self.actor.organisation_id
        row: Any = period_here(here, period)
        row.told = standings(here, period)
        return Response(PeriodOut(row).data)


class PeriodOne(PeriodHere):
    """One period."""

    permission = SEE_LEDGER

    @extend_schema(operation_id="periods_read", responses=PeriodOut)
    def get(self, request: Request, organisation: str, period: int) -> Response:
        """A period with what keeps it from closing."""
        return self.told(period)


class PeriodSoftClosing(PeriodHere):
    """The first step of closing."""

    permission = CLOSE_PERIODS

    @extend_schema(operation_id="periods_soft_close", request=NothingAsked, responses=PeriodOut)
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """From now on only those who close periods post into it (LED06, LED07)."""
        period_here(self.actor.organisation_id, period)
        asked(NothingAsked, request)
        soft_close_period(period=period, by=self.actor)
        return self.told(period)


class PeriodClosing(PeriodHere):
    """The second step of closing."""

    permission = CLOSE_PERIODS

    @extend_schema(operation_id="periods_close", request=NothingAsked, responses=PeriodOut)
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """Nobody posts into it any more; refused while an assertion stands in the way (LED11)."""
        period_here(self.actor.organisation_id, period)
        asked(NothingAsked, request)
        close_period(period=period, by=self.actor)
        return self.told(period)


class PeriodReopening(PeriodHere):
    """One step back."""

    permission = CLOSE_PERIODS

    @extend_schema(operation_id="periods_reopen", request=ReopeningAsked, responses=PeriodOut)
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """By somebody else than took the last step, with a reason (LED08)."""
        period_here(self.actor.organisation_id, period)
        reopen_period(period=period, by=self.actor, **asked(ReopeningAsked, request))
        return self.told(period)


class PeriodWaivers(PeriodHere):
    """Waivers of what is open in a period."""

    permission = POST_JOURNALS

    @extend_schema(operation_id="periods_ask_waiver", request=WaiverAsked, responses=PeriodOut)
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """Asks that the period closes although an assertion does not hold (LED12, LED13)."""
        period_here(self.actor.organisation_id, period)
        ask_waiver(period=period, by=self.actor, **asked(WaiverAsked, request))
        return self.told(period)


class PeriodWaiverAgreement(PeriodHere):
    """The agreement to a waiver."""

    permission = CLOSE_PERIODS

    @extend_schema(operation_id="periods_agree_waiver", request=WaiverAgreed, responses=PeriodOut)
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """A second person agrees (LED14)."""
        period_here(self.actor.organisation_id, period)
        agree_waiver(period=period, by=self.actor, **asked(WaiverAgreed, request))
        return self.told(period)
