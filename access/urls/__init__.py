"""Addresses of the ways in, under /<organisation>/."""

from django.urls import path

from access.views import coverage

urlpatterns = [
    path("second-factors/", coverage.factors, name="factors"),
    path("second-factors/<int:person>/reset/", coverage.factors_reset, name="factors_reset"),
]
