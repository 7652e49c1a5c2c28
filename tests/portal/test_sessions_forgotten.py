"""Sessions that ran out do not stay in the database for ever."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.tasks import forget_ended_sessions
from sharedservices.celery import app
from tests.world import World


def signed_in(world: World) -> str:
    client, person = Client(), world.people["staff@eastmere"]
    client.force_login(person)
    key = client.session.session_key
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=key, user_agent="")
    return key


def left() -> tuple[set[str], set[str]]:
    kept = (m.objects.values_list("session_key", flat=True) for m in (Session, UserSession))
    sessions, notes = map(set, kept)
    return sessions, notes


def test_beat_forgets_the_sessions_that_ran_out(world: World) -> None:
    live, *ended = (signed_in(world) for _ in range(4))
    assert left() == ({live, *ended}, {live, *ended})
    Session.objects.filter(session_key__in=ended).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        forget_ended_sessions()
    assert left() == ({live}, {live})
    assert len([q for q in asked if q["sql"].startswith("DELETE")]) == len(asked) == 2


def test_what_beat_rings_for_exists() -> None:
    app.loader.import_default_modules()
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert forget_ended_sessions.name in rung
    assert rung <= set(app.tasks)
