"""Code lists that an employer reports by: those of a day or of all times, and files of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day
from core.web.days import day_asked
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from core.web.paging import part_of
from hr.models import StandardCode
from hr.permissions import KEEP_TERMS, SEE_TERMS
from hr.rules import HRR75, HRR76
from hr.selectors.codes import codes_of, keepers_of, posts_with
from hr.services.codes import CodeFacts, PlannedCode, keep_codes, plan_codes
from hr.views.lists import days, heads
from tenants.reading import Cells

PER_PAGE = 50
LISTS = StandardCode.List
EXPORTED = ("List", "Code", "Name", "Standard", "First day", "Last day")
WORDS = (
    "A row is a code of one of the lists staff group, job role, area of work, occupation code and"
    " leaving reason. A code that is not there is added; of one that is there, name, standard and"
    " days become what the row says. To withdraw a code give it a last day. The lists of the NHS"
    " National Workforce Data Set and of the HR Data Reporting Standards are their publishers':"
    " load the edition that you report by."
)


def _asked(request: Any) -> tuple[str, str, bool]:
    """One of the lists or none, the text, and whether codes of all times are looked for."""
    given = request.GET
    of = given.get("list", "")
    return of if of in LISTS.values else "", given.get("q", "").strip(), "ever" in given


def _found(request: Any) -> Any:
    of, text, ever = _asked(request)
    on = None if ever else day_asked(request)
    return codes_of(request.actor.organisation_id, on, of=of, text=text)


@page(SEE_TERMS)
@require_GET
def codes(request: Any) -> HttpResponse:
    """The codes of a day by list, with how many posts have each."""
    of, text, ever = _asked(request)
    here = request.actor.organisation_id
    pages = part_of(request, Paginator(_found(request), PER_PAGE))
    found = list(pages.object_list)
    counts, keepers = posts_with(here, found), keepers_of(here, found)
    context = {
        "page": pages,
        "columns": heads("List", "Code", "Name", "Standard", "Days", "Posts",
                         "Added or changed by", numeric=("Posts",)),
        "rows": [
            {"id": one.pk, "cells": [
                one.get_of_display(), one.code, one.name, one.standard,
                days(one.from_on, one.to_on), counts.get((one.of, one.code), 0),
                keepers.get(one.pk, ""),
            ]}
            for one in found
        ],
        "lists": LISTS.choices, "list": of, "text": text, "ever": ever,
        "on": day_asked(request),
        "filtered": bool(of or text),
        "may_keep": may(request.actor, KEEP_TERMS),
    }  # fmt: skip
    return render(request, "hr/codes.html", context)


@page(SEE_TERMS)
@require_GET
def export(request: Any) -> HttpResponse:
    """The codes of the list, in the columns in which a file of them is loaded."""
    of, text, ever = _asked(request)
    rows = [
        [*(one.get_of_display(), one.code, one.name, one.standard, one.from_on),
         one.to_on and one.to_on.fromordinal(one.to_on.toordinal() - 1)]
        for one in _found(request)
    ]  # fmt: skip
    shown = "of all times" if ever else day(day_asked(request))
    chosen = {"Shown": shown, "Code list": LISTS(of).label if of else "", "Search": text}
    return listed(request, "codes", "Code lists", EXPORTED, rows, chosen)


def _facts(row: dict[str, str]) -> tuple[CodeFacts, list[str]]:
    cells = Cells(row)
    said = cells.text("list", most=40, needed=True)
    named = {word.casefold(): one.value for one in LISTS for word in (one.value, one.label)}
    if said and said.casefold() not in named:
        cells.wrong.append(f"List: write one of {', '.join(map(str, LISTS.labels))}.")
    facts = CodeFacts(
        of=named.get(said.casefold(), ""),
        code=cells.text("code", most=24, needed=True),
        name=cells.text("name", most=160, needed=True),
        standard=cells.text("standard", most=120, needed=True),
        since=cells.day("first_day"),
        until=cells.after("last_day"),
    )
    return facts, cells.wrong


def _says(plan: PlannedCode) -> tuple[str, str, str]:
    one = plan.facts
    what = f"{one.code} {one.name}"
    if plan.there is None:
        return what, "Added", one.standard
    return (what, "Changed", plan.said()) if plan.changes else (what, AS_IT_IS, "")


CODES = Load(
    title="Load codes",
    words=WORDS,
    back="standard_codes",
    here="codes_load",
    export="codes_export",
    required=("list", "code", "name", "standard"),
    optional=("first_day", "last_day"),
    columns={HRR75: "Code", HRR76: "First day or last day"},
    read=_facts,
    plan=plan_codes,
    says=_says,
    keep=keep_codes,
)


@page(KEEP_TERMS)
def load(request: Any) -> HttpResponse:
    """A file of codes: shown first, then done."""
    return two_steps(request, CODES)
