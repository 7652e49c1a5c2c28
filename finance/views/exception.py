"""One invoice of the exceptions queue: what stops it, the remedy, who sees to it, the next one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from core.actors import may
from core.errors import Clash
from core.web.pages import page
from finance.forms import CodingForm, SentenceForm
from finance.forms_workbench import OwnerForm, RemedyForm
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES, REVERSE_INVOICES, SEE_INVOICES
from finance.places import wants_fragment
from finance.rules import INV08
from finance.selectors import exceptions as selectors
from finance.selectors.coding import account_choices, unit_choices
from finance.selectors.duplicates import matches_of
from finance.selectors.exceptions import DISPUTED
from finance.selectors.holds import STOPPED, people_on_invoices
from finance.selectors.invoices import invoice_by_number, lines_of
from finance.services import invoices as services
from finance.services.holds import assign
from finance.services.invoices_bulk import take_invoices
from finance.services.presence import be_on
from finance.views.clashes import clash, version_of
from finance.views.exceptions import answer, asked, cause_in_words, narrowing, on_this, waited

DONE = {
    "release": "Released.",
    "send": "Released and sent for approval.",
    "resolve": "Dispute settled.",
    "dispute": "Disputed. Tell the supplier what is wrong.",
    "assign": "It is known who is on it.",
    "take": "It is yours.",
}
STAYS = ("assign", "take")


@page(SEE_INVOICES, unsafe=ENTER_INVOICES)
def exception(request: Any, number: int) -> HttpResponse:
    """What stops one invoice and what settles it; done with it, the next one opens."""
    row = invoice_by_number(request.actor, number)
    if request.method == "POST":
        return _act(request, row)
    return _show(request, row, _forms(request, row))


def _cause(row: Invoice) -> str:
    return DISPUTED if row.state == Invoice.State.DISPUTED else row.hold_cause


def _to_code(row: Invoice) -> bool:
    """Is its coding what stops it? That form is long, so it is shown by itself."""
    return _cause(row) == "coding" and not row.journal_id


def _forms(request: Any, row: Invoice) -> dict[str, Any]:
    """The forms as sent by their button, or empty."""
    action = request.POST.get("action", "")
    changes = may(request.actor, ENTER_INVOICES) and row.state in STOPPED
    if not changes:
        return {}
    here = request.actor.organisation_id
    first = {"owner": row.owner_id or request.actor.person_id, "answer_on": row.answer_on}
    sent = request.POST if action == "assign" else None
    forms: dict[str, Any] = {
        "dispute_form": SentenceForm(
            request.POST if action == "dispute" else None, auto_id="dispute_%s"
        ),
    }
    if "owner" in request.GET or sent or not _to_code(row):
        people = people_on_invoices(here, request.today)
        forms["owner_form"] = OwnerForm(sent, auto_id="owner_%s", initial=first, people=people)
    return forms | _remedy(request, row, action, long="owner_form" in forms)


def _remedy(request: Any, row: Invoice, action: str, *, long: bool) -> dict[str, Any]:
    """What settles it; the form of codings not beside another `long` one, unless it was sent."""
    settles = request.POST if action in ("release", "send", "resolve") else None
    if not _to_code(row):
        return {"remedy_form": RemedyForm(settles, cause=_cause(row), auto_id="remedy_%s")}
    if long and not settles:
        return {}
    here = request.actor.organisation_id
    form = CodingForm(
        settles,
        lines=list(lines_of(row)),
        accounts=account_choices(here),
        units=unit_choices(here, request.today),
    )
    return {"coding_form": form}


def _show(request: Any, row: Invoice, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    wanted = asked(request)
    since, there = row.stopped_at or row.made_at, selectors.around(wanted, row)
    context = {
        "invoice": row,
        "cause": cause_in_words(_cause(row)),
        "waited": waited(there.calendar, since, request.today),
        "answer": answer(there.calendar, row, request.today),
        "stopped": row.state in STOPPED,
        "to_code": _to_code(row),
        "around": there,
        "narrowing": narrowing(wanted),
        "others": on_this(there.others) if there.others else "",
        "duplicates": matches_of(row) if row.hold_cause == "duplicate" else [],
        "may_enter": may(request.actor, ENTER_INVOICES),
        "may_reverse": may(request.actor, REVERSE_INVOICES),
        "seen": there.seen or 0,
        "form": next((form for form in forms.values() if form.errors), None),
        **forms,
    }
    name = "_pane.html" if wants_fragment(request) else "exception.html"
    response = render(request, f"finance/exceptions/{name}", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _others(request: Any, row: Invoice) -> str:
    found = selectors.others_on([row.organisation_id], [row.pk], request.actor.person_id)
    return on_this(found[row.pk]) if found else ""


def _act(request: Any, row: Invoice) -> HttpResponse:
    try:
        with transaction.atomic():
            if version_of(request) != row.version:
                raise Clash()
            INV08.check(row.state in STOPPED)
            forms, action = _forms(request, row), request.POST.get("action", "")
            if any(form.is_bound and not form.is_valid() for form in forms.values()):
                return _show(request, row, forms, 422)
            there = selectors.around(asked(request), row)
            _do(request, row, action, forms)
    except Clash:
        typed = [request.POST.get(name, "") for name in ("said", "text")]
        return clash(request, row, [one for one in typed if one])
    messages.success(request, f"{row}: {DONE[action]}" if action in DONE else f"{row}")
    return redirect(_after(request, row, there, stays=action in STAYS))


def _after(request: Any, row: Invoice, there: Any, *, stays: bool) -> str:
    """The address of the next one in the queue, or of the queue when there is none."""
    slug, query = request.organisation.slug, narrowing(asked(request))
    after = row.number if stays else there.after or there.before
    if not after:
        return reverse("exceptions", kwargs={"organisation": slug})
    return reverse("exception", kwargs={"organisation": slug, "number": after}) + query


def _do(request: Any, row: Invoice, action: str, forms: dict[str, Any]) -> None:
    by = request.actor
    held: dict[str, Any] = {"invoice": row, "version": version_of(request), "by": by}
    if action == "take":
        if not take_invoices(invoice_ids=[row.pk], by=by):
            raise Clash()
    elif action == "assign":
        given = forms["owner_form"].cleaned_data
        owner = {"owner_id": given["owner"], "answer_on": given["answer_on"]}
        assign(**held, **owner, as_of=request.today)
    elif action == "dispute":
        services.dispute(**held, text=forms["dispute_form"].cleaned_data["text"])
    elif action == "resolve":
        services.resolve(**held, text=forms["remedy_form"].text)
    elif action in ("release", "send"):
        _release(held, forms)
        if action == "send":
            services.submit_for_approval(invoice=row, version=row.version, by=by)


def _release(held: dict[str, Any], forms: dict[str, Any]) -> None:
    row = held["invoice"]
    if "coding_form" not in forms:
        found = forms["remedy_form"]
        services.release_hold(**held, text=found.text, order_ref=found.order_ref)
        return
    lines = forms["coding_form"].changed(f"Chosen by {held['by'].name}")
    services.recode_lines(**held, lines=lines)
    services.release_hold(invoice=row, version=row.version, by=held["by"])


@page(SEE_INVOICES, unsafe=ENTER_INVOICES, polled=True)
def presence(request: Any, number: int) -> HttpResponse:
    """The person has it open; answers with the others who have. The page asks by itself."""
    row = invoice_by_number(request.actor, number)
    if request.method == "POST":
        be_on(invoice=row, by=request.actor, at=timezone.now())
    if not wants_fragment(request):
        return redirect("invoice", organisation=request.organisation.slug, number=number)
    context = {"invoice": row, "others": _others(request, row), "polled": True}
    context["may_enter"] = may(request.actor, ENTER_INVOICES)
    return render(request, "finance/exceptions/_presence.html", context)
