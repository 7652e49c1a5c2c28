"""Addresses of runs under /api/v1/<organisation>/."""

from django.urls import path

from runs.api import RunCancellation, RunOne, RunRetry, Runs

urlpatterns = [
    path("runs/", Runs.as_view(), name="api_runs"),
    path("runs/<int:number>/", RunOne.as_view(), name="api_run"),
    path("runs/<int:number>/cancellation/", RunCancellation.as_view(), name="api_run_cancellation"),
    path("runs/<int:number>/retry/", RunRetry.as_view(), name="api_run_retry"),
]
