"""Addresses of the trail under /api/v1/<organisation>/."""

from django.urls import path

from events.api import DeliveriesRetry, Trail, TrailProof, WebhookAgain

urlpatterns = [
    path("trail/", Trail.as_view(), name="api_trail"),
    path("trail/proof/", TrailProof.as_view(), name="api_trail_proof"),
    path("deliveries/retry/", DeliveriesRetry.as_view(), name="api_deliveries_retry"),
    path("webhooks/<int:number>/again/", WebhookAgain.as_view(), name="api_webhook_again"),
]
