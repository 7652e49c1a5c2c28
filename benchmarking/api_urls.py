"""Addresses of the comparison under /api/v1/<organisation>/."""

from django.urls import path

from benchmarking.api import Comparison, PackMaking, Packs

urlpatterns = [
    path("comparison/", Comparison.as_view(), name="api_comparison"),
    path("board-packs/", Packs.as_view(), name="api_board_packs"),
    path("board-packs/new/", PackMaking.as_view(), name="api_pack_making"),
]
