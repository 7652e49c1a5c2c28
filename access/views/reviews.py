"""Reviews of rights: beginning one, confirming and ending rights, signing it off."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from access.forms import EndReviewed, OpenReview
from access.models import AccessReview, ReviewedRight
from access.permissions import KEEP_GRANTS, SEE_GRANTS
from access.selectors import days_in_words, reach_in_words
from access.selectors.reviews import (
    OPEN,
    STATES,
    Sought,
    counts_of,
    review_of,
    reviewed_right,
    reviews_of,
    rights_in,
    state_of,
)
from access.services.reviews import confirm_rights, end_reviewed, finish_review, open_review
from core.actors import may
from core.templatetags.web import day, day_time, thousands
from core.web.exports import listed
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from tenants.roles import Role

PER_PAGE = 100
ANY = "all"
SHOWN = [*STATES.items(), (ANY, "All")]
LIST_COLUMNS = [
    {"key": "opened", "label": "Began"},
    {"key": "by", "label": "Begun by"},
    {"key": "due", "label": "To be done by"},
    *({"key": key, "label": label, "numeric": True} for key, label in STATES.items()),
    {"key": "finished", "label": "Finished"},
]
COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "right", "label": "May act as"},
    {"key": "days", "label": "Since"},
    {"key": "giver", "label": "Given or changed by"},
    {"key": "used", "label": "Last did something here"},
    {"key": "signed_in", "label": "Last signed in"},
    {"key": "decision", "label": "Decision"},
]
EXPORTED = (
    *("Person", "Email", "Role", "Unit code", "Limit", "From", "Given or changed by"),
    *("Last did something here", "Last signed in", "Decision", "Decided by", "Decided at"),
    "Reason",
)


@page(SEE_GRANTS, unsafe=KEEP_GRANTS)
def reviews(request: Any) -> HttpResponse:
    """All reviews, and beginning the next one."""
    here, today = request.organisation, request.today
    form = OpenReview(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "due_on"):
            given = {"by": request.actor, "at": timezone.now(), "today": today}
            made = open_review(**form.cleaned_data, **given)
            return redirect("access_review", organisation=here.slug, number=made.pk)
    found = part_of(request, Paginator(reviews_of(here.id), PER_PAGE))
    counts = counts_of(here.id, list(found), today)
    context = {
        "columns": LIST_COLUMNS,
        "rows": [_listed(here.slug, row, counts.get(row.pk, {}), today) for row in found],
        "page": found,
        "form": form,
        "may_open": may(request.actor, KEEP_GRANTS),
    }
    return render(request, "access/reviews.html", context, status=422 if form.errors else 200)


def _listed(slug: str, row: AccessReview, counts: dict[str, int], today: Any) -> dict[str, Any]:
    late = row.finished_at is None and row.due_on < today
    cells = [
        day(row.opened_at),
        row.opened_by.name,
        f"{day(row.due_on)}, overdue" if late else day(row.due_on),
        *(thousands(counts.get(state, 0)) for state in STATES),
        _finished(row),
    ]
    url = reverse("access_review", args=[slug, row.pk])
    return {"id": row.pk, "url": url, "cells": cells, "tone": "bad" if late else ""}


def _finished(row: AccessReview) -> str:
    if row.finished_by is None:
        return "Not yet"
    return f"{day(row.finished_at)} by {row.finished_by.name}"


def _sought(asked: Any) -> tuple[Sought, str]:
    """What is looked for, and the state by name: what nobody knows counts as the first one."""
    state, role = asked.get("state", OPEN), asked.get("role", "")
    state = state if state in dict(SHOWN) else OPEN
    sought = Sought(
        state="" if state == ANY else state,
        text=asked.get("q", "").strip(),
        role=role if role in Role.values else "",
        unused=asked.get("unused") == "1",
    )
    return sought, state


@page(SEE_GRANTS, unsafe=KEEP_GRANTS, bank=True)
def review(request: Any, number: int) -> HttpResponse:
    """The rights of one review, narrowed; those selected are confirmed."""
    one = review_of(request.organisation.id, number)
    sought, state = _sought(request.GET)
    if request.method == "POST":
        _confirm(request, number, sought)
        return redirect(request.get_full_path())
    rows = rights_in(one, sought, request.today)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    keeps = may(request.actor, KEEP_GRANTS) and one.finished_at is None
    context = {
        "review": one,
        "columns": [*COLUMNS, *([{"key": "end", "label": "Action"}] if keeps else [])],
        "rows": [_row(request, one, row, keeps) for row in found],
        "page": found,
        "keeps": keeps,
        "sought": sought,
        "state": state,
        "overdue": one.finished_at is None and one.due_on < request.today,
        **_choices(request, one),
    }
    return render(request, "access/review.html", context)


def _choices(request: Any, one: AccessReview) -> dict[str, Any]:
    """The filters, and what the bar above the rows offers."""
    here = request.organisation.id
    counts = counts_of(here, [one], request.today).get(one.pk, dict.fromkeys(STATES, 0))
    return {
        "states": [
            (value, label if value == ANY else f"{label} ({thousands(counts[value])})")
            for value, label in SHOWN
        ],
        "roles": [(role.value, role.label) for role in Role if role != Role.STAFF],
        "left": counts[OPEN],
        "actions": [{"name": "confirm", "value": "1", "label": "Confirm"}],
    }


def _confirm(request: Any, number: int, sought: Sought) -> None:
    lines = None
    if request.POST.get("scope") != "all":
        lines = [int(one) for one in request.POST.getlist("right") if one.isdecimal()]
    given = {"by": request.actor, "at": timezone.now(), "today": request.today}
    done = confirm_rights(number=number, sought=sought, lines=lines, **given)
    if done:
        messages.success(request, f"{thousands(done)} confirmed.")
    else:
        messages.warning(
            request, "Select rights that are to be looked at. Your own, another administrator does."
        )


def _row(request: Any, one: AccessReview, row: ReviewedRight, keeps: bool) -> dict[str, Any]:
    slug, role = request.organisation.slug, Role(row.right.role).label
    cells: list[Any] = [
        row.person.name,
        f"{role}: {reach_in_words(row.right)}",
        days_in_words(row.right.valid),
        row.given_by_name or "With the organisation or the staff record",
        _moment(row.used_at),
        _moment(row.signed_in_at),
        _decision(row, request.today),
    ]
    if keeps:
        cells.append(_end_link(slug, one, row, role) if _is_open(row, request) else "")
    url = reverse("rights_person", args=[slug, row.person_id])
    return {"id": row.pk, "label": f"{row.person.name}, {role}", "url": url, "cells": cells}


def _moment(at: datetime | None) -> str:
    return day_time(at) if at else "Never"


def _is_open(row: ReviewedRight, request: Any) -> bool:
    mine = row.person_id == request.actor.person_id
    return not mine and state_of(row, request.today) == OPEN


def _decision(row: ReviewedRight, today: Any) -> str:
    said = STATES[state_of(row, today)]
    if row.decided_by:
        said = f"{said} by {row.decided_by.name}, {day_time(row.decided_at)}"
    return f"{said}. {row.comment}" if row.comment else said


def _end_link(slug: str, one: AccessReview, row: ReviewedRight, role: str) -> str:
    return format_html(
        '<a class="govuk-link" href="{}">End<span class="govuk-visually-hidden"> {}, {}</span></a>',
        reverse("access_review_end", args=[slug, one.pk, row.pk]),
        row.person.name,
        role,
    )


@page(KEEP_GRANTS, bank=True)
def end(request: Any, number: int, line: int) -> HttpResponse:
    """Ends one right of a review today."""
    one = review_of(request.organisation.id, number)
    row = reviewed_right(one, line)
    form = EndReviewed(request.POST or None)
    back = reverse("access_review", args=[request.organisation.slug, number])
    if request.method == "POST" and form.is_valid():
        given = {"by": request.actor, "at": timezone.now(), "today": request.today}
        with refusals_on(form):
            end_reviewed(number=number, line=line, **form.cleaned_data, **given)
            messages.success(request, f"Ended for {row.person.name}. It applies at once.")
            return redirect(back)
    title = f"End today what {row.person.name} may do as {Role(row.right.role).label}"
    context = {"form": form, "title": title, "button": "End it", "back": back}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@page(KEEP_GRANTS, bank=True)
@require_POST
def finish(request: Any, number: int) -> HttpResponse:
    """Signs a review off."""
    at = timezone.now()
    finish_review(number=number, by=request.actor, at=at, today=request.today)
    messages.success(request, "The review is finished.")
    return redirect("access_review", organisation=request.organisation.slug, number=number)


@page(SEE_GRANTS)
@require_GET
def export(request: Any, number: int) -> HttpResponse:
    """The rights of a review as they are narrowed, with who decided what."""
    one = review_of(request.organisation.id, number)
    sought, state = _sought(request.GET)
    rows = [_exported(row, request.today) for row in rights_in(one, sought, request.today)]
    chosen = {
        "Began": f"{day(one.opened_at)} by {one.opened_by.name}",
        "To be done by": day(one.due_on),
        "Finished": f"{day(one.finished_at)} by {one.finished_by.name}"
        if one.finished_by
        else "no",
        "State": dict(SHOWN)[state],
    }
    return listed(request, f"review-{one.pk}", "Review of rights", EXPORTED, rows, chosen)


def _exported(row: ReviewedRight, today: Any) -> list[Any]:
    held = row.right
    return [
        *(row.person.name, row.person.email, Role(held.role).label),
        held.unit.code if held.unit else "",
        None if held.limit_pence is None else Decimal(held.limit_pence).scaleb(-2),
        *(held.valid.lower, row.given_by_name),
        *(_moment(row.used_at), _moment(row.signed_in_at)),
        STATES[state_of(row, today)],
        row.decided_by.name if row.decided_by else "",
        day_time(row.decided_at) if row.decided_at else "",
        row.comment,
    ]
