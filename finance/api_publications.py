"""Publications of spending for programs."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import to_pence
from core.web.api import Endpoint, NothingAsked, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import RedactionRule, SpendPublication
from finance.permissions import PROPOSE_PUBLICATION, SEE_REPORTS, SET_REDACTIONS
from finance.selectors.publications import (
    month_of,
    publications,
    redaction_rule,
    redaction_rules,
)
from finance.services.publications import add_redaction, end_redaction, propose_publication


class SpendPublicationRow(serializers.ModelSerializer):
    """Published, redacted and below the threshold come to what was paid; amounts in pence.

    `file` is the address of an approved file, null before; its bytes have this SHA-256.
    """

    file = serializers.SerializerMethodField()

    class Meta:
        model = SpendPublication
        fields = (
            *("month", "version", "state", "threshold_pence", "reason", "sha256"),
            *("published_rows", "published_pence", "redacted_rows", "redacted_pence"),
            *("below_rows", "below_pence", "paid_pence", "made_by_name", "made_at"),
            *("ended_by_name", "ended_at", "comment", "file"),
        )

    def get_file(self, row: SpendPublication) -> str | None:
        if row.state != SpendPublication.State.PUBLISHED:
            return None
        slug: Any = self.context["organisation"]
        where = {"organisation": slug, "period": row.period, "version": row.version}
        return reverse("spend_file", kwargs=where)


SpendPublicationPart = part_type(SpendPublicationRow)


class PublicationAsked(serializers.Serializer):
    """Payments above which amount are published; what changed if a version was published."""

    threshold = serializers.DecimalField(max_digits=13, decimal_places=2, min_value=0)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class RedactionRow(serializers.Serializer):
    """Whose payees are not named, from when to when, and for which legal reason."""

    number = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=RedactionRule.Kind.values)
    value = serializers.CharField()
    legal_reason = serializers.CharField()
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True)
    made_by = serializers.CharField(source="made_by_name")


class RedactionAsked(serializers.Serializer):
    """Of what: the code of a supplier, account or cost centre, or none for a kind of supplier."""

    kind = serializers.ChoiceField(choices=RedactionRule.Kind.values)
    value = serializers.CharField(max_length=40, default="", allow_blank=True)
    legal_reason = serializers.CharField(max_length=200)
    from_on = serializers.DateField()


RedactionPart = part_type(RedactionRow)


class SpendPublicationProposal(Endpoint):
    """A month put up for publication."""

    permission = PROPOSE_PUBLICATION

    @extend_schema(
        operation_id="spend_publications_propose",
        request=PublicationAsked,
        responses={201: SpendPublicationRow},
    )
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """Freezes the file of a month such as 202605, for a second person (PUB04 to PUB06)."""
        given, month = asked(PublicationAsked, request), month_of(period)
        pence = to_pence(given.pop("threshold"))
        row = propose_publication(month=month, threshold_pence=pence, by=self.actor, **given)
        told = SpendPublicationRow(row, context={"organisation": organisation}).data
        return Response(told, status=201)


class Redactions(Endpoint):
    """Payees that are not named."""

    permission = SEE_REPORTS

    @extend_schema(
        operation_id="redactions_list", responses=RedactionPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Every rule, those that ended too, the newest first."""
        found = redaction_rules(self.actor.organisation_id)
        return Response(RedactionPart(part_of(request, found, "-id")).data)


class RedactionAdding(Endpoint):
    """New rules."""

    permission = SET_REDACTIONS

    @extend_schema(
        operation_id="redactions_add", request=RedactionAsked, responses={201: RedactionRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """From a day on the payees of what it fits are not named (PUB01, PUB02)."""
        row = add_redaction(by=self.actor, **asked(RedactionAsked, request))
        return Response(RedactionRow(row).data, status=201)


class RedactionEnd(Endpoint):
    """The end of a rule."""

    permission = SET_REDACTIONS

    @extend_schema(operation_id="redactions_end", request=NothingAsked, responses=RedactionRow)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Payees are named again from today on (PUB03)."""
        asked(NothingAsked, request)
        redaction_rule(self.actor.organisation_id, number)
        row = end_redaction(number=number, until_on=request.today, by=self.actor)
        return Response(RedactionRow(row).data)


class SpendPublications(Endpoint):
    """Months of spending that were put up for publication."""

    permission = SEE_REPORTS

    @extend_schema(
        operation_id="spend_publications_list",
        responses=SpendPublicationPart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Every version of every month, newest first."""
        found = part_of(request, publications(self.actor.organisation_id), "-month", "-version")
        return Response(SpendPublicationPart(found, context={"organisation": organisation}).data)
