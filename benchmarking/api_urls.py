"""Addresses of the comparison under /api/v1/<organisation>/."""

from django.urls import path

from benchmarking.api import Comparison

urlpatterns = [path("comparison/", Comparison.as_view(), name="api_comparison")]
