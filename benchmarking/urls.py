from django.urls import path

from benchmarking import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("partners/", views.centre_board, name="centre_board"),
    path("comparison/", views.comparison, name="comparison"),
]
