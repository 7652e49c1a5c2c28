"""Addresses of measures under /api/v1/<organisation>/."""

from django.urls import path

from sla.api import Figures

urlpatterns = [path("figures/", Figures.as_view(), name="api_figures")]
