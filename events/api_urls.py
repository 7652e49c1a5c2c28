"""Addresses of the trail under /api/v1/<organisation>/."""

from django.urls import path

from events.api import Trail

urlpatterns = [path("trail/", Trail.as_view(), name="api_trail")]
