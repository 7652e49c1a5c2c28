from django.urls import path

from portal import demonstration, views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("brand/<slug:slug>.css", views.brand_css, name="brand_css"),
    path("demonstration/be/<slug:key>/", demonstration.be, name="demo_be"),
    path("demonstration/start-over/", demonstration.start_over, name="demo_start_over"),
    path("<slug:organisation>/", views.organisation_home, name="organisation_home"),
]
