"""Signing in by hand, and the codes that an authenticator app would show."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from tenants.models import Person

PASSWORD = "marble-lantern-orchard"


def code(secret: str, later: int = 0) -> str:
    """What the app shows now, or that many half minutes later."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + later))


def with_app(person: Person) -> str:
    """The person has an authenticator app from before; its secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(person, secret)
    return secret


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, person: Person) -> Any:
    return client.post("/account/login/", {"login": person.email, "password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Sets an app up on the pages; its secret."""
    secret = client.get("/account/second-factor/app/").context["form"].secret
    answer = client.post("/account/second-factor/app/", {"code": code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


def has_factor(person: Person) -> bool:
    return Authenticator.objects.filter(user=person).exists()
