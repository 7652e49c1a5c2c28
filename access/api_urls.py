"""Addresses of rights under /api/v1/<organisation>/."""

from django.urls import path

from access.api_grants import Grants

urlpatterns = [path("grants/", Grants.as_view(), name="api_grants")]
