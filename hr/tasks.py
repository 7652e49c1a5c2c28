"""Celery tasks: bells only."""

from celery import shared_task
from django.utils import timezone

from hr.services import accounts


@shared_task
def put_accounts_in_force() -> None:
    accounts.put_accounts_in_force(as_of=timezone.now())
