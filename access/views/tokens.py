"""Tokens of programs: the list, a new one that is shown once, and ending one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from access.forms import NewToken, scope_label
from access.models import ApiToken
from access.permissions import END_TOKENS, MAKE_TOKENS
from access.selectors import tokens_seen
from access.services.tokens import end_token, make_token
from core.actors import may
from core.sealing import seal, unseal
from core.templatetags.web import day, day_time
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on

SHOWN = "token_shown_once"
PER_PAGE = 50
COLUMNS = [
    {"key": "token", "label": "Token"},
    {"key": "purpose", "label": "Purpose"},
    {"key": "holder", "label": "Held by"},
    {"key": "person", "label": "With the rights of"},
    {"key": "scopes", "label": "May"},
    {"key": "ends", "label": "State"},
    {"key": "used", "label": "Last used"},
    {"key": "end", "label": "Action"},
]


def _state(row: ApiToken, today: Any) -> tuple[str, str]:
    if row.ended_at:
        return "grey", f"Ended {day(row.ended_at)}"
    if row.expires_on <= today:
        return "grey", f"Ran out {day(row.expires_on)}"
    return "green", f"Until {day(row.expires_on)}"


def _row(request: Any, row: ApiToken) -> dict[str, Any]:
    colour, words = _state(row, request.today)
    used = f"{day_time(row.used_at)} from {row.used_from}" if row.used_at else "Not yet"
    mine = row.person_id == request.actor.person_id or may(request.actor, END_TOKENS)
    end: Any = ""
    if mine and colour == "green":
        url = reverse("token_end", args=[request.organisation.slug, row.pk])
        end = format_html(
            '<button class="app-link-button" formaction="{}">End'
            '<span class="govuk-visually-hidden"> {}</span></button>',
            url,
            row.prefix,
        )
    cells = [
        format_html("<code>cw_{}_…</code>", row.prefix),
        row.purpose,
        row.held_by,
        row.person.name,
        format_html_join(", ", "{}", [(scope_label(name),) for name in row.scopes.split()]),
        format_html('<span class="govuk-tag govuk-tag--{}">{}</span>', colour, words),
        used,
        end,
    ]
    return {"id": row.pk, "cells": cells}


@page(MAKE_TOKENS)
def tokens(request: Any) -> HttpResponse:
    """One's own tokens, or everybody's to those who look after them; a new one, this once."""
    found = part_of(request, Paginator(tokens_seen(request.actor), PER_PAGE))
    shown = request.session.pop(SHOWN, None)
    context = {
        "columns": COLUMNS,
        "rows": [_row(request, row) for row in found],
        "page": found,
        "new": unseal(shown) if shown else "",
    }
    return render(request, "access/tokens.html", context)


@page(MAKE_TOKENS, bank=True)
def token_new(request: Any) -> HttpResponse:
    """Makes a token with the rights of whoever fills the form in."""
    ends = request.today + timedelta(days=90)
    form = NewToken(request.POST or None, initial={"expires_on": ends})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "expires_on"):
            text = make_token(**form.cleaned_data, by=request.actor, at=timezone.now())
            request.session[SHOWN] = seal(text)
            return redirect("tokens", organisation=request.organisation.slug)
    status = 422 if form.errors else 200
    return render(request, "access/token_new.html", {"form": form}, status=status)


@page(MAKE_TOKENS)
@require_POST
def token_end(request: Any, number: int) -> HttpResponse:
    """Ends a token at once."""
    row = end_token(number=number, by=request.actor, at=timezone.now())
    messages.success(request, f"The token {row.prefix} is refused from now on.")
    return redirect("tokens", organisation=request.organisation.slug)
