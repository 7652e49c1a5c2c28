"""Signing in through the provider of one's organisation."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpResponse
from django.shortcuts import render
from requests import RequestException

from access.forms import AtOrganisation
from access.providers import StrictAdapter
from access.selectors import domain_holder
from core.errors import NotFound
from tenants.selectors import all_organisations

UNKNOWN = "No organisation here has a sign-in of its own for this address. Use your password"


def start(request: Any) -> HttpResponse:
    """Asks for the address, and leads to the provider of whoever holds its domain."""
    form = AtOrganisation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        holder = domain_holder(form.cleaned_data["email"].rpartition("@")[2])
        slug = next((row.slug for row in all_organisations() if row.id == holder), "")
        try:
            return _to_provider(request, slug)
        except SocialApp.DoesNotExist:
            form.add_error("email", UNKNOWN)
    context = {"form": form, "next": get_next_redirect_url(request) or ""}
    return render(request, "account/organisation.html", context, status=422 if form.errors else 200)


def _to_provider(request: Any, slug: str) -> HttpResponse:
    """With a nonce that its answer must repeat; state and PKCE are the library's."""
    provider = get_adapter().get_provider(request, slug)
    provider.oauth2_adapter_class = StrictAdapter
    nonce = secrets.token_urlsafe(24)
    params = {**provider.get_auth_params(), "nonce": nonce}
    try:
        answer: HttpResponse = provider.redirect(
            request,
            "login",
            next_url=get_next_redirect_url(request),
            auth_params=params,
            scope=["openid", "email"],
            nonce=nonce,
        )
    except (OAuth2Error, RequestException, KeyError, ValueError) as error:
        answer = render_authentication_error(request, provider, exception=error)
    if answer.status_code != 302:
        return answer
    # A link and not a redirection: browsers let no form of ours end up on another site.
    url = answer["Location"]
    context = {"url": url, "host": urlsplit(url).hostname, "name": provider.name}
    return render(request, "account/to_provider.html", context)


def callback(request: Any, provider_id: str) -> HttpResponse:
    """Where the provider sends people back to."""
    try:
        view = OAuth2CallbackView.adapter_view(StrictAdapter(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise NotFound() from None
    return answer
