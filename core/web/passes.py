"""What programs show instead of a session, and what it must carry where."""

from typing import Protocol

from django.urls import get_resolver

from core.actors import Actor

SAFE = ("GET", "HEAD", "OPTIONS")
READ, WRITE = "read", "write"
# What some endpoint asks for, so that no token is offered what nothing takes.
SCOPES: set[str] = set()


def scope_for(permission: str, method: str) -> str:
    """What a token must carry for a method on a permission: «finance:read»."""
    return f"{permission.split('.')[0]}:{READ if method in SAFE else WRITE}"


def known_scopes() -> set[str]:
    """All of them: endpoints are known once the addresses have been read."""
    _ = get_resolver().url_patterns
    return SCOPES


class Pass(Protocol):
    """It holds less than the person behind it."""

    @property
    def holder(self) -> str: ...

    def carries(self, scope_name: str) -> bool: ...

    def narrowed(self, actor: Actor) -> Actor: ...
