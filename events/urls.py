from django.urls import path

from events import views, views_webhooks

urlpatterns = [
    path("trail/", views.trail_page, name="trail"),
    path("trail/export.csv", views.trail_csv, name="trail_csv"),
    path("trail/seals/", views.seals_page, name="seals"),
    path("trail/<str:key>/<int:id>/", views.event_subject, name="event_subject"),
    path("deliveries/", views.deliveries_page, name="deliveries"),
    path("deliveries/retry/", views.deliveries_retry, name="deliveries_retry"),
    path("webhooks/", views_webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", views_webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<int:number>/", views_webhooks.webhook, name="webhook"),
    path("webhooks/<int:number>/again/", views_webhooks.webhook_again, name="webhook_again"),
    path("webhooks/<int:number>/end/", views_webhooks.webhook_end, name="webhook_end"),
]
