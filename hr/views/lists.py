"""Pages of lists: people, the establishment, terms, files of staff."""

from calendar import month_name
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, short_day, state_colour, thousands
from core.web.days import day_asked
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from hr.forms import PositionForm, StaffFileForm
from hr.keys import hours
from hr.models import Allowance, PayValue, Placement, StaffFile
from hr.permissions import KEEP_TERMS, LOAD_STAFF, REQUEST_CHANGES, SEE_STAFF, SEE_TERMS
from hr.reading import COLUMNS
from hr.selectors.people import establishment as establishment_of
from hr.selectors.people import staff as staff_of
from hr.selectors.posts import errors_of, staff_files
from hr.selectors.posts import staff_file as file_of
from hr.selectors.terms import Terms, grades_of, scales_of, terms_of
from hr.services.files import load_staff
from hr.services.terms import NewPosition, create_positions, install_terms
from hr.templates import templates
from tenants.selectors import units

PER_PAGE = 50


def heads(*labels: str, numeric: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Columns of a table by their labels."""
    return [{"key": one.lower(), "label": one, "numeric": one in numeric} for one in labels]


def tag(state: str, label: str) -> str:
    """A state as a coloured tag."""
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>', state_colour(state), label
    )


def days(from_on: date, to_on: date | None) -> str:
    """A half-open range as its first and last day."""
    if to_on is None:
        return f"From {short_day(from_on)}"
    return f"{short_day(from_on)} to {short_day(date.fromordinal(to_on.toordinal() - 1))}"


@page(SEE_STAFF)
@require_GET
def staff(request: Any) -> HttpResponse:
    on, given = day_asked(request), request.GET
    scale = given.get("scale", "")
    rows = staff_of(
        request.actor,
        on,
        text=given.get("q", ""),
        unit_path=given.get("unit", ""),
        scale=int(scale) if scale.isascii() and scale.isdecimal() and len(scale) < 16 else None,
    )
    pages = part_of(request, Paginator(rows, PER_PAGE))
    here = request.actor.organisation_id
    context = {
        "page": pages,
        "columns": heads("Name", "Number", "Post", "Unit", "Grade and point", "Hours"),
        "rows": [_staff_row(request.organisation.slug, row) for row in pages.object_list],
        "units": units(here, on),
        "scales": scales_of(here),
        "on": on,
        "filtered": bool(given.get("q") or given.get("unit") or scale),
        "may_ask": may(request.actor, REQUEST_CHANGES),
    }
    return render(request, "hr/staff.html", context)


def _staff_row(slug: str, row: Placement) -> dict[str, Any]:
    someone = row.assignment.employment
    url = reverse("staff_person", kwargs={"organisation": slug, "number": someone.number})
    cells = [
        someone.name,
        f"{someone.number}-{row.assignment.number}",
        row.position.title,
        row.position.unit.name,
        f"{row.pay_point.grade}, {row.pay_point.point}",
        hours(row.weekly_minutes),
    ]
    return {"id": row.pk, "url": url, "cells": cells}


def _fte(hundredths: int) -> str:
    return thousands(Decimal(hundredths).scaleb(-2))


@page(SEE_STAFF)
@require_GET
def establishment(request: Any) -> HttpResponse:
    on = day_asked(request)
    posts = establishment_of(request.actor, on)
    numbers = ("Budgeted", "Filled", "Vacant")
    totals = [sum(getattr(one, name.lower()) for one in posts) for name in numbers]
    rows = [
        {
            "id": one.code,
            "tone": "bad" if one.vacant < 0 else "",
            "cells": [one.title, one.code, one.unit_name, one.grade,
                      *(_fte(n) for n in (one.budgeted, one.filled, one.vacant))],
        }
        for one in posts
    ]  # fmt: skip
    total = {"total": True, "cells": ["All posts", "", "", "", *map(_fte, totals)]}
    context = {
        "columns": heads("Post", "Code", "Unit", "Grade", *numbers, numeric=numbers),
        "rows": [*rows, total] if rows else [],
        "on": on,
        "may_keep": may(request.actor, KEEP_TERMS),
    }
    return render(request, "hr/establishment.html", context)


@page(KEEP_TERMS)
def position_new(request: Any) -> HttpResponse:
    here = request.actor.organisation_id
    known = {str(unit.pk): unit for unit in units(here, request.today)}
    grades = grades_of(here)
    form = PositionForm(
        request.POST or None,
        units=[(key, str(unit)) for key, unit in known.items()],
        grades=[(key, label) for key, (label, _, _) in grades.items()],
        initial={"from_on": request.today},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _, scale, grade = grades[given["grade"]]
        post = NewPosition(given["code"], given["title"], known[given["unit"]], scale, grade,
                           int(given["budget"] * 100))  # fmt: skip
        with refusals_on(form):
            create_positions(rows=[post], from_on=given["from_on"], by=request.actor)
            return redirect("establishment", organisation=request.organisation.slug)
    return asked(request, form, "Add a post", "Add this post", "establishment")


def asked(request: Any, form: Any, heading: str, button: str, back: str) -> HttpResponse:
    """The page of a form, with a way back to a page of the organisation."""
    context = {"form": form, "heading": heading, "button": button,
               "back": reverse(back, args=[request.organisation.slug])}  # fmt: skip
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)


@page(SEE_TERMS, unsafe=KEEP_TERMS)
def terms(request: Any) -> HttpResponse:
    if request.method == "POST":
        scale = install_terms(template=request.POST.get("template", ""), by=request.actor)
        messages.success(request, f"{scale.name} is set up.")
        return redirect("terms", organisation=request.organisation.slug)
    on = day_asked(request)
    found = terms_of(request.actor.organisation_id, on)
    there = {scale.code for scale in found.scales}
    context = {
        "on": on,
        "terms": found,
        "leave_begins": month_name[found.leave.starts_month] if found.leave else "",
        "tables": _terms_tables(found),
        "templates": [one for code, one in templates().items() if code not in there],
        "may_keep": may(request.actor, KEEP_TERMS),
    }
    return render(request, "hr/terms.html", context)


def _terms_tables(found: Terms) -> list[dict[str, Any]]:
    """One table for each scale, then allowances and hours; each row says where it comes from."""
    source = ("In force", "Status", "Source")
    tables = [
        _table(scale.name, ("Grade", "Point", "A year", *source), [
            [one.pay_point.grade, one.pay_point.point, pounds(one.annual_pence), *_source(one)]
            for one in found.values if one.pay_point.scale_id == scale.pk
        ])
        for scale in found.scales
    ]  # fmt: skip
    allowances = [
        [a.name, a.code, a.get_kind_display(), _worth(a), _paid(a), *_source(a)]
        for a in found.allowances
    ]
    names = ("Allowance", "Code", "Kind", "Worth", "Paid", *source)
    tables.append(_table("Allowances", names, allowances))
    weeks = [
        [hours(one.full_time_minutes), one.name, days(one.from_on, one.to_on), one.source]
        for one in found.hours
    ]
    heads_of_weeks = ("Hours", "Of", "In force", "Source")
    return [*tables, _table("Hours of a full week", heads_of_weeks, weeks)]


def _table(title: str, names: tuple[str, ...], cells: list[list[Any]]) -> dict[str, Any]:
    rows = [{"id": number, "cells": row} for number, row in enumerate(cells)]
    return {"title": title, "columns": heads(*names, numeric=("A year",)), "rows": rows}


def _source(one: PayValue | Allowance) -> list[str]:
    state = tag(one.status, one.get_status_display())
    return [days(one.from_on, one.to_on), state, one.source]


def _paid(one: Allowance) -> str:
    """With every pay, or what is claimed under a name, by which grades."""
    if not one.claimed_as:
        return one.get_paid_display()
    whose = f", grades {one.grades.replace(',', ', ')}" if one.grades else ""
    return f"{one.get_paid_display()} as {one.claimed_as}{whose}"


def _worth(one: Allowance) -> str:
    if one.rate_percent is None:
        return pounds(one.amount_pence)
    worth = f"{one.rate_percent.normalize():f}%"
    if one.least_pence is not None and one.most_pence is not None:
        worth += f", {pounds(one.least_pence)} to {pounds(one.most_pence)}"
    return worth


@page(LOAD_STAFF)
def files(request: Any) -> HttpResponse:
    form = StaffFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        given = {"name": sent.name, "data": sent.read(), "by": request.actor, "at": timezone.now()}
        with refusals_on(form, "file"):
            file = load_staff(**given)
            return redirect("staff_file", request.organisation.slug, file.number)
    found = Paginator(staff_files(request.actor.organisation_id), PER_PAGE)
    pages = part_of(request, found)
    context = {
        "form": form,
        "page": pages,
        "rows": [_file_row(request.organisation.slug, one) for one in pages],
        "columns": heads("File", "Sent", "By", "Rows", "State", numeric=("Rows",)),
    }
    return render(request, "hr/files.html", context, status=422 if form.errors else 200)


def _file_row(slug: str, one: StaffFile) -> dict[str, Any]:
    url = reverse("staff_file", kwargs={"organisation": slug, "number": one.number})
    cells = [one.name, day(one.made_at), one.made_by_name, thousands(one.rows),
             tag(one.state, one.get_state_display())]  # fmt: skip
    return {"id": one.pk, "url": url, "cells": cells}


@page(LOAD_STAFF)
@require_GET
def file(request: Any, number: int) -> HttpResponse:
    found = file_of(request.actor.organisation_id, number)
    context = {
        "file": found,
        "columns": heads("Row", "What is wrong"),
        "rows": [{"id": one.pk, "cells": [one.row_no, one.text]} for one in errors_of(found)],
    }
    return render(request, "hr/file.html", context)


@page(LOAD_STAFF)
@require_GET
def template(request: Any) -> HttpResponse:
    """The headings of a file of staff, and nothing else: a note above them would be a row."""
    answer = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="staff.csv"'
    return answer
