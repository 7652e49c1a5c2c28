"""Celery tasks: bells only. Arguments are never trusted for more than a hint."""

from celery import shared_task
from django.utils import timezone

from runs import services
from runs.checking import check_every_organisation


@shared_task
def work_waiting() -> None:
    services.work_all()


@shared_task
def ring_waiting() -> None:
    """Asked every few seconds by beat: whatever lost its bell is rung for again.

    It does no work itself, so that it comes round however long the work takes.
    """
    if services.waiting():
        services.ring()


@shared_task
def check_books() -> None:
    check_every_organisation(on=timezone.localdate())
