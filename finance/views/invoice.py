"""One invoice: facts, lines, duplicates, approval, journal, timeline, and what can be done."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html

from approvals.selectors import waiting_about
from core.actors import may
from core.errors import Clash
from core.money import to_pence
from core.templatetags.web import day, pounds
from core.web.pages import may_open, page
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.forms import CodingForm, HoldForm, SentenceForm, WithholdForm
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES, REVERSE_INVOICES, SEE_FILES, SEE_INVOICES
from finance.places import wants_fragment
from finance.selectors.coding import account_choices, unit_choices
from finance.selectors.discounts import early_words
from finance.selectors.duplicates import matches_of
from finance.selectors.exceptions import others_on
from finance.selectors.invoice_sheet import Sheet, invoice_sheet
from finance.selectors.invoices import invoice_by_number, lines_of
from finance.services import invoices as services
from finance.services.invoices import HOLD_CAUSES, MOVES, RECODE
from finance.services.withholding import withhold
from finance.views.clashes import clash, version_of
from finance.views.exceptions import on_this
from sla.permissions import SEE_MEASURES

DONE = {
    "hold": "Held.",
    "release": "Released.",
    "dispute": "Disputed. Tell the supplier what is wrong.",
    "resolve": "Dispute settled.",
    "withhold": "Changed what is kept back.",
    "submit": "Sent for approval.",
}
FORMS: dict[str, Any] = {"hold": HoldForm, "dispute": SentenceForm, "withhold": WithholdForm}


@page(SEE_INVOICES, unsafe=ENTER_INVOICES)
def invoice(request: Any, number: int) -> HttpResponse:
    if request.method == "POST":
        return _act(request, invoice_by_number(request.actor, number))
    return _show(request, number, {})


def _show(request: Any, number: int, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    sheet = invoice_sheet(request.actor, number)
    context = _context(request, sheet) | forms
    name = "_pane.html" if wants_fragment(request) else "invoice.html"
    response = render(request, f"finance/invoices/{name}", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: Any, sheet: Sheet) -> dict[str, Any]:
    row = sheet.invoice
    entries = timeline(row)
    others = others_on([row.organisation_id], [row.pk], request.actor.person_id)
    return {
        "invoice": row,
        "facts": _facts(request, sheet),
        "lines": sheet.lines,
        "journal": sheet.journal,
        "credits": sheet.matches,
        "journal_url": _journal_url(request, row),
        "duplicates": matches_of(row),
        "document": sheet.document,
        "figures_url": _figures_url(request, row),
        "approval": _waiting_request(request, row),
        "entries": entries,
        "seen": entries[0].id if entries else 0,
        "others": on_this(others[row.pk]) if others else "",
        "may_enter": may(request.actor, ENTER_INVOICES),
        "acts": _acts(request, row),
        **_new_forms(),
        **_answers(request, sheet),
        "cause": HOLD_CAUSES.get(row.hold_cause, row.hold_cause.replace("_", " ").capitalize()),
    }


def _new_forms() -> dict[str, Any]:
    return {f"{act}_form": form(auto_id=f"{act}_%s") for act, form in FORMS.items()}


def _answers(request: Any, sheet: Sheet) -> dict[str, Any]:
    """What the supplier was told, and whether the messages themselves can be read."""
    return {"responses": sheet.responses, "may_see_messages": may(request.actor, SEE_FILES)}


def _waiting_request(request: Any, row: Invoice) -> dict[str, Any] | None:
    """The request that waits; past decisions stand in the timeline."""
    if row.state != Invoice.State.SUBMITTED:
        return None
    found = waiting_about(request.actor, "finance.invoice", row.pk)
    if found is None:
        return None
    since = found.request.made_at
    return {"id": found.request.pk, "role": found.roles, "made_at": since, "opens": found.opens}


def _journal_url(request: Any, row: Invoice) -> str:
    if not row.journal_id:
        return ""
    where = {"period": row.period, "batch": row.batch_id, "journal": row.journal_id}
    return reverse("journal", kwargs={"organisation": request.organisation.slug, **where})


def _figures_url(request: Any, row: Invoice) -> str:
    """Where the figures are that the invoice is among the rows of."""
    if not may(request.actor, SEE_MEASURES):
        return ""
    return reverse("figures_of", args=[request.organisation.slug, "finance.invoice", row.pk])


def _supplier(request: Any, row: Invoice) -> str:
    here = {"organisation": request.organisation.slug, "code": row.supplier.code}
    url = reverse("supplier", kwargs=here)
    if not may_open(request.actor, url):
        return row.supplier.name
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, row.supplier.name)


def _facts(request: Any, sheet: Sheet) -> list[dict[str, Any]]:
    row = sheet.invoice
    facts = [
        ("Supplier", _supplier(request, row)),
        ("Their number", row.supplier_ref),
        ("For", row.description),
        ("Order", row.order_ref),
        ("Amount", f"{pounds(row.gross_pence)} with {pounds(row.vat_pence)} VAT"),
        ("Invoice date", day(row.invoice_on)),
        ("Received", day(row.received_on) or "Not stated by the published file"),
        ("Due", day(row.due_on)),
        ("Early payment", early_words(sheet.discount)),
        ("Approved", day(row.approved_on)),
        ("Posted", day(row.posted_on)),
        ("Paid", day(row.paid_on)),
        ("Payment", "In a run not yet released" if sheet.in_open_payment else ""),
        ("Paid so far", _paid_so_far(row)),
        ("Kept back", _kept_back(row)),
        ("Entered by", row.made_by_name),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _paid_so_far(row: Invoice) -> str:
    if row.state == Invoice.State.PAID or not row.allocated_pence:
        return ""
    return f"{pounds(row.allocated_pence)}, {pounds(row.open_pence)} is open"


def _kept_back(row: Invoice) -> str:
    return f"{pounds(row.withheld_pence)}: {row.withheld_text}" if row.withheld_pence else ""


def _acts(request: Any, row: Invoice) -> set[str]:
    """What this person can do with the invoice as it stands."""
    acts = set()
    if may(request.actor, ENTER_INVOICES):
        verbs = ("hold", "release", "dispute", "resolve", "submit")
        acts = {verb for verb in verbs if row.state in MOVES[verb][0]}
        acts |= {"withhold"} if row.state == Invoice.State.POSTED and row.gross_pence > 0 else set()
        acts |= {"recode"} if row.state in RECODE and not row.journal_id else set()
    if may(request.actor, REVERSE_INVOICES) and row.state in MOVES["reverse"][0]:
        acts.add("reverse")
    return acts


def _act(request: Any, row: Invoice) -> HttpResponse:
    action = request.POST.get("action", "")
    form: Any = None
    if action in FORMS:
        form = FORMS[action](request.POST, auto_id=f"{action}_%s")
        if not form.is_valid():
            return _show(request, row.number, {f"{action}_form": form, "form": form}, 422)
    try:
        with transaction.atomic():
            _do(request, row, action, form)
    except Clash:
        return clash(request, row, [form.data["text"]] if form and form.data.get("text") else [])
    if action in DONE:
        messages.success(request, f"{row}: {DONE[action]}")
    return redirect("invoice", organisation=request.organisation.slug, number=row.number)


def _do(request: Any, row: Invoice, action: str, form: Any) -> None:
    held: dict[str, Any] = {"invoice": row, "version": version_of(request), "by": request.actor}
    if action == "hold":
        services.hold(**held, **form.cleaned_data, as_of=request.today)
    elif action == "dispute":
        services.dispute(**held, text=form.cleaned_data["text"])
    elif action == "release":
        services.release_hold(**held)
    elif action == "resolve":
        services.resolve(**held)
    elif action == "submit":
        services.submit_for_approval(**held)
    elif action == "withhold":
        amount, text = form.cleaned_data["amount"], form.cleaned_data["text"]
        withhold(**held, pence=to_pence(amount), text=text)


@page(REVERSE_INVOICES)
def reversal(request: Any, number: int) -> HttpResponse:
    """Asks why, then reverses for good."""
    row = invoice_by_number(request.actor, number)
    form = SentenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"version": version_of(request), "reason": form.cleaned_data["text"]}
        with refusals_on(form):
            services.reverse_invoice(invoice=row, **given, by=request.actor, as_of=request.today)
            messages.success(request, f"{row} is reversed.")
            return redirect("invoice", organisation=request.organisation.slug, number=row.number)
        row.refresh_from_db()
    status = 422 if form.errors else 200
    context = {"invoice": row, "form": form}
    return render(request, "finance/invoices/reversal.html", context, status=status)


@page(ENTER_INVOICES)
def coding(request: Any, number: int) -> HttpResponse:
    """Another coding for the lines of an invoice that was not yet sent for approval."""
    organisation = request.actor.organisation_id
    row = invoice_by_number(request.actor, number)
    form = CodingForm(
        request.POST or None,
        lines=list(lines_of(row)),
        accounts=account_choices(organisation),
        units=unit_choices(organisation, request.today),
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.changed(f"Chosen by {request.actor.name}")
        with refusals_on(form):
            services.recode_lines(
                invoice=row, version=version_of(request), lines=chosen, by=request.actor
            )
            messages.success(request, f"{row}: the coding is changed.")
            return redirect("invoice", organisation=request.organisation.slug, number=row.number)
        row.refresh_from_db()
    status = 422 if form.errors else 200
    context = {"invoice": row, "form": form}
    return render(request, "finance/invoices/coding.html", context, status=status)
