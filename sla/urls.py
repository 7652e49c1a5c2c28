from django.urls import path

from sla import views

urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/<str:code>.csv", views.indicator_csv, name="indicator_csv"),
    path("measures/<str:code>/", views.indicator, name="indicator"),
]
