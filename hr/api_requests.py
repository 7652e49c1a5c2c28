"""Requests for changes of staff, for programs: what was asked, and asking."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, checked, queried
from core.web.api_asked import as_typed
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from hr.forms import ChangeForm, LeaverForm, StarterForm, TransferForm
from hr.keys import hours
from hr.models import StaffRequest
from hr.permissions import REQUEST_CHANGES, SEE_STAFF
from hr.selectors.people import job_of, staff_request, staff_requests
from hr.selectors.posts import points_of
from hr.services.placing import DAY
from hr.services.requests import (
    request_change,
    request_leaver,
    request_starter,
    request_transfer,
)


class StaffRequestsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=StaffRequest.State.values, required=False)


class StaffRequestRow(serializers.Serializer):
    """What somebody asks to become true on a day."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StaffRequest.Kind.values)
    state = serializers.ChoiceField(choices=StaffRequest.State.values)
    name = serializers.CharField()
    effective_on = serializers.DateField()
    reason = serializers.CharField()
    post = serializers.CharField(source="position.code", default=None, allow_null=True)
    weekly_hours = serializers.SerializerMethodField()
    cost_centres = serializers.CharField(
        help_text="Who is to bear the cost, like H10:60; H20:40; of a secondment the host's part"
    )
    allowance = serializers.CharField(help_text="Its code, of a request about an allowance")
    last_on = serializers.SerializerMethodField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()

    def get_weekly_hours(self, row: StaffRequest) -> str:
        """Hours with two decimals at most; empty where they stay as they are."""
        return hours(row.weekly_minutes) if row.weekly_minutes else ""

    def get_last_on(self, row: StaffRequest) -> date | None:
        """Last day of a secondment or of an allowance."""
        return row.to_on - DAY if row.to_on else None


class StarterAsked(serializers.Serializer):
    """Who begins in which post, at which point of its grade, for how many hours a week."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    post = serializers.CharField(max_length=24)
    point = serializers.CharField(max_length=20)
    hours = serializers.CharField(max_length=8)
    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class LeaverAsked(serializers.Serializer):
    """The employment and job as in the list of staff, the last day of work, and why."""

    number = serializers.IntegerField(min_value=1, max_value=2**31)
    job = serializers.IntegerField(min_value=1, max_value=2**15)
    last_on = serializers.DateField()
    reason = serializers.CharField(max_length=80)


class JobAsked(serializers.Serializer):
    """The employment and job as in the list of staff, from when and why."""

    number = serializers.IntegerField(min_value=1, max_value=2**31)
    job = serializers.IntegerField(min_value=1, max_value=2**15)
    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class HoursAsked(JobAsked):
    """Hours of a week, or none to keep them."""

    hours = serializers.CharField(max_length=8, default="", allow_blank=True)


class ChangeAsked(HoursAsked):
    """Another point of the grade that the person has, other hours, or both."""

    point = serializers.CharField(max_length=20, default="", allow_blank=True)


class TransferAsked(HoursAsked):
    """Another post, and the point of its grade."""

    post = serializers.CharField(max_length=24)
    point = serializers.CharField(max_length=20)


StaffRequestPart = part_type(StaffRequestRow)


class StaffRequests(Endpoint):
    """Requests for changes of staff, newest first."""

    permission = SEE_STAFF

    @extend_schema(
        operation_id="staff_requests_list",
        responses=StaffRequestPart,
        parameters=[StaffRequestsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Those about people in one's own part of the organisation."""
        query = queried(StaffRequestsQuery, request)
        found = staff_requests(self.actor, **query)
        return Response(StaffRequestPart(part_of(request, found, "-number")).data)


class StaffRequestOne(Endpoint):
    """One request for a change of staff."""

    permission = SEE_STAFF

    @extend_schema(operation_id="staff_requests_read", responses=StaffRequestRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A request about somebody in one's own part of the organisation."""
        return Response(StaffRequestRow(staff_request(self.actor, number)).data)


class Starters(Endpoint):
    """People who begin."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_starter",
        request=StarterAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks that somebody begins; nothing changes before a second person agrees."""
        asked(StarterAsked, request)
        form = StarterForm(request.data, organisation_id=self.actor.organisation_id)
        given = checked(form)
        facts: dict[str, Any] = {name: given[name] for name in ("name", "email", "from_on")}
        facts |= {"reason": given["reason"], "weekly_minutes": given["hours"]}
        facts |= {"position": form.position, "pay_point": form.pay_point}
        row = request_starter(**facts, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)


class Leavers(Endpoint):
    """People who leave."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_leaver", request=LeaverAsked, responses={201: StaffRequestRow}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks that an employment ends; nothing changes before a second person agrees."""
        given = asked(LeaverAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        facts = checked(LeaverForm(request.data, reasons=[]))
        row = request_leaver(**facts, assignment=last.assignment, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)


class JobChanges(Endpoint):
    """Another point or other hours."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_change", request=ChangeAsked, responses={201: StaffRequestRow}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for it; nothing changes before a second person agrees (HRR04)."""
        given = asked(ChangeAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        points = list(points_of(last.position, given["from_on"]))
        known = {one.point: str(one.pk) for one in points} | {"": ""}
        # A point that the grade has not is said by the form.
        typed = as_typed({**given, "point": known.get(given["point"], given["point"] + "?")})
        form = ChangeForm(typed, points=points)
        facts = checked(form)
        row = request_change(
            assignment=last.assignment,
            **{"from_on": facts["from_on"], "reason": facts["reason"], "by": self.actor},
            pay_point=form.points.get(facts["point"]),
            weekly_minutes=facts["hours"],
        )
        return Response(StaffRequestRow(row).data, status=201)


class Transfers(Endpoint):
    """People who take another post."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_transfer",
        request=TransferAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for it; nothing changes before a second person agrees (HRR05)."""
        given = asked(TransferAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        form = TransferForm(as_typed(given), organisation_id=self.actor.organisation_id)
        facts = checked(form)
        told: dict[str, Any] = {"position": form.position, "pay_point": form.pay_point}
        row = request_transfer(
            assignment=last.assignment,
            **told,
            **{"from_on": facts["from_on"], "reason": facts["reason"], "by": self.actor},
            weekly_minutes=facts["hours"],
        )
        return Response(StaffRequestRow(row).data, status=201)
