"""Posts, terms and files of staff, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, asked, queried
from core.web.api_asked import MOST, FileSent
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_of_found, part_type
from hr.models import StaffFile, StandardCode
from hr.permissions import KEEP_TERMS, LOAD_STAFF, SEE_STAFF, SEE_TERMS
from hr.selectors.codes import codes_of
from hr.selectors.people import establishment
from hr.selectors.posts import errors_of
from hr.selectors.terms import grades_of
from hr.services.files import load_staff
from hr.services.terms import NewPosition, create_positions, install_terms
from tenants.selectors import units


class PostAsked(serializers.Serializer):
    """A post: its unit by number, its grade and the code of the scale, and its budget in full-time
    equivalents from a day on."""

    code = serializers.CharField(max_length=24)
    title = serializers.CharField(max_length=120)
    unit = serializers.IntegerField(min_value=1, max_value=MOST)
    scale = serializers.CharField(max_length=20)
    grade = serializers.CharField(max_length=20)
    budget = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=0)
    from_on = serializers.DateField()


class PostRow(serializers.Serializer):
    """A post of the establishment."""

    code = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    scale = serializers.CharField(source="scale.code")
    grade = serializers.CharField()


class DayQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(required=False, help_text="As of this day; today if absent.")


class EstablishmentRow(serializers.Serializer):
    """A post with full-time equivalents in hundredths: budgeted, filled and vacant."""

    code = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField(source="unit_code")
    scale = serializers.CharField(source="scale_code")
    grade = serializers.CharField()
    budgeted = serializers.IntegerField()
    filled = serializers.IntegerField()
    vacant = serializers.IntegerField()


class CodesQuery(DayQuery):
    """What can be asked for; `text` begins a code or is a part of a name."""

    list = serializers.ChoiceField(choices=StandardCode.List.values, required=False)
    text = serializers.CharField(required=False, max_length=80)


class CodeRow(serializers.Serializer):
    """A code of a list that the employer reports by, and the days on which it may be given."""

    list = serializers.CharField(source="of")
    code = serializers.CharField()
    name = serializers.CharField()
    standard = serializers.CharField()
    from_on = serializers.DateField()
    until_on = serializers.DateField(source="to_on", allow_null=True)


PostPart = part_type(EstablishmentRow)
CodePart = part_type(CodeRow)


class TemplateAsked(serializers.Serializer):
    """The code of a template."""

    template = serializers.CharField(max_length=40)


class ScaleRow(serializers.Serializer):
    """A pay scale that is set up."""

    code = serializers.CharField()
    name = serializers.CharField()


class RowError(serializers.Serializer):
    """What is wrong with a row."""

    row = serializers.IntegerField(source="row_no")
    text = serializers.CharField()


class StaffFileOut(serializers.Serializer):
    """A file that was loaded, or refused whole with what is wrong, by row."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=StaffFile.State.values)
    rows = serializers.IntegerField()
    people = serializers.IntegerField()
    wrong = RowError(many=True, source="told")


class Posts(Endpoint):
    """Posts of the establishment."""

    permission = SEE_STAFF

    @extend_schema(
        operation_id="posts_list", responses=PostPart, parameters=[DayQuery, CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Of a day, by code, in the units that you see."""
        on = queried(DayQuery, request).get("on", request.today)
        found = establishment(self.actor, on)
        return Response(PostPart(part_of_found(request, found, "code")).data)


class StandardCodes(Endpoint):
    """Codes that the employer reports by."""

    permission = SEE_TERMS

    @extend_schema(
        operation_id="standard_codes_list",
        responses=CodePart,
        parameters=[CodesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Of a day, by list and code."""
        given = queried(CodesQuery, request)
        asked_for = {"of": given.get("list", ""), "text": given.get("text", "")}
        on = given.get("on", request.today)
        found = codes_of(self.actor.organisation_id, on, **asked_for)
        return Response(CodePart(part_of(request, found, "of", "code", "id")).data)


class PostCreation(Endpoint):
    """New posts."""

    permission = KEEP_TERMS

    @extend_schema(operation_id="posts_create", request=PostAsked, responses={201: PostRow})
    def post(self, request: Any, organisation: str) -> Response:
        """A post of the establishment, budgeted from a day on (HRR06, HRR16)."""
        given, here = asked(PostAsked, request), self.actor.organisation_id
        unit = next((one for one in units(here, request.today) if one.pk == given["unit"]), None)
        scales = {scale.code: scale for _label, scale, _grade in grades_of(here).values()}
        if unit is None or given["scale"] not in scales:
            raise NotFound("There is no such unit or pay scale.")
        post = NewPosition(
            code=given["code"],
            title=given["title"],
            unit=unit,
            scale=scales[given["scale"]],
            grade=given["grade"],
            fte_hundredths=int(given["budget"] * 100),
        )
        (made,) = create_positions(rows=[post], from_on=given["from_on"], by=self.actor)
        return Response(PostRow(made).data, status=201)


class TermsInstallation(Endpoint):
    """Terms of a template."""

    permission = KEEP_TERMS

    @extend_schema(operation_id="terms_install", request=TemplateAsked, responses={201: ScaleRow})
    def post(self, request: Request, organisation: str) -> Response:
        """A scale with its values, allowances and hours (HRR01, HRR15)."""
        scale = install_terms(by=self.actor, **asked(TemplateAsked, request))
        return Response(ScaleRow(scale).data, status=201)


class StaffFilesSent(Endpoint):
    """Files of staff."""

    permission = LOAD_STAFF
    parser_classes = [MultiPartParser]
    moves_money = True

    @extend_schema(
        operation_id="staff_files_send",
        request={"multipart/form-data": FileSent},
        responses={201: StaffFileOut},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Loaded if nothing is wrong with any row, else kept with what is (HRR09, HRR10)."""
        sent = asked(FileSent, request)["file"]
        file: Any = load_staff(name=sent.name, data=sent.read(), by=self.actor, at=timezone.now())
        file.told = errors_of(file)
        return Response(StaffFileOut(file).data, status=201)
