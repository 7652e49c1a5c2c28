from django.urls import path

from benchmarking import views, views_packs

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/packs/", views_packs.packs, name="board_packs"),
    path("board/packs/<str:month>/<int:version>.pdf", views_packs.pack, name="board_pack"),
    path("partners/", views.centre_board, name="centre_board"),
    path("comparison/", views.comparison, name="comparison"),
]
