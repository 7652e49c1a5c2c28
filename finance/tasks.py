"""Celery tasks: bells only."""

from celery import shared_task
from django.utils import timezone

from finance.services import lookups, remittances


@shared_task
def send_remittances() -> None:
    remittances.send_advice(as_of=timezone.now())


@shared_task
def answer_lookups() -> None:
    lookups.answer_lookups(as_of=timezone.now())
