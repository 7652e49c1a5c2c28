"""Addresses of what an administrator keeps, under /<organisation>/."""

from django.urls import path

from tenants.views import units, units_file

urlpatterns = [
    path("units/", units.listed, name="units"),
    path("units/export/", units.export, name="units_export"),
    path("units/load/", units_file.load, name="units_load"),
    path("units/new/", units.new, name="unit_new"),
    path("units/<int:number>/", units.one, name="unit"),
    path("units/<int:number>/change/", units.change, name="unit_change"),
]
