"""What the sign-in leaves behind."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def forget_ended_sessions(*, as_of: datetime) -> None:
    """Sessions that ran out are gone, and so is what was noted of any that is gone."""
    Session.objects.filter(expire_date__lt=as_of).delete()
    live = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=live).delete()
