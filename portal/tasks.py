"""Celery tasks: bells only."""

from celery import shared_task
from django.utils import timezone

from portal import services


@shared_task
def forget_ended_sessions() -> None:
    services.forget_ended_sessions(as_of=timezone.now())
