"""Files for programs: sending one, its columns, its load, taking the load back, and layouts."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, NothingAsked, Pounds, asked, queried
from core.web.api_asked import ColumnsAsked, FileSent, ReasonAsked, known_roles, readable
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.einvoices import NotAnEInvoice
from finance.formats.pdf_parts import is_pdf
from finance.formats.untrusted import looks_like_xml
from finance.incoming import SPEND
from finance.models import ColumnMapping, LayoutVersion, SourceFile
from finance.permissions import (
    KEEP_LAYOUTS,
    LOAD_FILES,
    REVERSE_INVOICES,
    SEE_FILES,
    SEE_LAYOUTS,
)
from finance.reading import ROLES, Unreadable
from finance.selectors.files import held_causes, held_rows, source_file, source_files
from finance.selectors.layouts import KINDS, columns_of, kind_of, layout_here, layouts, version_on
from finance.services.einvoices import receive_einvoice
from finance.services.files import choose_columns, load_file, receive_file
from finance.services.layouts import change_layout, rename_layout, retire_layout
from finance.services.taking_back import take_back_load


class TakingBack(serializers.Serializer):
    """The run that takes the load back, or that was given up with nothing done."""

    run = serializers.IntegerField(source="number")
    state = serializers.CharField()


class SpendFileSent(FileSent):
    """A table of payments that were made, or of invoices to be paid; or an e-invoice (XML)."""

    intake = SPEND

    purpose = serializers.ChoiceField(choices=["published", "invoices"], default="published")


class SourceFileListed(serializers.Serializer):
    """A file, and what became of its rows."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    state = serializers.ChoiceField(choices=SourceFile.State.values)
    rows = serializers.IntegerField(source="rows_total")
    loaded = serializers.IntegerField(source="rows_loaded")
    held = serializers.IntegerField(source="rows_held")
    total = Pounds(source="total_pence")
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class SourceFileRow(SourceFileListed):
    """The same with what its columns hold, as far as that is known."""

    headers = serializers.ListField(child=serializers.CharField(allow_blank=True))
    columns = serializers.SerializerMethodField()

    def get_columns(self, file: SourceFile) -> dict[str, int]:
        """The place of each column from 0, by what it holds."""
        return dict(file.mapping.get("columns", {}))


class HeldCauseRow(serializers.Serializer):
    """Held rows of one cause, and what to do about them."""

    cause = serializers.CharField()
    says = serializers.CharField(source="label")
    remedy = serializers.CharField()
    rows = serializers.IntegerField()
    total = Pounds(source="pence")


class SourceFileOut(SourceFileRow):
    """The same with the causes of its held rows, most rows first."""

    causes = HeldCauseRow(many=True)


class HeldQuery(serializers.Serializer):
    """What can be asked for."""

    cause = serializers.CharField(required=False, max_length=40)


class HeldRow(serializers.Serializer):
    """A row that was held, as it came, and where the mistake is."""

    row = serializers.IntegerField(source="row_no")
    cause = serializers.CharField()
    says = serializers.CharField(source="cause_text")
    amount = Pounds(source="amount_pence", allow_null=True)
    cells = serializers.ListField(child=serializers.CharField(allow_blank=True))


class LayoutRow(serializers.Serializer):
    """A layout whose columns somebody confirmed, as files are read by it today."""

    number = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    holds = serializers.SerializerMethodField()
    columns = serializers.SerializerMethodField()
    from_on = serializers.SerializerMethodField()
    until_on = serializers.SerializerMethodField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()

    def get_holds(self, row: ColumnMapping) -> str:
        """What files of this layout hold."""
        return KINDS[kind_of(self._now(row).mapping)]

    def get_columns(self, row: ColumnMapping) -> dict[str, str]:
        """What each column holds, by its letter."""
        return {each.letter: each.holds for each in columns_of(self._now(row).mapping)}

    def get_from_on(self, row: ColumnMapping) -> date:
        """Since when it is read so."""
        return self._now(row).from_on

    def get_until_on(self, row: ColumnMapping) -> date | None:
        """The day from which on it is read otherwise or not at all; null if none is known."""
        return self._now(row).until_on

    def _now(self, row: ColumnMapping) -> LayoutVersion:
        return version_on(row, timezone.localdate())


class LayoutNameAsked(ReasonAsked):
    """Another name for a layout, and why."""

    name = serializers.CharField(max_length=120)


class LayoutEndAsked(ReasonAsked):
    """The day from which on such files are asked about again (today without one), and why."""

    from_on = serializers.DateField(required=False)


class LayoutColumnsAsked(ColumnsAsked, LayoutEndAsked):
    """What the columns hold from a day on (today without one), and why."""


FilePart = part_type(SourceFileListed)
HeldPart = part_type(HeldRow)
LayoutPart = part_type(LayoutRow)


class FileTakingBack(Endpoint):
    """A load that is taken back: asked for twice, it is done once."""

    permission = REVERSE_INVOICES
    moves_money = True

    @extend_schema(operation_id="files_take_back", request=ReasonAsked, responses={202: TakingBack})
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Reverses every invoice of the file, and the payments that it recorded, in a run."""
        file = source_file(organisation_id=self.actor.organisation_id, number=number)
        given = asked(ReasonAsked, request)
        run = take_back_load(file=file, by=self.actor, as_of=timezone.localdate(), **given)
        return Response(TakingBack(run).data, status=202)


class FilesSent(Endpoint):
    """New files."""

    permission = LOAD_FILES
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="files_send",
        request={"multipart/form-data": SpendFileSent},
        responses={200: SourceFileRow, 201: SourceFileRow},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Keeps a file and guesses its columns; the same twice is recognised (200 and not 201)."""
        given = asked(SpendFileSent, request)
        sent = given["file"]
        named: dict[str, Any] = {"name": sent.name, "data": sent.read(), "by": self.actor}
        with readable("file", Unreadable, NotAnEInvoice):
            if looks_like_xml(named["data"]) or is_pdf(named["data"]):
                file, before = receive_einvoice(**named)
            else:
                received = receive_file(**named, purpose=given["purpose"])
                file, before = received.file, received.before
        return Response(SourceFileRow(file).data, status=200 if before else 201)


class FileHere(Endpoint):
    """What is asked or done of one file."""

    def found(self, number: int) -> SourceFile:
        """The file with its bytes. NotFound."""
        here = self.actor.organisation_id
        return source_file(organisation_id=here, number=number, with_content=True)

    def table(self, number: int) -> SourceFile:
        """A file whose columns a person chooses. NotFound for any other."""
        file = self.found(number)
        if file.purpose not in ("published", "invoices"):
            raise NotFound()
        return file

    def told(self, number: int, status: int = 200) -> Response:
        """The file as it is now."""
        return Response(SourceFileRow(self.found(number)).data, status=status)


class Files(Endpoint):
    """Files that came in."""

    permission = SEE_FILES

    @extend_schema(operation_id="files_list", responses=FilePart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str) -> Response:
        """The last first."""
        found = source_files([self.actor.organisation_id])
        return Response(FilePart(part_of(request, found, "-id")).data)


class FileOne(Endpoint):
    """One file."""

    permission = SEE_FILES

    @extend_schema(operation_id="files_read", responses=SourceFileOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A file that came in, without its bytes, and why rows of it are held."""
        file: Any = source_file(organisation_id=self.actor.organisation_id, number=number)
        file.causes = held_causes(file)
        return Response(SourceFileOut(file).data)


class FileHeldRows(Endpoint):
    """Held rows of a file."""

    permission = SEE_FILES

    @extend_schema(
        operation_id="files_held_rows",
        responses=HeldPart,
        parameters=[HeldQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """In the order of the file: mend them there and send it again."""
        file = source_file(organisation_id=self.actor.organisation_id, number=number)
        found = held_rows(file, **queried(HeldQuery, request))
        return Response(HeldPart(part_of(request, found, "row_no", "id")).data)


class FileColumns(FileHere):
    """The columns of a file."""

    permission = LOAD_FILES

    @extend_schema(
        operation_id="files_choose_columns", request=ColumnsAsked, responses=SourceFileRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Says what each column holds, and reads the file again (FIL01, FIL03)."""
        file, given = self.table(number), asked(ColumnsAsked, request)["columns"]
        columns = known_roles(given, ROLES, len(file.headers))
        with readable("columns", Unreadable):
            choose_columns(file=file, columns=columns, by=self.actor)
        return self.told(number)


class FileLoading(FileHere):
    """The load of a file."""

    permission = LOAD_FILES
    moves_money = True

    @extend_schema(operation_id="files_load", request=NothingAsked, responses={202: SourceFileRow})
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """The columns are right: a run loads the file (FIL01, FIL02, FIL04)."""
        asked(NothingAsked, request)
        load_file(file=self.table(number), by=self.actor)
        return self.told(number, status=202)


class Layouts(Endpoint):
    """Layouts of files that are known."""

    permission = SEE_LAYOUTS

    @extend_schema(operation_id="layouts_list", responses=LayoutPart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str) -> Response:
        """By name."""
        found = layouts(self.actor.organisation_id)
        return Response(LayoutPart(part_of(request, found, "name", "id")).data)


class LayoutNaming(Endpoint):
    """The name of a layout."""

    permission = KEEP_LAYOUTS

    @extend_schema(operation_id="layouts_rename", request=LayoutNameAsked, responses=LayoutRow)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """The layout bears another name."""
        layout_here(self.actor.organisation_id, number)
        row = rename_layout(number=number, by=self.actor, **asked(LayoutNameAsked, request))
        return Response(LayoutRow(row).data)


class LayoutDated(Endpoint):
    """What is done to a layout from a day on."""

    permission = KEEP_LAYOUTS

    def given(self, number: int, wanted: type[LayoutEndAsked], request: Request) -> dict[str, Any]:
        """What a service is told. NotFound unless there is such a layout."""
        layout_here(self.actor.organisation_id, number)
        today = timezone.localdate()
        return {
            **{"number": number, "by": self.actor, "today": today, "from_on": today},
            **asked(wanted, request),
        }

    def told(self, number: int) -> Response:
        """The layout as it is now."""
        return Response(LayoutRow(layout_here(self.actor.organisation_id, number)).data)


class LayoutChanging(LayoutDated):
    """Other columns for a layout."""

    @extend_schema(operation_id="layouts_change", request=LayoutColumnsAsked, responses=LayoutRow)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Files are read by other columns from a day on; what was read stays (FIL09, FIL10)."""
        change_layout(**self.given(number, LayoutColumnsAsked, request))
        return self.told(number)


class LayoutRetirement(LayoutDated):
    """The end of a layout."""

    @extend_schema(operation_id="layouts_retire", request=LayoutEndAsked, responses=LayoutRow)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """From a day on files of the layout are asked about again (FIL09)."""
        retire_layout(**self.given(number, LayoutEndAsked, request))
        return self.told(number)
