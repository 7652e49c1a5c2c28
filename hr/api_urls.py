"""Addresses of the staff record under /api/v1/<organisation>/."""

from django.urls import path

from hr.api import StaffList

urlpatterns = [path("staff/", StaffList.as_view(), name="api_staff")]
