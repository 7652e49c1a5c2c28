"""The Celery application. A message is only a bell: PostgreSQL holds what has to be done."""

import os
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
app = Celery("sharedservices")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "ring waiting chunks": {"task": "runs.tasks.ring_waiting", "schedule": 5.0},
    "deliver events": {"task": "events.tasks.deliver", "schedule": 5.0},
    "tell webhooks": {"task": "events.tasks.tell_webhooks", "schedule": 10.0},
    "seal events": {"task": "events.tasks.seal", "schedule": 60.0},
    "keep approvals in time": {"task": "approvals.tasks.keep_time", "schedule": 60.0},
    "ask registers": {"task": "finance.tasks.answer_lookups", "schedule": 10.0},
    "send remittance advice": {"task": "finance.tasks.send_remittances", "schedule": 60.0},
    "put accounts in force": {"task": "hr.tasks.put_accounts_in_force", "schedule": 900.0},
    "forget ended sessions": {"task": "portal.tasks.forget_ended_sessions", "schedule": 3600.0},
    "check the books": {"task": "runs.tasks.check_books", "schedule": crontab(hour=2, minute=30)},
}


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_unsafe(**kwargs: Any) -> None:
    """A worker on the wrong database, or with too much power over it, does not start."""
    import django

    django.setup()
    from sharedservices.checks import refuse_unsafe_start

    refuse_unsafe_start()
