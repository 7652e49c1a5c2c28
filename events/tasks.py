"""Celery tasks: bells only."""

from celery import shared_task
from django.utils import timezone

from events import services, webhooks


@shared_task
def deliver() -> None:
    services.deliver_waiting()


@shared_task
def tell_webhooks() -> None:
    webhooks.tell_webhooks(as_of=timezone.now())


@shared_task
def seal() -> None:
    services.seal_all()
