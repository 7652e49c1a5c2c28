"""Automatic enrolment, for programs: letters and giving them, settings, what people ask for."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.api_deductions import DeductionAsked, taken_employment
from payroll.models.enrolment import CATEGORIES, EVENTS, LETTERS
from payroll.models.groups import SCHEMES
from payroll.permissions import KEEP_ENROLMENT
from payroll.selectors.enrolment import letters_here
from payroll.services.enrolment import (
    REQUESTS,
    NewSetting,
    give_letters,
    record_request,
    set_enrolment,
)
from payroll.services.looking import look_at_enrolment

MOST_LETTERS = 1_000


class LettersQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=["due", "given"], required=False)


class StatusOut(serializers.Serializer):
    """What became of an employment, and the pay it was assessed from."""

    employee = serializers.IntegerField(source="employment.number")
    event = serializers.ChoiceField(choices=EVENTS)
    category = serializers.ChoiceField(choices=CATEGORIES)
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True)
    scheme = serializers.ChoiceField(choices=SCHEMES)
    earnings = Pounds(source="earnings_pence", allow_null=True)


class PensionLetterRow(serializers.Serializer):
    """A letter, by when it has to be given, and when it was."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=LETTERS)
    due_on = serializers.DateField()
    given_on = serializers.DateField(allow_null=True)
    status = StatusOut()


class LettersAsked(serializers.Serializer):
    """Which letters were given, and when."""

    letters = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_LETTERS
    )
    given_on = serializers.DateField()


class LettersGiven(serializers.Serializer):
    """How many."""

    given = serializers.IntegerField()


class EnrolmentSettingAsked(serializers.Serializer):
    """What holds from a day on; rates for schemes whose rates no law sets."""

    from_on = serializers.DateField()
    duties_from = serializers.DateField()
    scheme = serializers.ChoiceField(choices=SCHEMES)
    member_rate_percent = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=60, default=Decimal()
    )
    employer_rate_percent = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=60, default=Decimal()
    )
    postponement_months = serializers.IntegerField(min_value=0, max_value=3, default=0)
    re_enrol_on = serializers.DateField(default=None, allow_null=True)


class EnrolmentSettingOut(EnrolmentSettingAsked):
    """The setting as it was recorded."""

    recorded_by = serializers.CharField(source="recorded_by_name")


class PensionAsked(DeductionAsked):
    """What somebody asks for: to opt out, to join, or to leave."""

    what = serializers.ChoiceField(choices=sorted(REQUESTS))


PensionLetterPart = part_type(PensionLetterRow)


class PensionLetters(Endpoint):
    """Letters about pensions."""

    permission = KEEP_ENROLMENT

    @extend_schema(
        operation_id="pension_letters_list", responses=PensionLetterPart,
        parameters=[LettersQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """By the day on which they are due, with what became of whom. Each look is recorded."""
        look_at_enrolment(by=self.actor)
        rows = letters_here(self.actor.organisation_id, **queried(LettersQuery, request))
        return Response(PensionLetterPart(part_of(request, rows, "due_on", "pk")).data)


class PensionLettersGiven(Endpoint):
    """Recording that letters were given."""

    permission = KEEP_ENROLMENT

    @extend_schema(
        operation_id="pension_letters_give", request=LettersAsked, responses=LettersGiven
    )
    def post(self, request: Any, organisation: str) -> Response:
        """All of them or none. The month for opting out may begin with it."""
        given = asked(LettersAsked, request)
        count = give_letters(**given, by=self.actor, at=timezone.now())
        return Response(LettersGiven({"given": count}).data)


class EnrolmentSet(Endpoint):
    """Recording how the employer enrols."""

    permission = KEEP_ENROLMENT
    moves_money = True

    @extend_schema(
        operation_id="enrolment_settings_record", request=EnrolmentSettingAsked,
        responses={201: EnrolmentSettingOut},
    )  # fmt: skip
    def post(self, request: Any, organisation: str) -> Response:
        """The next pay that is calculated goes by it."""
        setting = NewSetting(**asked(EnrolmentSettingAsked, request))
        made = set_enrolment(setting=setting, by=self.actor, at=timezone.now())
        return Response(EnrolmentSettingOut(made).data, status=201)


class PensionRequested(Endpoint):
    """Recording what somebody asks for."""

    permission = KEEP_ENROLMENT
    moves_money = True

    @extend_schema(
        operation_id="pension_requests_record", request=PensionAsked, responses={201: StatusOut}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """The next pay refunds who opts out; joining and leaving begin with the next period."""
        given = asked(PensionAsked, request)
        whose = taken_employment(self.actor, given)
        made = record_request(employment=whose, **given, by=self.actor, at=timezone.now())
        return Response(StatusOut(made).data, status=201)
