"""Addresses of the organisation under /api/v1/<organisation>/."""

from django.urls import path

from tenants.api import (
    Calendar,
    CalendarClosing,
    CalendarOpening,
    OrganisationChange,
    OrganisationOne,
    Units,
    UnitsKeeping,
    UnitsPlan,
)

urlpatterns = [
    path("units/", Units.as_view(), name="api_units"),
    path("units/plan/", UnitsPlan.as_view(), name="api_units_plan"),
    path("units/keeping/", UnitsKeeping.as_view(), name="api_units_keeping"),
    path("calendar/", Calendar.as_view(), name="api_calendar"),
    path("calendar/closing/", CalendarClosing.as_view(), name="api_calendar_closing"),
    path("calendar/<int:number>/opening/", CalendarOpening.as_view(), name="api_calendar_opening"),
    path("organisation/", OrganisationOne.as_view(), name="api_organisation"),
    path("organisation/change/", OrganisationChange.as_view(), name="api_organisation_change"),
]
