"""Pages that belong to no single app."""

import logging
import secrets
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from core.db.schema import missing_migrations
from core.errors import NotFound
from core.web.api import TITLES, for_programs, refusal
from core.web.kept import fields_of
from core.web.pages import open_page, page
from portal import demonstration, homes
from tenants.permissions import SEE_HOME
from tenants.selectors import all_organisations, standing_of

logger = logging.getLogger(__name__)


@open_page("sends each person to their own organisation")
def home(request: Any) -> HttpResponse:
    """The choice of a person in the demonstration; else one's own organisation, or sign-in."""
    if request.demo_people:
        return demonstration.choose(request)
    if not request.user.is_authenticated:
        return redirect("account_login")
    standing = standing_of(request.user.pk, timezone.localdate())
    if not standing.memberships:
        return render(request, "portal/no_organisation.html", status=403)
    return redirect("organisation_home", organisation=standing.memberships[0].slug)


@page(SEE_HOME)
def organisation_home(request: Any) -> HttpResponse:
    """What waits for this person here, put together from what their roles may see."""
    return render(request, "portal/home.html", homes.home_of(request))


@open_page("asked by load balancers; tells only whether it is ready")
def health(request: HttpRequest) -> JsonResponse:
    """Is the database there, and of this version? An address without it answers 503."""
    missing = missing_migrations(connection)
    if missing:
        return JsonResponse({"ready": False, "reason": "database not migrated"}, status=503)
    return JsonResponse({"ready": True})


@open_page("a statement that public bodies must publish")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@open_page("colours of an organisation are public")
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    for found in all_organisations():
        if found.slug == slug:
            css = f":root{{--brand:{found.brand_colour}}}"
            answer = HttpResponse(css, content_type="text/css")
            answer["Cache-Control"] = "max-age=3600"
            return answer
    raise NotFound()


TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What cannot be read at all, or is too much to read (413)."""
    status = 413 if isinstance(exception, TOO_LARGE) else 400
    if for_programs(request):
        return refusal(status, TITLES[status])
    return HttpResponse(render_to_string(f"errors/{status}.html"), status=status)


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without today's token: after signing in again, or sent by another site.

    Its fields are offered again only to a form that was on a page of ours.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    fields = fields_of(request) if ours and not request.FILES else []
    context = {"fields": fields, "action": request.get_full_path()}
    return render(request, "errors/token.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_programs(request):
        return refusal(404, "There is no such address.")
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_programs(request):
        return refusal(403, str(exception or TITLES[403]))
    return render(request, "errors/403.html", {"message": str(exception or "")}, status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    if for_programs(request):
        return refusal(429, TITLES[429])
    return render(request, "errors/429.html", status=429)


def broken(request: HttpRequest) -> HttpResponse:
    """Drawn without the request, as whatever failed may fail again around the page."""
    reference = secrets.token_hex(4)
    logger.error("Fault %s at %s %s", reference, request.method, request.path)
    if for_programs(request):
        return refusal(500, f"Tell the operator the reference {reference}. Nothing was changed.")
    page = render_to_string("errors/500.html", {"reference": reference})
    return HttpResponse(page, status=500)
