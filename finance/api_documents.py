"""Documents of invoices, for programs: those that wait, sending one, setting one aside."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked, queried
from core.web.api_asked import FileSent
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.incoming import DOCUMENTS
from finance.permissions import ENTER_INVOICES
from finance.selectors.documents import (
    document_by_id,
    documents_aside,
    documents_with,
    waiting_documents,
)
from finance.services.documents import bring_back, keep_document, set_aside

LISTS = {"waiting": waiting_documents, "aside": documents_aside}


class DocumentsQuery(serializers.Serializer):
    """Those that wait for their invoice, that were set aside, or on which words stand."""

    which = serializers.ChoiceField(choices=list(LISTS), required=False)
    words = serializers.CharField(max_length=200, required=False)


class DocumentRow(serializers.Serializer):
    """A document that an invoice is entered from; the reason is why it was set aside."""

    number = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    kind = serializers.CharField()
    sha256 = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    aside_by = serializers.CharField(source="aside_by_name")
    aside_reason = serializers.CharField()


class AsideAsked(serializers.Serializer):
    """Why it is no invoice of ours."""

    reason = serializers.CharField(max_length=300)


DocumentPart = part_type(DocumentRow)


class Documents(Endpoint):
    """Documents without an invoice."""

    permission = ENTER_INVOICES

    @extend_schema(
        operation_id="documents_list",
        responses=DocumentPart,
        parameters=[DocumentsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The oldest first; without `which` those that wait. `words` find any, also entered."""
        given = queried(DocumentsQuery, request)
        if words := given.get("words"):
            found = documents_with(self.actor, words)
        else:
            found = LISTS[given.get("which", "waiting")](self.actor.organisation_id)
        return Response(DocumentPart(part_of(request, found, "id")).data)


class DocumentSent(FileSent):
    """A PDF, PNG or JPEG of up to 10 MB."""

    intake = DOCUMENTS


class DocumentsSent(Endpoint):
    """New documents."""

    permission = ENTER_INVOICES
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents_send",
        request={"multipart/form-data": DocumentSent},
        responses={200: DocumentRow, 201: DocumentRow},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Keeps a PDF or picture; the same twice is recognised (200 instead of 201)."""
        sent = asked(DocumentSent, request)["file"]
        row, new = keep_document(name=sent.name, data=sent.read(), by=self.actor)
        return Response(DocumentRow(row).data, status=201 if new else 200)


class DocumentSettingAside(Endpoint):
    """A document that is no invoice of ours."""

    permission = ENTER_INVOICES

    @extend_schema(operation_id="documents_set_aside", request=AsideAsked, responses=DocumentRow)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """It waits no more, and is kept (INV18)."""
        row = document_by_id(self.actor, number)
        set_aside(document=row, by=self.actor, **asked(AsideAsked, request))
        return Response(DocumentRow(document_by_id(self.actor, number)).data)


class DocumentBringingBack(Endpoint):
    """A document that was set aside by mistake."""

    permission = ENTER_INVOICES

    @extend_schema(operation_id="documents_bring_back", request=NothingAsked, responses=DocumentRow)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """It waits for its invoice again (INV19)."""
        asked(NothingAsked, request)
        bring_back(document=document_by_id(self.actor, number), by=self.actor)
        return Response(DocumentRow(document_by_id(self.actor, number)).data)
