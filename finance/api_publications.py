"""Publications of spending for programs."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import SpendPublication
from finance.permissions import SEE_REPORTS
from finance.selectors.publications import publications


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
