"""Celery tasks: bells only."""

from celery import shared_task
from django.utils import timezone

from approvals.services import clock, notices


@shared_task
def keep_time() -> None:
    now = timezone.now()
    clock.keep_time(as_of=now)
    notices.send_notices(as_of=now)
