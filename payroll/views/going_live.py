"""Signing parallel runs off, and going live: how near it is, asking, agreeing and declining."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.errors import Clash, Refused
from core.templatetags.web import day
from core.web.pages import page
from payroll.models import GoLive
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS
from payroll.selectors import going_live as selectors
from payroll.selectors.parallel import one_parallel
from payroll.services import going_live as services
from payroll.views.deductions import listed, state_tag

HEADS = ("Pay group", "Last pay day", "Unexplained", "The one before", "Left unexplained", "Ready")
NUMERIC = ("Unexplained", "Left unexplained")
DECISION_HEADS = ("Asked", "By", "Waiver", "State", "Decided", "Why declined")


@page(SEE_PAY_RUNS)
@require_GET
def go_live(request: Any) -> HttpResponse:
    here, actor = request.actor.organisation_id, request.actor
    groups = selectors.standing_of_groups(here)
    asked = selectors.decisions(here).filter(state=GoLive.State.ASKED).first()
    rehearsing = request.organisation.status == "rehearsal"
    context = {
        **listed(request, selectors.decisions(here), DECISION_HEADS, _decision),
        "group_columns": [{"label": one, "numeric": one in NUMERIC} for one in HEADS],
        "groups": [_group(request.organisation.slug, one) for one in groups],
        "ready": bool(groups) and all(one.ready for one in groups),
        "rehearsing": rehearsing,
        "asked": asked,
        "may_ask": rehearsing and asked is None and may(actor, RUN_PAY),
        "may_decide": asked is not None and may(actor, APPROVE_PAY),
    }
    return render(request, "payroll/go_live.html", context)


def _group(slug: str, one: selectors.GroupStanding) -> dict[str, Any]:
    cells: list[Any] = [one.group.name]
    for kept in (*one.signed, None, None)[: selectors.PERIODS]:
        cells += [day(kept.period.pays_on), kept.unexplained] if kept else ["Not signed", ""]
    return {"id": one.group.pk, "cells": [*cells, "Yes" if one.ready else "No"]}


def _decision(one: GoLive) -> dict[str, Any]:
    decided = f"{day(one.decided_at)} by {one.decided_by_name}" if one.decided_at else ""
    cells = [day(one.asked_at), one.asked_by_name, one.waiver or "None", state_tag(one), decided,
             one.reason]  # fmt: skip
    return {"id": one.pk, "cells": cells}


def _done(request: Any, to: str, act: Callable[[], object], said: str) -> HttpResponse:
    """What the act comes to, said on the page that it leads back to."""
    try:
        with transaction.atomic():
            act()
    except (Refused, Clash) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect(to)


@page(APPROVE_PAY)
@require_POST
def parallel_sign(request: Any, number: int) -> HttpResponse:
    one = one_parallel(request.actor.organisation_id, number)
    back = reverse("parallel_run", args=[request.organisation.slug, number])
    given = {"parallel": one, "by": request.actor, "at": timezone.now()}
    return _done(request, back, lambda: services.sign_off(**given), f"{one} is signed off.")


def _here(request: Any) -> str:
    return reverse("go_live", args=[request.organisation.slug])


@page(RUN_PAY)
@require_POST
def go_live_ask(request: Any) -> HttpResponse:
    waiver = request.POST.get("waiver", "")[:300]
    given = {"waiver": waiver, "by": request.actor, "at": timezone.now()}
    return _done(request, _here(request), lambda: services.ask_go_live(**given),
                 "Asked. A second person decides.")  # fmt: skip


@page(APPROVE_PAY)
@require_POST
def go_live_decide(request: Any) -> HttpResponse:
    asked = selectors.decision_asked(request.actor.organisation_id)
    given = {"asked": asked, "by": request.actor, "at": timezone.now()}
    if request.POST.get("decision") == "agree":
        return _done(request, _here(request), lambda: services.agree_go_live(**given),
                     "Agreed. The organisation is live.")  # fmt: skip
    reason = request.POST.get("reason", "")[:200]
    return _done(request, _here(request),
                 lambda: services.decline_go_live(reason=reason, **given),
                 "Declined. The rehearsal goes on.")  # fmt: skip
