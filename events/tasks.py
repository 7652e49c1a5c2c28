"""Celery tasks: bells only."""

from celery import shared_task

from events import services


@shared_task
def deliver() -> None:
    services.deliver_waiting()


@shared_task
def seal() -> None:
    services.seal_all()
