"""Addresses of rights under /api/v1/<organisation>/."""

from django.urls import path

from access.api_centre import CentreWork
from access.api_conflicts import ConflictOne, Conflicts
from access.api_grants import Grants, Roles
from access.api_reviews import ReviewOne, ReviewRights, Reviews

REVIEW = "access-reviews/<int:number>/"

urlpatterns = [
    path("grants/", Grants.as_view(), name="api_grants"),
    path("roles/", Roles.as_view(), name="api_roles"),
    path("trail/centre/", CentreWork.as_view(), name="api_centre_work"),
    path("access-reviews/", Reviews.as_view(), name="api_access_reviews"),
    path(REVIEW, ReviewOne.as_view(), name="api_access_review"),
    path(f"{REVIEW}rights/", ReviewRights.as_view(), name="api_access_review_rights"),
    path("conflicts/", Conflicts.as_view(), name="api_conflicts"),
    path("conflicts/<int:person>/<slug:key>/", ConflictOne.as_view(), name="api_conflict"),
]
