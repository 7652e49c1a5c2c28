"""Approvals for programs: what waits, one request with its steps, and decisions on it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request as Call
from rest_framework.response import Response

from access.middleware import PROVE_AGAIN
from access.proofs import must_prove_again
from approvals.models import Request, Step
from approvals.permissions import DECIDE, SEE_WAITING, WITHDRAW
from approvals.selectors.requests import (
    cards,
    decided_at,
    request_for,
    steps_of,
    submitted_at,
    waiting_for,
)
from approvals.services.decisions import Batch, decide, decide_many, undo, withdraw
from core.errors import NotAllowed
from core.registry import SUBJECTS
from core.web.api import Endpoint, NothingAsked, Pounds, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type


class ApprovalRow(serializers.Serializer):
    """A request. What it is about is named by `subject` and `subject_number`."""

    number = serializers.IntegerField(source="pk")
    subject = serializers.CharField(source="subject_key")
    subject_number = serializers.IntegerField(source="subject_id")
    summary = serializers.CharField()
    amount = Pounds(source="amount_pence")
    state = serializers.ChoiceField(choices=Request.State.values)
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by_name")
    decided_for = serializers.CharField(source="decided_for_name")
    decided_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField()


class ApprovalStep(serializers.Serializer):
    """One decision that a request needs."""

    step = serializers.IntegerField(source="pk")
    place = serializers.IntegerField(source="number")
    role = serializers.CharField()
    state = serializers.ChoiceField(choices=Step.State.values)
    decided_by = serializers.CharField(source="decided_by_name")
    decided_for = serializers.CharField(source="decided_for_name")
    decided_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField()


class ApprovalDetail(ApprovalRow):
    """A request with its steps in their order."""

    steps = ApprovalStep(many=True, source="steps_told")


class DecisionAsked(serializers.Serializer):
    """The decision. `step` is the one that was read: it clashes when another is the one by now."""

    decision = serializers.ChoiceField(choices=["approve", "return", "reject"])
    comment = serializers.CharField(max_length=500, default="", allow_blank=True)
    step = serializers.IntegerField(required=False, min_value=1)


ApprovalPart = part_type(ApprovalRow)


def _detail(request: Request) -> Any:
    told: Any = request
    told.steps_told = steps_of(request)
    return ApprovalDetail(told).data


def must_be_there(request: Any, found: Request) -> None:
    """A session shows again who is there before it decides on bank details. NotAllowed."""
    if SUBJECTS[found.subject_key].bank and request.auth is None and must_prove_again(request):
        raise NotAllowed(PROVE_AGAIN)


class Approvals(Endpoint):
    """Requests that wait for you."""

    permission = SEE_WAITING

    @extend_schema(
        operation_id="approvals_list", responses=ApprovalPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """What the person of the token may decide on now in this organisation, oldest first."""
        here = self.actor.organisation_id
        found = waiting_for(self.actor, request.today).filter(organisation_id=here)
        return Response(ApprovalPart(part_of(request, found, "id")).data)


class ApprovalsSubmitted(Endpoint):
    """Requests that you made."""

    permission = SEE_WAITING

    @extend_schema(
        operation_id="approvals_submitted", responses=ApprovalPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """What the person of the token submitted in this organisation, newest first."""
        found = submitted_at(self.actor, self.actor.organisation_id)
        return Response(ApprovalPart(part_of(request, found, "-id")).data)


class ApprovalsDecided(Endpoint):
    """Requests that were decided."""

    permission = SEE_WAITING

    @extend_schema(
        operation_id="approvals_decided", responses=ApprovalPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """By the person of the token, or by all where that person sees it, newest first."""
        found = decided_at(self.actor, self.actor.organisation_id)
        return Response(ApprovalPart(part_of(request, found, "-id")).data)


class ApprovalOne(Endpoint):
    """One request."""

    permission = SEE_WAITING

    @extend_schema(operation_id="approvals_read", responses=ApprovalDetail)
    def get(self, request: Call, organisation: str, id: int) -> Response:
        """A request that one may decide on, has made, or may look at."""
        return Response(_detail(request_for(self.actor, id)))


class ApprovalDecision(Endpoint):
    """The decision on a request."""

    permission = DECIDE
    moves_money = True

    @extend_schema(operation_id="approvals_decide", request=DecisionAsked, responses=ApprovalDetail)
    def post(self, request: Any, organisation: str, id: int) -> Response:
        """Approves, sends back or rejects: the same rules as on the page, and the same refusals."""
        found = request_for(self.actor, id)
        given = asked(DecisionAsked, request)
        must_be_there(request, found)
        done = decide(
            request=found,
            decision=given["decision"],
            comment=given["comment"],
            step_id=given.get("step"),
            by=self.actor,
            as_of=timezone.now(),
        )
        return Response(_detail(done))


class SeveralAsked(serializers.Serializer):
    """Numbers of requests that are to be approved."""

    requests = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=50
    )


class NotApproved(serializers.Serializer):
    """A request that was left as it is, and why."""

    number = serializers.IntegerField()
    reason = serializers.CharField()


class SeveralDone(serializers.Serializer):
    """Those approved, the others with the reason of each, and how many wait no more."""

    approved = serializers.SerializerMethodField()
    refused = serializers.SerializerMethodField()
    gone = serializers.IntegerField()

    def get_approved(self, done: Batch) -> list[int]:
        """Their numbers."""
        return [one.pk for one in done.approved]

    @extend_schema_field(NotApproved(many=True))
    def get_refused(self, done: Batch) -> list[dict[str, Any]]:
        """Each with the sentence of the rule that says no."""
        return [{"number": one.pk, "reason": said} for one, said in done.refused]


class ApprovalsSeveral(Endpoint):
    """Several decisions at once."""

    permission = DECIDE
    moves_money = True

    @extend_schema(
        operation_id="approvals_approve_several", request=SeveralAsked, responses=SeveralDone
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Approves each that can be, by itself; those with a warning are read first (APR21)."""
        wanted = set(asked(SeveralAsked, request)["requests"])
        here = self.actor.organisation_id
        found = list(
            waiting_for(self.actor, request.today).filter(organisation_id=here, pk__in=wanted)
        )
        for one in found:
            must_be_there(request, one)
        shown = cards(found, self.actor, request.standing.memberships)
        gone = len(wanted) - len(found)
        done = decide_many(cards=shown, gone=gone, by=self.actor, as_of=timezone.now())
        return Response(SeveralDone(done).data)


class ApprovalUndoing(Endpoint):
    """The decision taken back."""

    permission = DECIDE
    moves_money = True

    @extend_schema(operation_id="approvals_undo", request=NothingAsked, responses=ApprovalDetail)
    def post(self, request: Call, organisation: str, id: int) -> Response:
        """Takes one's own decision of the last five minutes back, if nothing has happened since."""
        asked(NothingAsked, request)
        found = request_for(self.actor, id)
        return Response(_detail(undo(request=found, by=self.actor, as_of=timezone.now())))


class ApprovalWithdrawal(Endpoint):
    """A request taken back by its maker."""

    permission = WITHDRAW
    moves_money = True

    @extend_schema(
        operation_id="approvals_withdraw", request=NothingAsked, responses=ApprovalDetail
    )
    def post(self, request: Call, organisation: str, id: int) -> Response:
        """Withdraws what one has submitted oneself, while it waits."""
        asked(NothingAsked, request)
        found = request_for(self.actor, id)
        return Response(_detail(withdraw(request=found, by=self.actor)))
