"""The home page of a person, put together from the parts that their rights here let them see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html

from access.selectors.conflicts import ACCEPTED, conflicts_of, counted_by_state
from access.selectors.reviews import review_standing
from approvals.models import Request
from approvals.permissions import DECIDE
from approvals.selectors import age, decided_by, waiting_for
from benchmarking.boards import headline, performance, tile
from core.actors import may
from core.templatetags.web import day, day_time, pounds, thousands
from core.web.pages import may_open
from events.models import Event
from events.naming import kind_of
from events.selectors import Wanted, filtered_trail, last_seal
from events.verbs import sentence
from finance.permissions import ENTER_INVOICES, SEE_FILES, SEE_PAYMENTS
from finance.selectors.files import source_files
from finance.selectors.work import OpenWork, open_work
from sla.permissions import SEE_BOARD
from sla.readings import read
from sla.selectors import current_indicators, latest_month, measure_values, targets_of
from tenants.roles import Role
from tenants.selectors import units_held

SHOWN = 5
COUNTED = 50
WAITING = "Waiting for you"
PARTNERS = "Open work of the partners"
Columns = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A section: tiles, or a table, or an answer to why there is none."""

    title: str
    tiles: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    empty: str = ""
    link: str = ""
    link_label: str = ""


def link_to(request: Any, name: str, query: str = "", slug: str = "", **kwargs: Any) -> str:
    """An address in this organisation, or in another one of the person's."""
    where = {"organisation": slug or request.organisation.slug, **kwargs}
    try:
        return reverse(name, kwargs=where) + query
    except NoReverseMatch:
        return ""


def home_of(request: Any) -> dict[str, Any]:
    """The parts of the home page: what waits first, then work, then what to look at."""
    actor, roles = request.actor, request.actor.roles
    builders: list[tuple[bool, Callable[[Any], Part | None]]] = [
        (Role.AUDITOR in roles, seals),
        (Role.ADMINISTRATOR in roles, rights),
        (may(actor, DECIDE), waiting),
        (Role.MANAGER in roles, units),
        (Role.MANAGER in roles, team),
        (Role.MANAGER in roles, decided),
        (request.organisation.is_centre and may(actor, SEE_PAYMENTS), partners),
        (not request.organisation.is_centre and may(actor, SEE_PAYMENTS), today_here),
        (may(actor, SEE_FILES) and may(actor, ENTER_INVOICES), recent_files),
        (may(actor, SEE_BOARD) and not request.organisation.is_centre, figures),
        (Role.ADMINISTRATOR in roles, kept),
    ]
    parts = [part for shown, build in builders if shown and (part := build(request))]
    # Where there is other work, an empty list of decisions is only in its way.
    if len(parts) > 1:
        parts = [part for part in parts if part.rows or part.title != WAITING]
    return {"parts": parts, "others": _others(request, parts)}


def _others(request: Any, parts: list[Part]) -> list[dict[str, str]]:
    """The person's other organisations, unless they are in the table of partners."""
    if any(part.title == PARTNERS for part in parts):
        return []
    return [
        {"name": place.name, "url": reverse("organisation_home", args=[place.slug])}
        for place in request.standing.memberships
        if place.slug != request.organisation.slug
    ]


def rights(request: Any) -> Part:
    """What is to be looked at of who may do what: the review, and duties that conflict."""
    here, today = request.organisation.id, request.today
    found = conflicts_of(here, today)
    unsettled = len(found) - counted_by_state(found, today)[ACCEPTED]
    conflicts = {
        "label": "Conflicts of duties",
        "value": thousands(unsettled),
        "change": "neither remedied nor accepted" if unsettled else "",
        "tone": "bad" if unsettled else "plain",
        "url": link_to(request, "conflicts"),
    }
    return Part("Who may do what", tiles=[_review_tile(request), conflicts])


def _review_tile(request: Any) -> dict[str, Any]:
    now = review_standing(request.organisation.id, request.today)
    said = f"the last one was finished on {day(now.finished_on)}" if now.finished_on else "none yet"
    if now.review:
        said = f"of the review due on {day(now.review.due_on)}"
    given: dict[str, Any] = {"number": now.review.pk} if now.review else {}
    return {
        "label": "Rights to be looked at",
        "value": thousands(now.left),
        "change": f"Overdue since {day(now.overdue_since)}" if now.overdue_since else said,
        "tone": "bad" if now.overdue_since else "plain",
        "url": link_to(request, "access_review" if given else "access_reviews", **given),
    }


WAITING_COLUMNS: Columns = [
    {"key": "what", "label": "What"},
    {"key": "since", "label": "Waiting"},
    {"key": "amount", "label": "Amount", "numeric": True},
]


def _to_request(request: Any, row: Request) -> str:
    """Where it is decided on: in its own organisation, which at the centre is a partner."""
    slugs = {place.organisation_id: place.slug for place in request.standing.memberships}
    return link_to(request, "approval_request", slug=slugs[row.organisation_id], id=row.pk)


def _request(request: Any, row: Request, url: str) -> dict[str, Any]:
    amount = pounds(row.amount_pence) if row.amount_pence else ""
    return {
        "id": row.pk,
        "url": _to_request(request, row) or url,
        "cells": [row.summary, age(row.made_at, timezone.now()), amount],
    }


def waiting(request: Any) -> Part:
    """The oldest requests this person may decide on."""
    # The badge of the navigation is the same count: so many are read that it needs no query.
    found = list(waiting_for(request.actor)[: COUNTED + 1])
    if len(found) <= COUNTED:
        request.to_decide = found
    url = link_to(request, "waiting")
    rows = [_request(request, row, url) for row in found[:SHOWN]]
    return Part(
        WAITING,
        columns=WAITING_COLUMNS,
        rows=rows,
        empty="Nothing waits for your decision.",
        link=url,
        link_label="Decide on them" if rows else "",
    )


def units(request: Any) -> Part | None:
    """The units whose budget this person holds."""
    held = units_held(request.actor.organisation_id, request.actor.person_id, request.today)
    if not held:
        return None
    rows = [{"id": u.pk, "cells": [u.code, u.name]} for u in held]
    columns: Columns = [{"key": "code", "label": "Code"}, {"key": "name", "label": "Unit"}]
    return Part("Budgets you hold", columns=columns, rows=rows)


# What a manager looks at of a team: the page, its name, and what for.
TEAM = (
    ("pay_claims", "Claims", "Hours and expenses of your units, those to approve among them"),
    ("team_cost", "Team cost", "Posts, budget and what pay cost, by unit and month"),
    ("establishment", "Establishment", "Posts that are budgeted, filled and vacant"),
)


def team(request: Any) -> Part:
    """The pages of what a manager's people do and cost."""
    return _pages(request, "Your team", TEAM)


def decided(request: Any) -> Part:
    """What this person decided on lately."""
    rows = [
        {
            "id": row.pk,
            "url": _to_request(request, row),
            "cells": [row.summary, row.get_state_display(), day_time(row.decided_at)],
        }
        for row in decided_by(request.actor)[:SHOWN]
    ]
    columns: Columns = [
        {"key": "what", "label": "What"},
        {"key": "outcome", "label": "Outcome"},
        {"key": "at", "label": "Decided"},
    ]
    empty = "You have not decided on anything yet."
    return Part("Your latest decisions", columns=columns, rows=rows, empty=empty)


# What an administrator looks after: the page, its name, and what for.
KEPT = (
    ("rights", "People and rights", "Who may do what, where, up to how much and until when"),
    ("roles", "Roles", "What each role may do, and which duties are kept apart"),
    ("units", "Units", "The cost centres, what they are part of and who holds their budgets"),
    ("organisation", "Organisation", "Its name, its colour and what else is known of it"),
    ("calendar", "Calendar", "On which days it is closed, besides the bank holidays"),
    ("layouts", "Layouts of files", "Which columns of files are known, so that nobody is asked"),
    ("approval_routes", "Approval routes", "Who decides on what, from which amount on"),
    ("factors", "Second factors", "Who needs one and who has one"),
    ("provider", "Sign-in provider", "How people sign in through the organisation"),
    ("trail", "Audit trail", "Who did what, when and why"),
)


def kept(request: Any) -> Part:
    """The pages of what an administrator looks after."""
    return _pages(request, "What you look after", KEPT)


def _pages(request: Any, title: str, pages: tuple[tuple[str, str, str], ...]) -> Part:
    """Those of the pages that the person may open, each with what it is for."""
    rows = [
        {"id": name, "url": url, "cells": [label, purpose]}
        for name, label, purpose in pages
        if may_open(request.actor, url := link_to(request, name))
    ]
    columns: Columns = [{"key": "page", "label": "Page"}, {"key": "for", "label": "What for"}]
    return Part(title, columns=columns, rows=rows)


def today_here(request: Any) -> Part:
    """Open invoices and payments of this organisation."""
    work = open_work([request.actor.organisation_id], request.today)[0]
    return Part("Today", tiles=_tiles(request, work))


def _tiles(request: Any, work: OpenWork) -> list[dict[str, Any]]:
    invoices = "invoices"
    figures = [
        ("Received, to be coded and sent", work.received, _since(work.oldest_on), "received"),
        ("Held", work.held, "", "held"),
        ("With managers for approval", work.submitted, "", "submitted"),
        ("Due within 7 days", work.due, pounds(work.due_pence), "due"),
    ]
    tiles = [
        {
            "label": label,
            "value": thousands(count),
            "change": words,
            "url": link_to(request, invoices, f"?state={state}"),
        }
        for label, count, words, state in figures
    ]
    proposed = {
        "label": "Payment runs to release",
        "value": thousands(work.proposals),
        "change": pounds(work.proposals_pence) if work.proposals else "",
        "url": link_to(request, "payment_runs", "?state=proposed"),
    }
    return [*tiles, proposed, *_reviews(request, work)]


def _reviews(request: Any, work: OpenWork) -> list[dict[str, Any]]:
    """Held suppliers whose review is due, if there are any."""
    tile = {
        "label": "Held suppliers to review",
        "value": thousands(work.reviews),
        "change": "the review is due",
        "tone": "bad",
        "url": link_to(request, "supplier_holds", "?shown=due"),
    }
    return [tile] if work.reviews else []


def _since(oldest_on: date | None) -> str:
    return f"the oldest since {day(oldest_on)}" if oldest_on else ""


PARTNER_COLUMNS: Columns = [
    {"key": "partner", "label": "Partner"},
    {"key": "received", "label": "Received", "numeric": True},
    {"key": "held", "label": "Held", "numeric": True},
    {"key": "submitted", "label": "With managers", "numeric": True},
    {"key": "overdue", "label": "Overdue, not approved", "numeric": True},
    {"key": "due", "label": "Due in 7 days", "numeric": True},
    {"key": "due_pence", "label": "Amount due", "numeric": True},
    {"key": "proposals", "label": "Runs to release", "numeric": True},
]


def partners(request: Any) -> Part:
    """Open work of every partner this person works for, worst first."""
    names = {
        place.organisation_id: place
        for place in request.standing.memberships
        if not place.is_centre
    }
    work = open_work(sorted(names), request.today)
    worst_first = sorted(work, key=lambda row: (-row.overdue, row.organisation_id))
    return Part(
        PARTNERS,
        columns=PARTNER_COLUMNS,
        rows=[_partner(request, names[row.organisation_id], row) for row in worst_first],
        empty="You do not work for a partner yet.",
        link=link_to(request, "centre_board"),
        link_label="Compare the partners",
    )


def _partner(request: Any, place: Any, row: OpenWork) -> dict[str, Any]:
    held = format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        link_to(request, "invoices", "?state=held", place.slug),
        thousands(row.held),
    )
    counts = [thousands(n) for n in (row.submitted, row.overdue, row.due)]
    cells = [place.name, thousands(row.received), held, *counts]
    cells += [pounds(row.due_pence), thousands(row.proposals)]
    home = reverse("organisation_home", args=[place.slug])
    return {"id": place.slug, "url": home, "cells": cells}


FILE_COLUMNS: Columns = [
    {"key": "file", "label": "File"},
    {"key": "state", "label": "State"},
    {"key": "loaded", "label": "Rows loaded", "numeric": True},
    {"key": "held", "label": "Rows held", "numeric": True},
]


def recent_files(request: Any) -> Part:
    """The newest files and what became of their rows."""
    rows = [
        {
            "id": file.pk,
            "url": link_to(request, "file", number=file.number)
            if file.organisation_id == request.actor.organisation_id
            else "",
            "cells": [
                file.name,
                file.state_in_words,
                thousands(file.rows_loaded),
                thousands(file.rows_held),
            ],
        }
        for file in source_files(sorted(request.actor.readable))[:SHOWN]
    ]
    return Part(
        "Files",
        columns=FILE_COLUMNS,
        rows=rows,
        empty="No file has come in yet.",
        link=link_to(request, "files"),
        link_label="Load a file",
    )


def seals(request: Any) -> Part:
    """The newest events, and how far the trail is sealed."""
    seal = last_seal(request.actor.organisation_id)
    rows = [
        {"id": event.pk, "cells": _line(request, event)}
        for event in filtered_trail(request.actor, Wanted())[: 2 * SHOWN]
    ]
    columns: Columns = [
        {"key": "at", "label": "When"},
        {"key": "who", "label": "Who"},
        {"key": "what", "label": "What"},
        {"key": "about", "label": "To what"},
    ]
    sealed = f"sealed on {day_time(seal.sealed_at)}" if seal else "not sealed yet"
    return Part(
        f"The trail, {sealed}",
        columns=columns,
        rows=rows,
        empty="Nothing has happened yet.",
        link=link_to(request, "trail"),
        link_label="The whole trail",
    )


def _line(request: Any, event: Event) -> list[str]:
    """An event as the trail shows it, with the kind of thing that it happened to.

    Its name would take a query for each kind; the trail has it.
    """
    about = format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        link_to(request, "event_subject", key=event.subject_key, id=event.subject_id),
        kind_of(event.subject_key),
    )
    return [day_time(event.at), event.person_name, sentence(event.verb, event.data), about]


def figures(request: Any) -> Part:
    """How this organisation is doing: the performance measures of its board."""
    here = request.organisation
    found = performance(current_indicators(request.today), here.kind)
    values = measure_values([here.id], found)
    month = latest_month(values.months, request.today)
    link = link_to(request, "board")
    if month is None:
        return Part("Figures", empty="No measure has been computed yet.")
    targets = targets_of([here.id])
    readings = [read(values, here.id, row, month, targets) for row in found]
    tiles = [
        tile(each, link_to(request, "indicator", code=each.indicator.code))
        for each in readings
        if each.measured
    ]
    title = f"Figures of {month:%B %Y}"
    return Part(title, tiles=tiles, empty=headline(readings), link=link, link_label="The board")
