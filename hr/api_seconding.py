"""Shares of cost, secondments and joint posts for programs: asking for them."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, asked, checked
from core.web.api_asked import as_typed
from hr.api_requests import JobAsked, StaffRequestRow
from hr.forms import CostSplitForm, JointPostForm, SecondmentForm
from hr.permissions import REQUEST_CHANGES
from hr.selectors.bearing import others
from hr.selectors.people import job_of
from hr.services.requests import request_cost_split, request_joint_post, request_secondment


class CostSplitAsked(JobAsked):
    """Who bears the cost of a job: units by their codes, other organisations by short name."""

    cost_centres = serializers.CharField(max_length=200, help_text="Like H10:60; northdale:40")


class SecondmentAsked(JobAsked):
    """Where somebody works until a last day, and how much of the cost that organisation bears."""

    host = serializers.CharField(max_length=60, help_text="Its short name in addresses")
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    last_on = serializers.DateField()


class JointPostAsked(JobAsked):
    """Another post besides a job, the point of its grade, and hours of its own."""

    post = serializers.CharField(max_length=24)
    point = serializers.CharField(max_length=20)
    hours = serializers.CharField(max_length=8)
    cost_centres = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Without it the unit of the post"
    )


class CostSplits(Endpoint):
    """Who bears the cost of a job."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_cost_split",
        request=CostSplitAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for it; nothing changes before a second person agrees (HRR60)."""
        given = asked(CostSplitAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        facts = checked(CostSplitForm(as_typed(given)))
        row = request_cost_split(assignment=last.assignment, **facts, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)


class Secondments(Endpoint):
    """People who work for another organisation for a time."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_secondment",
        request=SecondmentAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for it; nothing changes before a second person agrees (HRR61, HRR62)."""
        given = asked(SecondmentAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        form = SecondmentForm(as_typed(given), hosts=others(self.actor.organisation_id))
        checked(form)
        row = request_secondment(assignment=last.assignment, **form.facts, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)


class JointPosts(Endpoint):
    """People who hold another post besides their own."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_joint_post",
        request=JointPostAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for it; nothing changes before a second person agrees (HRR63)."""
        given = asked(JointPostAsked, request)
        last = job_of(self.actor, given["number"], given["job"], request.today)
        form = JointPostForm(as_typed(given), organisation_id=self.actor.organisation_id)
        facts = checked(form)
        told: dict[str, Any] = {"position": form.position, "pay_point": form.pay_point}
        row = request_joint_post(
            assignment=last.assignment,
            **told,
            **{name: facts[name] for name in ("cost_centres", "from_on", "reason")},
            weekly_minutes=facts["hours"],
            by=self.actor,
        )
        return Response(StaffRequestRow(row).data, status=201)
