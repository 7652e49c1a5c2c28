"""Waiting for you, what you submitted, what was decided, and one request by its link."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access.middleware import proof_first
from approvals.forms import DecisionForm
from approvals.models import Request
from approvals.permissions import DECIDE, SEE_WAITING, WITHDRAW
from approvals.selectors.requests import (
    Card,
    cards,
    decided_by,
    request_for,
    rounds_of,
    submitted_by,
    waiting_for,
    who_has,
)
from approvals.services.decisions import (
    decide,
    decide_many,
    may_be_undone,
    undo,
    undone_by,
    withdraw,
)
from core.actors import may
from core.registry import SUBJECTS
from core.web.pages import page
from core.web.paging import MergedPaginator, part_of
from events.selectors import timeline_of

SHOWN = 50
DONE_WORDS = {
    "approved": "Approved",
    "returned": "Sent back",
    "rejected": "Rejected",
    "waiting": "Approved, and now with others",
}


@page(SEE_WAITING)
@require_GET
def waiting(request: Any) -> HttpResponse:
    return render(request, "approvals/waiting.html", _waiting(request))


def _waiting(request: Any) -> dict[str, Any]:
    shown = _to_decide(request)
    found = cards(shown[:SHOWN], request.actor, request.standing.memberships)
    clear = [card for card in found if card.clear and not card.foreign]
    return {
        "cards": found,
        "clear": clear,
        "clear_pence": sum(card.request.amount_pence for card in clear),
        "count": waiting_count(request) or 0,
        "many": request.organisation.is_centre,
        "tab": "waiting",
    }


def _to_decide(request: Any) -> list[Request]:
    """The oldest requests, one more than shown; asked for once per request."""
    if not hasattr(request, "to_decide"):
        request.to_decide = list(waiting_for(request.actor, request.today)[: SHOWN + 1])
    return list(request.to_decide)


def waiting_count(request: Any) -> int | None:
    """The badge of the navigation. The list answers it too, unless it is longer than a page."""
    if not may(request.actor, DECIDE) and not request.organisation.is_centre:
        return None
    if hasattr(request, "to_decide") and len(request.to_decide) <= SHOWN:
        return len(request.to_decide)
    return waiting_for(request.actor, request.today).count()


def _briefs(found: Any, request: Any) -> list[Card]:
    return cards(found, request.actor, request.standing.memberships, with_subjects=False)


@page(SEE_WAITING)
@require_GET
def submitted(request: Any) -> HttpResponse:
    found = part_of(request, MergedPaginator(submitted_by(request.actor), 25))
    shown = _briefs(list(found.object_list), request)
    context = {
        "page": found,
        "rows": [(card, who_has(card)) for card in shown],
        "tab": "submitted",
    }
    return render(request, "approvals/submitted.html", context)


@page(SEE_WAITING)
@require_GET
def decided(request: Any) -> HttpResponse:
    many = request.organisation.is_centre
    found = part_of(request, MergedPaginator(decided_by(request.actor), 25))
    shown = _briefs(list(found.object_list), request)
    context = {"page": found, "cards": shown, "tab": "decided", "many": many}
    return render(request, "approvals/decided.html", context)


@page(SEE_WAITING)
@require_GET
def approval_request(request: Any, id: int) -> HttpResponse:
    return render(request, "approvals/request.html", _one(request, id))


def _one(request: Any, pk: int) -> dict[str, Any]:
    found, *others = rounds_of(request.actor, pk)
    (card,) = cards([found], request.actor, [request.organisation])
    return {
        "card": card,
        "who": "" if card.decidable else who_has(card),
        "mine": found.made_by_id == request.actor.person_id and found.state == "waiting",
        "undo": undone_by(found, card.steps, request.actor, timezone.now()),
        "rounds": others,
        "entries": timeline_of(found.organisation_id, found.subject_key, found.subject_id),
    }


@page(SEE_WAITING, unsafe=DECIDE)
@require_POST
def decision(request: Any, id: int) -> HttpResponse:
    found = request_for(request.actor, id)
    form = DecisionForm(request.POST, maker=found.made_by_name)
    if not form.is_valid():
        return _ask_again(request, found, form)
    if SUBJECTS[found.subject_key].bank and (question := proof_first(request)):
        return question
    done = decide(
        request=found,
        decision=form.cleaned_data["decision"],
        comment=form.cleaned_data["comment"],
        step_id=form.cleaned_data["step"],
        by=request.actor,
        as_of=timezone.now(),
    )
    words = f"{DONE_WORDS[done.state]}: {done.summary}"
    if request.htmx:
        context = {"words": words, "request_row": done, "count": waiting_count(request) or 0}
        context["undo"] = may_be_undone(done)
        return render(request, "approvals/_decided.html", context)
    messages.success(request, words)
    return redirect("waiting", organisation=_way_back(request))


def _ask_again(request: Any, found: Request, form: DecisionForm) -> HttpResponse:
    """The same card with what is missing: in its place, or on the page of the request alone."""
    context = _one(request, found.pk)
    context["form"] = form
    name = "approvals/_card.html" if request.htmx else "approvals/request.html"
    return render(request, name, context, status=422)


def _way_back(request: Any) -> str:
    """Who decided from the centre's list goes back to it; only to places of their own."""
    wanted = request.POST.get("back", "")
    places = {place.slug for place in request.standing.memberships}
    return wanted if wanted in places else request.organisation.slug


@page(SEE_WAITING, unsafe=DECIDE)
@require_POST
def approve_several(request: Any) -> HttpResponse:
    """Approves what was ticked, or all that was shown without a warning: what became of each."""
    name = "all" if "clear" in request.POST else "request"
    wanted = {int(one) for one in request.POST.getlist(name) if one.isdecimal()}
    found = list(waiting_for(request.actor).filter(pk__in=wanted)[:SHOWN])
    shown = cards(found, request.actor, request.standing.memberships)
    here = [card for card in shown if not card.foreign]
    gone = len(wanted) - len(here)
    done = decide_many(cards=here, gone=gone, by=request.actor, as_of=timezone.now())
    request.__dict__.pop("to_decide", None)
    undone = {one.pk for one in done.approved if may_be_undone(one)}
    context = {"done": done, "tab": "waiting", "undone": undone}
    return render(request, "approvals/outcome.html", context)


@page(SEE_WAITING, unsafe=DECIDE)
@require_POST
def undoing(request: Any, id: int) -> HttpResponse:
    back = undo(request=request_for(request.actor, id), by=request.actor, as_of=timezone.now())
    messages.success(request, f"Taken back, it waits again: {back.summary}")
    return redirect("approval_request", organisation=request.organisation.slug, id=back.pk)


@page(SEE_WAITING, unsafe=WITHDRAW)
@require_POST
def withdrawal(request: Any, id: int) -> HttpResponse:
    taken = withdraw(request=request_for(request.actor, id), by=request.actor)
    messages.success(request, f"Withdrawn: {taken.summary}")
    return redirect("submitted", organisation=request.organisation.slug)
