"""Webhooks: the list, a new one whose secret is shown once, and what was sent to one of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.sealing import seal, unseal
from core.templatetags.web import day, day_time
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.forms import WebhookForm
from events.models import Webhook, WebhookDelivery
from events.permissions import KEEP_WEBHOOKS, SEE_WEBHOOKS
from events.selectors import deliveries_to, webhooks_of
from events.verbs import sentence
from events.webhooks import end_webhook, send_again, set_up_webhook, webhook_numbered

PER_PAGE, SHOWN = 50, "webhook_secret_shown_once"
COLUMNS = [
    {"key": "purpose", "label": "Purpose"},
    {"key": "url", "label": "Address"},
    {"key": "verbs", "label": "Told of"},
    {"key": "state", "label": "State"},
    {"key": "by", "label": "Set up by"},
]
DELIVERY_COLUMNS = [
    {"key": "event", "label": "Event"},
    {"key": "at", "label": "Happened"},
    {"key": "state", "label": "State"},
    {"key": "attempts", "label": "Attempts", "numeric": True},
    {"key": "answer", "label": "Last answer"},
    {"key": "next", "label": "Next attempt"},
]
COLOURS = {"waiting": "blue", "done": "green", "given_up": "red"}


def _tag(colour: str, words: str) -> str:
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


def _row(row: Webhook, slug: str) -> dict[str, Any]:
    ended = f"Ended {day(row.ended_at)}" if row.ended_at else ""
    state = _tag("grey", ended) if ended else _tag("green", "In use")
    cells = [row.purpose, row.url, row.verbs.replace(" ", ", "), state, row.made_by_name]
    return {"id": row.pk, "url": reverse("webhook", args=[slug, row.pk]), "cells": cells}


@page(SEE_WEBHOOKS)
@require_GET
def webhooks(request: Any) -> HttpResponse:
    """Addresses that are told of events."""
    rows = webhooks_of(request.organisation.id)
    found = part_of(request, Paginator(rows, PER_PAGE))
    context = {
        "page": found,
        "columns": COLUMNS,
        "rows": [_row(row, request.organisation.slug) for row in found],
        "may_keep": may(request.actor, KEEP_WEBHOOKS),
    }
    return render(request, "events/webhooks.html", context)


@page(KEEP_WEBHOOKS, bank=True)
def webhook_new(request: Any) -> HttpResponse:
    """Sets a webhook up; the next page shows its secret once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "url", WHK01="verbs"):
            row, secret = set_up_webhook(**form.cleaned_data, by=request.actor, at=timezone.now())
            request.session[SHOWN] = seal(secret)
            return redirect("webhook", request.organisation.slug, row.pk)
    status = 422 if form.errors else 200
    return render(request, "events/webhook_new.html", {"form": form}, status=status)


@page(SEE_WEBHOOKS)
@require_GET
def webhook(request: Any, number: int) -> HttpResponse:
    """One webhook: what was sent to it, and what became of it."""
    row = webhook_numbered(request.organisation.id, number)
    found = part_of(request, Paginator(deliveries_to(row), PER_PAGE))
    shown = request.session.pop(SHOWN, None)
    facts = [("Purpose", row.purpose), ("Address", row.url), ("Told of", row.verbs)]
    facts.append(("Set up by", f"{row.made_by_name}, {day(row.made_at)}"))
    if row.ended_at:
        facts.append(("Ended by", f"{row.ended_by_name}, {day(row.ended_at)}"))
    context = {
        "webhook": row,
        "facts": [{"key": key, "value": value} for key, value in facts],
        "page": found,
        "columns": DELIVERY_COLUMNS,
        "rows": [_delivery(one) for one in found],
        "secret": unseal(shown) if shown else "",
        "may_keep": may(request.actor, KEEP_WEBHOOKS) and row.ended_at is None,
        "actions": [{"name": "again", "value": "1", "label": "Send again"}],
    }
    return render(request, "events/webhook.html", context)


def _delivery(one: Any) -> dict[str, Any]:
    said = sentence(one.verb, one.data)
    waits = one.state == WebhookDelivery.State.WAITING
    cells = [
        said,
        day_time(one.happened_at),
        _tag(COLOURS[one.state], one.get_state_display()),
        one.attempts,
        one.answer,
        day_time(one.run_at) if waits else "",
    ]
    return {"id": one.pk, "label": said, "cells": cells}


@page(KEEP_WEBHOOKS)
@require_POST
def webhook_again(request: Any, number: int) -> HttpResponse:
    """Sends the chosen deliveries once more."""
    row = webhook_numbered(request.organisation.id, number)
    chosen = [int(one) for one in request.POST.getlist("delivery") if one.isdecimal()]
    done = send_again(webhook=row, deliveries=chosen, by=request.actor, at=timezone.now())
    if done:
        messages.success(request, f"{done} put in line again")
    else:
        messages.warning(request, "Select deliveries that do not wait already")
    return redirect("webhook", request.organisation.slug, number)


@page(KEEP_WEBHOOKS)
@require_POST
def webhook_end(request: Any, number: int) -> HttpResponse:
    """Sends nothing to it any more."""
    row = webhook_numbered(request.organisation.id, number)
    end_webhook(webhook=row, by=request.actor, at=timezone.now())
    messages.success(request, "Nothing more is sent to this webhook.")
    return redirect("webhook", request.organisation.slug, number)
