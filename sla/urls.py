from django.urls import path

from sla import views, views_journey, views_months, views_relief, views_targets, views_targets_file

urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/targets/", views_targets.target_history, name="target_history"),
    path("measures/targets/export/", views_targets_file.export, name="targets_export"),
    path("measures/targets/load/", views_targets_file.load, name="targets_load"),
    path("measures/<str:code>.csv", views.indicator_csv, name="indicator_csv"),
    path("measures/of/<str:key>/<int:number>/", views_journey.figures_of, name="figures_of"),
    path("measures/<str:code>/<str:month>/journey/", views_journey.journey, name="journey"),
    path("measures/<str:code>/", views.indicator, name="indicator"),
    path("relief/", views_relief.relief, name="relief"),
    path("relief/claim/", views_relief.claim, name="relief_claim"),
    path("relief/<int:number>/", views_relief.relief_event, name="relief_event"),
    path("months/", views_months.months, name="signed_months"),
    path("months/<str:month>/", views_months.month, name="signed_month"),
    path("months/<str:month>/remarks/", views_months.month_remark, name="month_remark"),
    path("months/<str:month>/reasons/", views_months.month_reason, name="month_reason"),
]
