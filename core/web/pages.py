"""One decorator for every page: sign-in, organisation, scope and permission, or no page at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve, reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from core.actors import Actor, may, paths_where, places_where, require
from core.errors import NotAllowed
from core.scope import Scope, scope
from core.web.kept import keep_form
from core.web.tables import file_of

View = Callable[..., HttpResponse]
Resolver = Callable[[int, str, str, Any, Any], tuple[Actor, Any, Any]]
_resolver: list[Resolver] = []


def resolve_with(resolver: Resolver) -> None:
    """The app that knows people and organisations says here how to find an actor."""
    _resolver[:] = [resolver]


class PageRequest(HttpRequest):
    """What a page receives: `actor`, `organisation` (a membership) and `today`."""

    actor: Actor
    organisation: Any
    standing: Any
    today: Any


SAFE = ("GET", "HEAD", "OPTIONS")


def recognise(request: Any, slug: str) -> Actor:
    """Notes on the request who is acting at the organisation of that address.

    NotFound to whom it does not belong; NotAllowed for a change where nobody changes anything.
    """
    request.today = timezone.localdate()
    request.actor, request.organisation, request.standing = _resolver[0](
        request.user.pk, request.user.name, slug, request.today, getattr(request, "standing", None)
    )
    if request.organisation.read_only and request.method not in SAFE:
        raise NotAllowed(
            f"{request.organisation.name} has left the service. Its books can be read, not changed."
        )
    actor: Actor = request.actor
    return actor


def scope_of(request: Any) -> AbstractContextManager[Scope]:
    """Reads what the actor may read, and acts for their organisation unless it has left."""
    actor, here = request.actor, request.actor.organisation_id
    acting = None if request.organisation.read_only else here
    return scope(acting=acting, readable=actor.readable | {here})


def page(
    permission: str, *, unsafe: str | None = None, bank: bool = False, polled: bool = False
) -> Callable[[View], View]:
    """Makes a view of /<organisation>/…: only for a holder of `permission` there.

    `unsafe` names a further permission for anything but GET. The view and its template run inside
    the scope; a person outside the organisation gets the same 404 as for an unknown address.
    A table of it that is asked for as a file is the answer instead (core.web.tables).
    After a shorter pause than elsewhere a `bank` page asks who is there; `polled` says that the
    page is asked for by itself, so that nobody need be there.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, organisation: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask_first(request, reverse("account_login"))
            actor = recognise(request, organisation)
            require(actor, permission)
            if unsafe and request.method not in SAFE:
                require(actor, unsafe)
            with scope_of(request):
                response = view(request, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                table = getattr(request, "table", None)
                return file_of(request, table) if table else response

        guarded.access = (permission, unsafe)  # type: ignore[attr-defined]
        guarded.bank, guarded.polled = bank, polled  # type: ignore[attr-defined]
        return guarded

    return decorate


def ask_first(request: Any, question: str, owner: str = "") -> HttpResponse:
    """To the page that asks who is there, and back.

    What was typed is kept for its owner, and a part of a page takes all of it along.
    """
    back = request.get_full_path()
    if keep_form(request, owner):
        back = reverse("send_again")
    elif request.htmx:
        back = request.htmx.current_url_abs_path or "/"
    answer = redirect_to_login(back, question)
    return HttpResponseClientRedirect(answer["Location"]) if request.htmx else answer


def may_open(actor: Actor, address: str) -> bool:
    """May the actor read the page of that address of their organisation?"""
    page: Any = resolve(urlsplit(address).path).func
    return may(actor, page.access[0])


def opened_where(actor: Actor, address: str) -> frozenset[int]:
    """The organisations of whose every unit the actor may read the page of that address."""
    page: Any = resolve(urlsplit(address).path).func
    return places_where(actor, page.access[0]) - paths_where(actor, page.access[0]).keys()


def open_page(reason: str) -> Callable[[View], View]:
    """Marks a page that needs no permission and says why; the route test reads it."""

    def decorate(view: View) -> View:
        view.access = ("open", reason)  # type: ignore[attr-defined]
        return view

    return decorate
