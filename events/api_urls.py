"""Addresses of the trail under /api/v1/<organisation>/."""

from django.urls import path

from events.api import (
    Deliveries,
    DeliveriesRetry,
    Seals,
    Trail,
    TrailProof,
    WebhookAgain,
    WebhookDeliveries,
    Webhooks,
)

HOOK = "webhooks/<int:number>/"

urlpatterns = [
    path("trail/", Trail.as_view(), name="api_trail"),
    path("trail/proof/", TrailProof.as_view(), name="api_trail_proof"),
    path("trail/seals/", Seals.as_view(), name="api_seals"),
    path("deliveries/", Deliveries.as_view(), name="api_deliveries"),
    path("deliveries/retry/", DeliveriesRetry.as_view(), name="api_deliveries_retry"),
    path("webhooks/", Webhooks.as_view(), name="api_webhooks"),
    path(f"{HOOK}deliveries/", WebhookDeliveries.as_view(), name="api_webhook_deliveries"),
    path(f"{HOOK}again/", WebhookAgain.as_view(), name="api_webhook_again"),
]
