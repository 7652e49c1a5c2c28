"""What pages of deductions share: their list, and forms that say what a service refuses."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.web import state_colour
from core.web.refusals import refusals_on
from hr.selectors.jobs import employments_numbered

PER_PAGE = 50
T = TypeVar("T")


def listed(
    request: Any, rows: QuerySet[Any], heads: Sequence[str], row: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """A page of them as the table shows it."""
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [row(one) for one in found.object_list]
    return {"page": found, "columns": [{"label": one} for one in heads], "rows": shown}


def state_tag(one: Any) -> SafeString:
    """The state of one in its colour."""
    colour, label = state_colour(one.state), one.get_state_display()
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, label)


def entered(request: Any, form: Any, enter: Callable[..., T]) -> T | None:
    """What `enter` makes of a sent form and the employee it names; what is wrong stands on it."""
    if request.method != "POST" or not form.is_valid():
        return None
    number = form.cleaned_data["employee"]
    someone = employments_numbered(request.actor.organisation_id, {number})
    if not someone:
        form.add_error("employee", "Nobody here has this number")
        return None
    with refusals_on(form):
        return enter(employment=someone[0])
    return None


def form_page(request: Any, form: Any, heading: str, back: str) -> HttpResponse:
    """The form, with what is wrong with it."""
    context = {"form": form, "heading": heading, "button": "Save", "back": back}
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)
