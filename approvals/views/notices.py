"""What was sent by e-mail, or would have been, and where its links lead."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from approvals.permissions import SEE_WAITING
from approvals.selectors.notices import notices_for, wants_only_daily
from approvals.selectors.requests import seen_among
from approvals.services.notices import choose_notices, read_link
from core.errors import NotFound
from core.web.pages import page
from core.web.paging import part_of


@page(SEE_WAITING)
def notices(request: Any) -> HttpResponse:
    """Newest first, and how one wants to be told."""
    if request.method == "POST":
        choose_notices(only_daily="only_daily" in request.POST, by=request.actor)
        messages.success(request, "Your choice was saved")
        return redirect("notices", organisation=request.organisation.slug)
    found = part_of(request, Paginator(notices_for(request.actor), 25))
    about = [one.request_id for one in found if one.request_id]
    context = {
        "page": found,
        "readable": seen_among(request.actor, about),
        "only_daily": wants_only_daily(request.actor),
        "sending": bool(settings.EMAIL_HOST),
        "tab": "notices",
    }
    return render(request, "approvals/notices.html", context)


@page(SEE_WAITING)
@require_safe
def approval_link(request: Any, token: str) -> HttpResponse:
    """The link of a notice: for nobody but the person it was sent to, signed in."""
    found = read_link(token=token, by=request.actor)
    if found is None:
        raise NotFound("This link was sent to somebody else, or it is too old.")
    return redirect("approval_request", organisation=request.organisation.slug, id=found)
