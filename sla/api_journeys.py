"""The journey of a figure for programs: what it was made of, its rows, and back from a row."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.actors import may
from core.errors import NotFound
from core.registry import SUBJECTS, subject_of
from core.web.api import Endpoint
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from events.permissions import SEE_TRAIL
from events.selectors import sealed_timeline
from sla.journeys import (
    bases_of,
    counted_in,
    figure_in_words,
    live_figure,
    papers_of,
    row_beneath,
    rows_beneath,
)
from sla.permissions import SEE_MEASURES
from sla.selectors import notes_of


class BaseOut(serializers.Serializer):
    """What stands above or below the line; without a run nothing was computed."""

    place = serializers.CharField()
    counts = serializers.CharField(source="label")
    value = serializers.IntegerField(source="value.value", default=None, allow_null=True)
    run = serializers.IntegerField(source="value.run.number", default=None, allow_null=True)
    computed_at = serializers.DateTimeField(
        source="value.computed_at", default=None, allow_null=True
    )
    asked_for_by = serializers.CharField(
        source="value.run.made_by_name", default=None, allow_null=True
    )


class JourneyOut(serializers.Serializer):
    """A figure of a month, its formula in words, and what it was computed from."""

    code = serializers.CharField(source="indicator.code")
    name = serializers.CharField(source="indicator.name")
    month = serializers.DateField()
    shown = serializers.CharField()
    formula = serializers.CharField(source="indicator.formula_in_words")
    version = serializers.IntegerField(source="indicator.version")
    valid_from = serializers.DateField(source="indicator.valid_from")
    signed_by = serializers.CharField(source="signed.signed_by_name", default=None, allow_null=True)
    bases = BaseOut(many=True)


class RowBeneath(serializers.Serializer):
    """A thing that the figure counts: its kind, its number among them, and a line about it."""

    subject = serializers.SerializerMethodField()
    subject_number = serializers.IntegerField(source="pk")
    summary = serializers.SerializerMethodField()

    def get_subject(self, row: Any) -> str:
        """The kind, as in the trail."""
        return subject_of(row)

    def get_summary(self, row: Any) -> str:
        """As on the page."""
        return SUBJECTS[subject_of(row)].summary(row)


class Paper(serializers.Serializer):
    """A document or a journal beneath it, by its address."""

    title = serializers.CharField()
    address = serializers.CharField()


class SealedEvent(serializers.Serializer):
    """Something that happened to it; `seal` is null while it is too new, and without the right."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    words = serializers.CharField(source="text")
    detail = serializers.CharField()
    seal = serializers.IntegerField(allow_null=True)


class RowOpened(RowBeneath):
    """The same with its papers, and what happened to it."""

    papers = Paper(many=True, source="papers_told")
    events = SealedEvent(many=True, source="events_told")


class CountedIn(serializers.Serializer):
    """A figure that counts the thing."""

    code = serializers.CharField()
    month = serializers.DateField()


RowPart = part_type(RowBeneath)


class Journey(Endpoint):
    """The journey of a figure."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="figures_journey", responses=JourneyOut)
    def get(self, request: Request, organisation: str, code: str, month: str) -> Response:
        """The figure of a month such as 2026-05, with the runs that computed it."""
        indicator, first = live_figure(code, month)
        here = self.actor.organisation_id
        bases = bases_of(here, indicator, first)
        told = {
            **{"indicator": indicator, "month": first, "bases": bases},
            "shown": figure_in_words(bases, indicator, first),
            "signed": notes_of(here, first).signed,
        }
        return Response(JourneyOut(told).data)


class JourneyRows(Endpoint):
    """The rows beneath a figure."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="figures_rows", responses=RowPart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str, code: str, month: str) -> Response:
        """Those that you may see. NotFound where rows are not told apart."""
        rows = rows_beneath(self.actor, *live_figure(code, month))
        if rows is None:
            raise NotFound("The rows of this figure cannot be told one by one, or not to you.")
        return Response(RowPart(part_of(request, rows, "id")).data)


class JourneyRow(Endpoint):
    """A row beneath figures."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="figures_row", responses=RowOpened)
    def get(self, request: Request, organisation: str, key: str, number: int) -> Response:
        """Its papers, what happened to it, and which seals cover that."""
        row, kind = row_beneath(self.actor, key, number)
        row.papers_told = [
            {"title": title, "address": address}
            for title, address in papers_of(self.actor, organisation, row)
        ]
        trusted = may(self.actor, SEE_TRAIL)
        row.events_told = [
            {
                **{"at": one.at, "by": one.by, "text": one.text, "detail": one.detail},
                "seal": seal if trusted else None,
            }
            for one, seal in sealed_timeline(row.organisation_id, kind.key, row.pk)
        ]
        return Response(RowOpened(row).data)


class JourneyBack(Endpoint):
    """The figures that count a row."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="figures_of_row", responses=CountedIn(many=True))
    def get(self, request: Request, organisation: str, key: str, number: int) -> Response:
        """Each with the month among whose rows it is."""
        row, _kind = row_beneath(self.actor, key, number)
        told = [{"code": code, "month": month} for code, month in counted_in(row)]
        return Response(CountedIn(told, many=True).data)
