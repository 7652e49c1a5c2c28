"""Reviews of rights for programs: what was looked at, by whom, and what is left."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from access.models import AccessReview, ReviewedRight
from access.permissions import SEE_GRANTS
from access.selectors.reviews import (
    STATES,
    Sought,
    counts_of,
    review_of,
    reviews_of,
    rights_in,
    state_of,
)
from core.web.api import Endpoint, Pounds, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from tenants.roles import Role


class ReviewCounts(serializers.Serializer):
    """How many rights are in which state; `gone` ended meanwhile, outside of the review."""

    open = serializers.IntegerField(default=0)
    confirmed = serializers.IntegerField(default=0)
    ended = serializers.IntegerField(default=0)
    gone = serializers.IntegerField(default=0)


class ReviewRow(serializers.Serializer):
    """A review of who may do what; without a day of its end it still runs."""

    number = serializers.IntegerField(source="pk")
    opened_at = serializers.DateTimeField()
    opened_by = serializers.CharField(source="opened_by.name")
    due_on = serializers.DateField()
    finished_at = serializers.DateTimeField(allow_null=True)
    finished_by = serializers.CharField(source="finished_by.name", default=None, allow_null=True)
    rights = serializers.SerializerMethodField()

    @extend_schema_field(ReviewCounts)
    def get_rights(self, row: AccessReview) -> dict[str, Any]:
        """By state."""
        return dict(ReviewCounts(self.context["counts"].get(row.pk, {})).data)


class ReviewedQuery(serializers.Serializer):
    """What can be asked for; `unused` means that nothing was done with it for 90 days."""

    state = serializers.ChoiceField(choices=list(STATES), default="")
    text = serializers.CharField(
        max_length=80, default="", help_text="A part of a name or an e-mail address."
    )
    role = serializers.ChoiceField(choices=Role.values, default="")
    unused = serializers.BooleanField(default=False)


class ReviewedRow(serializers.Serializer):
    """A right as the review found it, and what was decided on it."""

    number = serializers.IntegerField(source="pk")
    person = serializers.CharField(source="person.name")
    email = serializers.EmailField(source="person.email")
    role = serializers.ChoiceField(choices=Role.values, source="right.role")
    unit = serializers.CharField(source="right.unit.code", default=None, allow_null=True)
    limit = Pounds(source="right.limit_pence", allow_null=True)
    from_on = serializers.DateField(source="right.valid.lower", allow_null=True)
    until_on = serializers.DateField(source="right.valid.upper", allow_null=True)
    given_by = serializers.CharField(source="given_by_name")
    used_at = serializers.DateTimeField(allow_null=True)
    signed_in_at = serializers.DateTimeField(allow_null=True)
    state = serializers.SerializerMethodField()
    decided_by = serializers.CharField(source="decided_by.name", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=list(STATES)))
    def get_state(self, row: ReviewedRight) -> str:
        """As of today."""
        return state_of(row, self.context["today"])


ReviewPart = part_type(ReviewRow)
ReviewedPart = part_type(ReviewedRow)


class Reviews(Endpoint):
    """Reviews of rights."""

    permission = SEE_GRANTS

    @extend_schema(
        operation_id="access_reviews_list", responses=ReviewPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The newest first."""
        here = self.actor.organisation_id
        part = part_of(request, reviews_of(here), "-id")
        counts = counts_of(here, part.results, request.today)
        return Response(ReviewPart(part, context={"counts": counts}).data)


class ReviewOne(Endpoint):
    """A review of rights."""

    permission = SEE_GRANTS

    @extend_schema(operation_id="access_reviews_read", responses=ReviewRow)
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """When it began, by when it is to be done, and how far it is."""
        found = review_of(self.actor.organisation_id, number)
        counts = counts_of(found.organisation_id, [found], request.today)
        return Response(ReviewRow(found, context={"counts": counts}).data)


class ReviewRights(Endpoint):
    """The rights of a review."""

    permission = SEE_GRANTS

    @extend_schema(
        operation_id="access_reviews_rights",
        responses=ReviewedPart,
        parameters=[ReviewedQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """In the order in which they were found."""
        found = review_of(self.actor.organisation_id, number)
        rows = rights_in(found, Sought(**queried(ReviewedQuery, request)), request.today)
        part = part_of(request, rows, "id")
        return Response(ReviewedPart(part, context={"today": request.today}).data)
