"""The organisation for programs: its units, its closed days, its facts."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, queried
from core.web.api_asked import ReasonAsked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from core.working_time import FIRST_YEAR, LAST_YEAR
from tenants.models import Organisation, Unit
from tenants.permissions import KEEP_ORGANISATION, KEEP_UNITS, SEE_ORGANISATION, SEE_UNITS
from tenants.selectors.place import closed_days, closure_here, organisation_here
from tenants.selectors.tree import last_day, units_on
from tenants.services.place import change_organisation, close_days, open_day
from tenants.services.units import Planned, UnitFacts, keep_units, plan_units


class UnitsQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(required=False, help_text="As of this day; today if absent")
    q = serializers.CharField(required=False, max_length=80)


class UnitRow(serializers.Serializer):
    """A unit, what it is part of, who holds its budget, and its days."""

    number = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    part_of = serializers.CharField(source="parent.code", default="")
    holder = serializers.CharField(source="holder.email", default="")
    from_on = serializers.DateField(source="valid.lower", allow_null=True)
    last_on = serializers.SerializerMethodField()

    def get_last_on(self, unit: Unit) -> date | None:
        """The last day on which it exists; null if no end is known."""
        return last_day(unit)


class UnitAsked(serializers.Serializer):
    """A unit as it is to be: part of the unit of a code, its budget held by whoever has an address,
    from its first day on up to but not including `until_on`."""

    code = serializers.RegexField(r"^[A-Za-z0-9/_-]{1,24}$")
    name = serializers.CharField(max_length=120)
    part_of = serializers.CharField(source="parent", max_length=24, default="", allow_blank=True)
    holder = serializers.EmailField(max_length=254, default="", allow_blank=True)
    from_on = serializers.DateField(source="since", default=None, allow_null=True)
    until_on = serializers.DateField(source="until", default=None, allow_null=True)


class UnitsAsked(serializers.Serializer):
    """Units as they are to be; those that are not named stay as they are."""

    units = UnitAsked(many=True, min_length=1, max_length=2000)  # type: ignore[call-arg]


class UnitsKept(UnitsAsked, ReasonAsked):
    """Units as they are to be, and why."""


class ChangeOut(serializers.Serializer):
    """What would be another."""

    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class UnitRefusal(serializers.Serializer):
    """A rule that says no to a unit."""

    code = serializers.CharField()
    detail = serializers.CharField()


class PlannedOut(serializers.Serializer):
    """What would become of a unit, or became of it."""

    code = serializers.CharField(source="facts.code")
    new = serializers.BooleanField()
    changes = serializers.SerializerMethodField()
    refusals = serializers.SerializerMethodField()

    @extend_schema(responses=ChangeOut(many=True))
    def get_changes(self, one: Planned) -> list[dict[str, str]]:
        """Fact by fact."""
        return [{"what": what, "before": old, "after": new} for what, old, new in one.changes]

    @extend_schema(responses=UnitRefusal(many=True))
    def get_refusals(self, one: Planned) -> list[dict[str, str]]:
        """Every rule that says no."""
        return [{"code": said.code, "detail": said.message} for said in one.refusals]


class CalendarQuery(serializers.Serializer):
    """What can be asked for."""

    year = serializers.IntegerField(
        required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR, help_text="This one if absent."
    )


class ClosedDayRow(serializers.Serializer):
    """A weekday on which nobody works; a day of the organisation's own has a number."""

    day = serializers.DateField()
    why = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)


class ClosingAsked(serializers.Serializer):
    """The first and last day on which nobody works, and why; without `last_on` one day."""

    first_on = serializers.DateField()
    last_on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=120)


class Closed(serializers.Serializer):
    """How many working days are closed."""

    closed = serializers.IntegerField()


class Opened(serializers.Serializer):
    """The day that is a working day again."""

    opened = serializers.DateField()


class OrganisationOut(serializers.Serializer):
    """What an organisation is called, how it stands, its colour."""

    name = serializers.CharField()
    short_name = serializers.CharField()
    standing = serializers.ChoiceField(choices=Organisation.Standing.values)
    brand_colour = serializers.CharField()


class OrganisationAsked(ReasonAsked):
    """What is to be another, and why; what is not given stays."""

    name = serializers.CharField(max_length=120, required=False)
    short_name = serializers.CharField(max_length=40, required=False)
    standing = serializers.ChoiceField(choices=Organisation.Standing.values, required=False)
    brand_colour = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", required=False)


UnitPart = part_type(UnitRow)


class Units(Endpoint):
    """Units of the organisation."""

    permission = SEE_UNITS

    @extend_schema(
        operation_id="units_list", responses=UnitPart, parameters=[UnitsQuery, CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """In the order of the tree."""
        given = queried(UnitsQuery, request)
        on = given.get("on") or request.today
        found = units_on(self.actor.organisation_id, on, text=given.get("q", ""))
        return Response(UnitPart(part_of(request, found, "path", "id")).data)


def _wanted(given: dict[str, Any]) -> list[UnitFacts]:
    return [UnitFacts(**one) for one in given["units"]]


class UnitsPlan(Endpoint):
    """What would become of units."""

    permission = KEEP_UNITS

    @extend_schema(operation_id="units_plan", request=UnitsAsked, responses=PlannedOut(many=True))
    def post(self, request: Any, organisation: str) -> Response:
        """Every change and every rule that says no; nothing is changed."""
        wanted = _wanted(asked(UnitsAsked, request))
        found = plan_units(wanted=wanted, by=self.actor, today=request.today)
        return Response(PlannedOut(found, many=True).data)


class UnitsKeeping(Endpoint):
    """Units added, renamed, moved and ended."""

    permission = KEEP_UNITS

    @extend_schema(operation_id="units_keep", request=UnitsKept, responses=PlannedOut(many=True))
    def post(self, request: Any, organisation: str) -> Response:
        """Adds those that are not there and changes the others, all or none (TEN03 to TEN11)."""
        given = asked(UnitsKept, request)
        who: dict[str, Any] = {"by": self.actor, "today": request.today}
        done = keep_units(wanted=_wanted(given), reason=given["reason"], **who)
        return Response(PlannedOut(done, many=True).data)


class Calendar(Endpoint):
    """The closed days of a year."""

    permission = SEE_ORGANISATION

    @extend_schema(
        operation_id="calendar_read",
        responses=ClosedDayRow(many=True),
        parameters=[CalendarQuery],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Bank holidays and the organisation's own days, in their order."""
        year = queried(CalendarQuery, request).get("year", min(request.today.year, LAST_YEAR))
        place = organisation_here(self.actor.organisation_id)
        return Response(ClosedDayRow(closed_days(place, year), many=True).data)


class CalendarClosing(Endpoint):
    """Days on which nobody works."""

    permission = KEEP_ORGANISATION

    @extend_schema(operation_id="calendar_close", request=ClosingAsked, responses={201: Closed})
    def post(self, request: Any, organisation: str) -> Response:
        """Closes the working days among these (TEN13, TEN14)."""
        given = asked(ClosingAsked, request)
        given.setdefault("last_on", given["first_on"])
        count = close_days(by=self.actor, today=request.today, **given)
        return Response(Closed({"closed": count}).data, status=201)


class CalendarOpening(Endpoint):
    """A closed day opened again."""

    permission = KEEP_ORGANISATION

    @extend_schema(operation_id="calendar_open", request=ReasonAsked, responses=Opened)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """A day of the organisation's own is a working day again (TEN13)."""
        closure_here(self.actor.organisation_id, number)
        given = asked(ReasonAsked, request)
        opened = open_day(number=number, by=self.actor, today=request.today, **given)
        return Response(Opened({"opened": opened}).data)


class OrganisationOne(Endpoint):
    """The facts of the organisation."""

    permission = SEE_ORGANISATION

    @extend_schema(operation_id="organisation_read", responses=OrganisationOut)
    def get(self, request: Request, organisation: str) -> Response:
        """As they are now."""
        return Response(OrganisationOut(organisation_here(self.actor.organisation_id)).data)


class OrganisationChange(Endpoint):
    """Another name, standing or colour."""

    permission = KEEP_ORGANISATION

    @extend_schema(
        operation_id="organisation_change", request=OrganisationAsked, responses=OrganisationOut
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Changes what is given (TEN12)."""
        given, here = asked(OrganisationAsked, request), self.actor.organisation_id
        now = OrganisationOut(organisation_here(here)).data
        change_organisation(**{**now, **given}, by=self.actor)
        return Response(OrganisationOut(organisation_here(here)).data)
