"""Routes of approval for programs: who decides on what, and proposing a change of that."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.authority import deciding_roles
from approvals.forms import RouteForm, StepForm, bands_of
from approvals.models import Route
from approvals.permissions import SEE_ROUTES, SET_ROUTES
from approvals.selectors.routes import KindRoutes, routes_by_kind
from approvals.services.routes import propose_route
from core.errors import NotFound
from core.web.api import Endpoint, Pounds, asked, checked
from core.web.api_asked import as_typed

ROLES = [str(role) for role in deciding_roles()]


class RouteStep(serializers.Serializer):
    """One step: who decides on amounts from here on, and who is asked when it takes too long."""

    from_amount = Pounds(source="from_pence")
    number = serializers.IntegerField()
    role = serializers.CharField()
    escalates_to = serializers.CharField()


class RouteRow(serializers.Serializer):
    """A route from a day on; those of a band with one number go side by side."""

    number = serializers.IntegerField(source="pk")
    subject = serializers.CharField(source="subject_key")
    state = serializers.ChoiceField(choices=Route.State.values)
    from_on = serializers.DateField()
    reason = serializers.CharField()
    steps = serializers.SerializerMethodField()

    @extend_schema(responses=RouteStep(many=True))
    def get_steps(self, route: Route) -> list[dict[str, Any]]:
        """In the order in which they are asked."""
        found = sorted(route.steps.all(), key=lambda one: (one.from_pence, one.number, one.pk))
        return list(RouteStep(found, many=True).data)


class KindRow(serializers.Serializer):
    """What can be decided on, and its routes, the newest first."""

    subject = serializers.CharField(source="key")
    name = serializers.CharField(source="label")
    routes = RouteRow(many=True)


class StepAsked(serializers.Serializer):
    """One step; a band of amounts ends where the next one begins."""

    from_amount = serializers.DecimalField(max_digits=13, decimal_places=2, min_value=0)
    number = serializers.IntegerField(min_value=1, max_value=9, default=1)
    role = serializers.CharField(max_length=40)
    escalates_to = serializers.CharField(max_length=40, default="", allow_blank=True)


class RouteAsked(serializers.Serializer):
    """Who decides from a day on and why, and after how many hours of working time a step is
    reminded of and escalated."""

    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    remind_hours = serializers.IntegerField(min_value=1, max_value=400, default=8)
    escalate_hours = serializers.IntegerField(min_value=2, max_value=800, default=16)
    steps = StepAsked(many=True, min_length=1, max_length=40)  # type: ignore[call-arg]


class Routes(Endpoint):
    """Who decides on what."""

    permission = SEE_ROUTES

    @extend_schema(operation_id="approval_routes_list", responses=KindRow(many=True))
    def get(self, request: Any, organisation: str) -> Response:
        """Every kind of thing that is decided on."""
        found = routes_by_kind(self.actor.organisation_id, request.today)
        return Response(KindRow(found, many=True).data)


class RouteProposal(Endpoint):
    """Changes of who decides."""

    permission = SET_ROUTES

    @extend_schema(
        operation_id="approval_routes_propose", request=RouteAsked, responses={201: RouteRow}
    )
    def post(self, request: Any, organisation: str, key: str) -> Response:
        """Proposes other steps for one kind; somebody else agrees (APR02, APR06, APR09, APR19)."""
        self.kind(request, key)
        given = asked(RouteAsked, request)
        form, steps = RouteForm(as_typed(given)), [StepForm(as_typed(s)) for s in given["steps"]]
        facts = checked(form)
        row = propose_route(
            subject_key=key,
            bands=bands_of([checked(step) for step in steps]),
            patience=form.patience,
            from_on=facts["from_on"],
            reason=facts["reason"],
            by=self.actor,
            as_of=timezone.now(),
        )
        return Response(RouteRow(row).data, status=201)

    def kind(self, request: Request, key: str) -> KindRoutes:
        """NotFound for what nobody decides on."""
        today = request.today  # type: ignore[attr-defined]
        found = routes_by_kind(self.actor.organisation_id, today, key)
        if not found:
            raise NotFound()
        return found[0]
