"""OpenID Connect, one provider for each organisation, which speaks for its own people alone.

The library does the redirections, PKCE and state. What a provider says is checked here, all of it:
signature, issuer, audience, times, nonce, address, domain, and that the person works there.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access.addresses import Careful
from access.selectors import domain_holder, domains_of, provider_of
from core.actors import Actor
from core.errors import NotFound
from core.scope import scope
from core.sealing import unseal
from events.services import record_about
from tenants.models import Person
from tenants.selectors import all_organisations, person_of, standing_of

logger = logging.getLogger(__name__)
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
CLOCKS_DIFFER_SECONDS = 60
SUBJECT = "tenants.organisation"


class NotBelieved(OAuth2Error):
    """What the provider said is not believed; the message is for the log, not for the browser."""


@dataclass(frozen=True)
class Place:
    """An organisation whose provider may be asked, and the domains for which it speaks."""

    id: int
    slug: str
    name: str
    issuer: str
    client_id: str
    secret: str
    domains: frozenset[str]


def place_of(slug: str) -> Place | None:
    """The organisation of that address with its provider, if it has one that is in use."""
    here = next((row for row in all_organisations() if row.slug == slug), None)
    if here is None:
        return None
    with scope(readable=[here.id]):
        row = provider_of(here.id)
        if row is None or not row.enabled or not row.secret:
            return None
        domains = frozenset(one.domain for one in domains_of(here.id) if one.verified_at)
        facts = (row.issuer, row.client_id, unseal(row.secret))
    return Place(here.id, here.slug, here.name, *facts, domains)


class OwnProviders(DefaultSocialAccountAdapter):
    """Rows of organisations in place of the library's table; nobody signs up, nobody connects."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        place = place_of(provider or "")
        if place is None:
            return []
        app = SocialApp(
            provider="openid_connect",
            provider_id=place.slug,
            name=place.name[:40],
            client_id=place.client_id,
            secret=place.secret,
            settings={"server_url": place.issuer},
        )
        app.place = place
        return [app]

    def get_requests_session(self) -> requests.Session:
        return Careful()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """One page for all that can be wrong: its cause is in the log."""
        logger.warning(
            "Sign-in through %s failed: %s", provider.app.provider_id, exception or error
        )
        page = render(request, "account/provider_failed.html", status=403)
        raise ImmediateHttpResponse(page)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Lets a person of this organisation in, and nobody else (NotBelieved)."""
        place, claims = sociallogin.place, sociallogin.claims
        state = sociallogin.state
        if state.get("process") != "login":
            raise NotBelieved("nothing but signing in is done here")
        said, meant = str(claims.get("nonce", "")), str(state.get("nonce", ""))
        if not meant or not hmac.compare_digest(said.encode(), meant.encode()):
            raise NotBelieved("the answer belongs to another question (nonce)")
        person = whom(place, claims)
        self._same_account(place, person, sociallogin)
        # The library would keep the provider's token in the session while the code is asked for.
        raise ImmediateHttpResponse(_let_in(request, place, person, state.get("next")))

    def _same_account(self, place: Place, person: Person, login: Any) -> None:
        """An account of the provider is one person for good, and a person one account of it."""
        if login.account.pk:
            if login.account.user_id != person.pk:
                raise NotBelieved("the account belongs to somebody else")
            return
        rows = SocialAccount.objects.filter(provider=place.slug, user_id=person.pk)
        if rows.exists():
            raise NotBelieved("the person has another account of this provider")
        login.account.user, login.account.extra_data = person, {}
        login.account.save()
        by = Actor(person.pk, person.name, place.id)
        with scope(acting=place.id):
            verb = "access.provider.linked"
            record_about(verb, SUBJECT, place.id, by=by, person=person.name)


def _let_in(request: HttpRequest, place: Place, person: Person, onwards: Any) -> HttpResponse:
    """Signs the person in as far as their second factor, which no provider replaces."""
    if request.user.is_authenticated:
        get_account_adapter(request).logout(request)
    record_authentication(request, person, "socialaccount", provider=place.slug)
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=onwards))
    return answer


def whom(place: Place, claims: dict[str, Any]) -> Person:
    """The person of this organisation that the provider speaks of. NotBelieved of all others.

    The address must be verified, in a domain that this organisation alone holds, of somebody who
    holds a role here today.
    """
    address = claims.get("email")
    if not isinstance(address, str) or claims.get("email_verified") is not True:
        raise NotBelieved("no verified address")
    address = address.lower()
    domain = address.rpartition("@")[2]
    if domain not in place.domains or domain_holder(domain) != place.id:
        raise NotBelieved(f"it may not speak for {domain}")
    try:
        person = person_of(address)
    except NotFound:
        raise NotBelieved("nobody has that address") from None
    standing = standing_of(person.pk, timezone.localdate())
    if place.id not in {member.id for member in standing.memberships}:
        raise NotBelieved("the person has no role there")
    return person


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    """Believes a signed token alone, whatever the channel it came through."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider publishes of itself; refused if it claims to be another one."""
        config: dict[str, Any] = super().openid_config
        issuer = self.get_provider().app.settings["server_url"]
        if not isinstance(config, dict) or str(config.get("issuer", "")).rstrip("/") != issuer:
            raise NotBelieved("the provider gives itself out for another one")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self.believed(app, kwargs["response"].get("id_token"))
        # A subject means something to its issuer only; the row must outlive neither.
        told = f"{claims['iss']} {claims['sub']}".encode()
        uid = hashlib.sha256(told).hexdigest()
        provider = self.get_provider()
        login = provider.sociallogin_from_response(request, {"id_token": {"sub": uid}})
        login.place, login.claims = app.place, claims
        return login

    def believed(self, app: Any, token: Any) -> dict[str, Any]:
        """The claims of a token that this provider signed for us and that is good now."""
        if not isinstance(token, str):
            raise NotBelieved("no token of identity")
        try:
            return self._decoded(app, token)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise NotBelieved(f"the token of identity is not good: {error}") from error

    def _decoded(self, app: Any, token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json())
        header = jwt.get_unverified_header(token)
        key = next(one for one in [*keys.keys, None] if one is None or one.key_id == header["kid"])
        if key is None or header["alg"] not in ALGORITHMS:
            raise NotBelieved("signed with no key or method of the provider")
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[header["alg"]],
            audience=app.client_id,
            issuer=self.openid_config["issuer"],
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if audience != [app.client_id] or claims.get("azp", app.client_id) != app.client_id:
            raise NotBelieved("the token is for others too")
        return claims
