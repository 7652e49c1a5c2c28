"""Addresses of runs under /api/v1/<organisation>/."""

from django.urls import path

from runs.api import RunOne, Runs

urlpatterns = [
    path("runs/", Runs.as_view(), name="api_runs"),
    path("runs/<int:number>/", RunOne.as_view(), name="api_run"),
]
