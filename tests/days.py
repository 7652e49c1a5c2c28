"""The day of a test, asked for while it runs: one of the import is yesterday after midnight."""

from datetime import date, timedelta

from django.utils import timezone


def today() -> date:
    return timezone.localdate()


def in_days(days: int) -> date:
    return today() + timedelta(days=days)
