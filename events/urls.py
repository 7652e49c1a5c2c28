from django.urls import path

from events import views

urlpatterns = [
    path("trail/", views.trail_page, name="trail"),
    path("trail/export.csv", views.trail_csv, name="trail_csv"),
    path("trail/seals/", views.seals_page, name="seals"),
    path("trail/<str:key>/<int:id>/", views.event_subject, name="event_subject"),
    path("deliveries/", views.deliveries_page, name="deliveries"),
    path("deliveries/retry/", views.deliveries_retry, name="deliveries_retry"),
]
