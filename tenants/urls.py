"""Addresses of what an administrator keeps, under /<organisation>/."""

from django.urls import path

from tenants.views import calendar, calendar_file, organisation, units, units_file

urlpatterns = [
    path("organisation/", organisation.facts, name="organisation"),
    path("organisation/change/", organisation.change, name="organisation_change"),
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/export/", calendar_file.export, name="calendar_export"),
    path("calendar/load/", calendar_file.load, name="calendar_load"),
    path("calendar/close/", calendar.close, name="calendar_close"),
    path("calendar/<int:number>/open/", calendar.reopen, name="calendar_open"),
    path("units/", units.units_page, name="units"),
    path("units/export/", units.export, name="units_export"),
    path("units/load/", units_file.load, name="units_load"),
    path("units/new/", units.new, name="unit_new"),
    path("units/<int:number>/", units.one, name="unit"),
    path("units/<int:number>/change/", units.change, name="unit_change"),
]
