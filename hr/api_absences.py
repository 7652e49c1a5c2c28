"""Absences, for programs: who is away, recording, correcting, files, and pay while away."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, checked, queried
from core.web.api_asked import MOST, FileSent, ReasonAsked, as_typed
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from hr.forms_absences import AbsenceForm, read_absences
from hr.keys import days_of
from hr.models import MONDAY_TO_FRIDAY, Absence, AbsenceKind, Evidence
from hr.permissions import KEEP_TERMS, RECORD_ABSENCES, SEE_ABSENCES
from hr.selectors.absences import (
    absence_of,
    absences_of,
    employment_recorded,
    employments_recorded,
    worked_days,
)
from hr.services.absences import (
    DAY,
    NewAbsence,
    correct_absence,
    record_absence_terms,
    record_absences,
    record_worked_day,
    withdraw_absence,
)

BY_DAY = ("-from_on", "-id")


class AbsencesQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(required=False, help_text="Who is away on this day")
    employee = serializers.IntegerField(required=False, min_value=1, max_value=MOST)


class AbsenceRow(serializers.Serializer):
    """An absence as it is known now. Why somebody is sick has no place here."""

    number = serializers.IntegerField()
    employee = serializers.IntegerField(source="employment.number")
    name = serializers.CharField(source="employment.name")
    kind = serializers.ChoiceField(choices=AbsenceKind.values)
    from_on = serializers.DateField()
    last_on = serializers.SerializerMethodField()
    days = serializers.SerializerMethodField()
    event_on = serializers.DateField(allow_null=True)
    notice_on = serializers.DateField(allow_null=True)
    adopting = serializers.BooleanField()
    weeks_used = serializers.IntegerField()
    evidence = serializers.ChoiceField(choices=Evidence.values)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(source="recorded_by_name")

    def get_last_on(self, row: Absence) -> str:
        """The last day away; empty while it is open."""
        return (row.to_on - DAY).isoformat() if row.to_on else ""

    def get_days(self, row: Absence) -> str:
        """The working days of a week, as they are asked for."""
        return days_of(row.qualifying)


class CorrectionAsked(serializers.Serializer):
    """All that holds from now on; days as `Mon Tue Wed`, a reason of sickness that is sealed."""

    kind = serializers.ChoiceField(choices=AbsenceKind.values)
    from_on = serializers.DateField()
    last_on = serializers.DateField(required=False, allow_null=True)
    days = serializers.CharField(max_length=60, default=days_of(MONDAY_TO_FRIDAY))
    evidence = serializers.ChoiceField(choices=Evidence.values, default=Evidence.NONE.value)
    event_on = serializers.DateField(required=False, allow_null=True)
    notice_on = serializers.DateField(required=False, allow_null=True)
    adopting = serializers.BooleanField(default=False)
    weeks_used = serializers.IntegerField(min_value=0, max_value=52, default=0)
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


class AbsenceAsked(CorrectionAsked):
    """An absence of an employee number."""

    employee = serializers.IntegerField(min_value=1, max_value=MOST)


class AbsenceTermsAsked(serializers.Serializer):
    """Whether basic pay goes on while people are away, from a day on."""

    sick_full = serializers.BooleanField()
    family_full = serializers.BooleanField()
    from_on = serializers.DateField()


class WorkedDayAsked(serializers.Serializer):
    """A day of a family leave on which somebody worked, or, `worked` false, did not after all."""

    worked_on = serializers.DateField()
    worked = serializers.BooleanField(default=True)


class WorkedDaysOut(serializers.Serializer):
    """All days of the leave on which they worked, as it is known now."""

    absence = serializers.IntegerField()
    worked = serializers.ListField(child=serializers.DateField())


class AbsenceTermsOut(AbsenceTermsAsked):
    """A rule as it was recorded."""

    recorded_by = serializers.CharField(source="recorded_by_name")


AbsencePart = part_type(AbsenceRow)


class AbsencesRecorded(serializers.Serializer):
    """How many absences of a file were recorded."""

    absences = serializers.IntegerField()


def _new(given: dict[str, Any]) -> NewAbsence:
    form = AbsenceForm(as_typed(given))
    checked(form)
    return form.absence


class Absences(Endpoint):
    """Who is or was away."""

    permission = SEE_ABSENCES

    @extend_schema(
        operation_id="absences_list",
        responses=AbsencePart,
        parameters=[AbsencesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Those that began in one's own part of the organisation, the newest first."""
        found = absences_of(self.actor, **queried(AbsencesQuery, request))
        return Response(AbsencePart(part_of(request, found, *BY_DAY)).data)


class AbsenceOne(Endpoint):
    """One absence."""

    permission = SEE_ABSENCES

    @extend_schema(operation_id="absences_read", responses=AbsenceRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """As it is known now."""
        return Response(AbsenceRow(absence_of(self.actor, number)).data)


class AbsenceRecording(Endpoint):
    """Recording an absence."""

    permission = RECORD_ABSENCES
    moves_money = True

    @extend_schema(
        operation_id="absences_record", request=AbsenceAsked, responses={201: AbsenceRow}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Taken by the next pay that is calculated (HRR23 to HRR27)."""
        given = asked(AbsenceAsked, request)
        whose = employment_recorded(self.actor, given.pop("employee"), request.today)
        new = [(whose, _new(given))]
        (made,) = record_absences(absences=new, by=self.actor, at=timezone.now())
        return Response(AbsenceRow(made).data, status=201)


class AbsenceCorrection(Endpoint):
    """Ending or correcting an absence."""

    permission = RECORD_ABSENCES
    moves_money = True

    @extend_schema(operation_id="absences_correct", request=CorrectionAsked, responses=AbsenceRow)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """What was known stays readable; without a reason the one before stays (HRR28)."""
        found = absence_of(self.actor, number, RECORD_ABSENCES)
        to = _new(asked(CorrectionAsked, request))
        made = correct_absence(absence=found, to=to, by=self.actor, at=timezone.now())
        return Response(AbsenceRow(made).data)


class AbsenceWithdrawal(Endpoint):
    """Withdrawing an absence."""

    permission = RECORD_ABSENCES
    moves_money = True

    @extend_schema(operation_id="absences_withdraw", request=ReasonAsked, responses={204: None})
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """The person was not away; what was paid for it is taken back by the next pay."""
        found = absence_of(self.actor, number, RECORD_ABSENCES)
        given = asked(ReasonAsked, request)
        withdraw_absence(absence=found, **given, by=self.actor, at=timezone.now())
        return Response(status=204)


class AbsenceWorked(Endpoint):
    """Days of work in a family leave."""

    permission = RECORD_ABSENCES
    moves_money = True

    @extend_schema(
        operation_id="absences_work", request=WorkedDayAsked, responses={201: WorkedDaysOut}
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Basic pay goes on for it; up to a number the pay of its week stays (HRR39)."""
        found = absence_of(self.actor, number, RECORD_ABSENCES)
        given = asked(WorkedDayAsked, request)
        record_worked_day(absence=found, **given, by=self.actor, at=timezone.now())
        told = {"absence": number, "worked": worked_days(found)}
        return Response(WorkedDaysOut(told).data, status=201)


class AbsenceFilesSent(Endpoint):
    """Files of absences."""

    permission = RECORD_ABSENCES
    parser_classes = [MultiPartParser]
    moves_money = True

    @extend_schema(
        operation_id="absence_files_send",
        request={"multipart/form-data": FileSent},
        responses={201: AbsencesRecorded},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Recorded whole or not at all (HRR10, HRR23, HRR38)."""
        data = asked(FileSent, request)["file"].read()
        found = read_absences(data, lambda n: employments_recorded(self.actor, n, request.today))
        made = record_absences(absences=found, by=self.actor, at=timezone.now())
        return Response(AbsencesRecorded({"absences": len(made)}).data, status=201)


class AbsenceTermsRecording(Endpoint):
    """Recording whether basic pay goes on."""

    permission = KEEP_TERMS

    @extend_schema(
        operation_id="absence_terms_record",
        request=AbsenceTermsAsked,
        responses={201: AbsenceTermsOut},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """A pay period has the terms of its first day."""
        given = asked(AbsenceTermsAsked, request)
        made = record_absence_terms(**given, by=self.actor, at=timezone.now())
        return Response(AbsenceTermsOut(made).data, status=201)
