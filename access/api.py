"""How programs show who they are: a token of this organisation, tried as often as is sensible."""

from dataclasses import dataclass, replace
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access.models import ApiToken
from access.services.tokens import use_token
from core.actors import Actor
from tenants.selectors import all_organisations

SCHEME = "Bearer "
WRONG_PER_MINUTE = 20
REFUSED = "This token is not known here, has ended, or belongs to another organisation."


def _times_this_minute(what: str) -> int:
    """How often that has happened in this minute of the clock, this time included."""
    key = f"{what}:{timezone.now():%H%M}"
    cache.add(key, 0, 120)
    return int(cache.incr(key))


def _seconds_left() -> int:
    return 60 - timezone.now().second


@dataclass(frozen=True)
class Shown:
    """The token of a request (core.web.api.Pass)."""

    token: ApiToken

    @property
    def holder(self) -> str:
        """Whose idempotency keys it sends."""
        return f"token {self.token.pk}"

    def carries(self, scope_name: str) -> bool:
        return scope_name in self.token.scopes.split()

    def narrowed(self, actor: Actor) -> Actor:
        """The person at this organisation alone, named with the token in whatever they do."""
        name = f"{actor.name} by token {self.token.prefix}"
        here = frozenset({actor.organisation_id})
        return replace(actor, name=name, rights=tuple(actor.rights_here()), readable=here)


class TokenAuthentication(BaseAuthentication):
    """Authorization: Bearer cw_…, good at the organisation of the address and nowhere else."""

    def authenticate(self, request: Request) -> tuple[Any, Shown] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(SCHEME):
            return None
        address = get_adapter().get_client_ip(request)
        slug = (request.parser_context or {})["kwargs"].get("organisation")
        places = {row.slug: row.id for row in all_organisations()}
        found = None
        if slug in places:
            found = use_token(
                text=header.removeprefix(SCHEME).strip(),
                organisation_id=places[slug],
                address=address,
                at=timezone.now(),
            )
        if found is None:
            if _times_this_minute(f"token-wrong:{address}") > WRONG_PER_MINUTE:
                raise Throttled(wait=_seconds_left())
            raise AuthenticationFailed(REFUSED)
        return found.person, Shown(found)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Commonwell"'


class TokenThrottle(BaseThrottle):
    """So many calls a minute for each token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Shown):
            return True
        token = request.auth.token
        made = _times_this_minute(f"token-used:{token.organisation_id}:{token.pk}")
        return made <= settings.API_TOKEN_PER_MINUTE

    def wait(self) -> int:
        return _seconds_left()


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema of the API names it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made under API tokens, for one organisation.",
        }
