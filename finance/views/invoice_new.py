"""Keying an invoice: first the supplier, then head and lines on one page."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from core.money import to_pence
from core.templatetags.web import pounds
from core.web.pages import page
from core.web.refusals import refusals_on
from finance.entries import entry_of, used_lines
from finance.forms import InvoiceForm, LineFormSet
from finance.models import Invoice, InvoiceDocument, Supplier
from finance.permissions import ENTER_INVOICES
from finance.places import wants_fragment
from finance.selectors.coding import Coded, account_choices, suggestion, unit_choices
from finance.selectors.documents import document_by_id, likely_suppliers, waiting_documents
from finance.selectors.suppliers import supplier_by_code, supplier_list
from finance.services.documents import attach_document
from finance.services.invoices import InvoiceEntry, enter_invoice
from finance.vat import purchase_codes


# A PDF is shown in a frame of the same origin, which the policy of the house does not allow.
@csp_update({"frame-src": ["'self'"]})
@page(ENTER_INVOICES)
def invoice_new(request: Any) -> HttpResponse:
    code = request.POST.get("supplier") or request.GET.get("supplier", "")
    document = _document(request)
    if not code:
        return _choose_supplier(request, document)
    supplier = supplier_by_code(request.actor.organisation_id, code)
    likely = suggestion(organisation_id=supplier.organisation_id, supplier_id=supplier.pk)
    context = {
        **_forms(request, likely),
        "document": document,
        "supplier": supplier,
        "likely": likely,
        "vat_codes": purchase_codes().values(),
    }
    if request.method == "POST":
        return _enter(request, supplier, likely, context)
    return render(request, "finance/invoices/new.html", context)


def _document(request: Any) -> InvoiceDocument | None:
    given = request.GET.get("document", "")
    if not (given.isdecimal() and len(given) < 19):
        return None
    return document_by_id(request.actor, int(given))


def _forms(request: Any, likely: Coded | None) -> dict[str, Any]:
    data = request.POST or None
    lines = LineFormSet(
        data,
        initial=[_initial(likely)] if likely else None,
        form_kwargs=_choices(request),
        prefix="line",
    )
    lines.extra = lines.max_num - len(lines.initial or [])
    return {"form": InvoiceForm(data, initial={"received_on": request.today}), "lines": lines}


def _choose_supplier(request: Any, document: InvoiceDocument | None) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    rows = supplier_list([request.actor.organisation_id], text=text, status="active")
    context = {"q": text, "suppliers": rows[:20] if text else [], "document": document}
    context["likely"] = likely_suppliers(document) if document and not text else []
    name = "finance/invoices/choose_supplier.html" + ("#found" if wants_fragment(request) else "")
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _choices(request: Any) -> dict[str, list[tuple[str, str]]]:
    organisation = request.actor.organisation_id
    return {
        "accounts": account_choices(organisation),
        "units": unit_choices(organisation, request.today),
    }


def _initial(likely: Coded) -> dict[str, str]:
    return {
        "account": likely.account_code,
        "unit": str(likely.unit_id or ""),
        "vat_code": likely.vat_code,
    }


def _enter(
    request: Any, supplier: Supplier, likely: Coded | None, context: dict[str, Any]
) -> HttpResponse:
    form, lines = context["form"], context["lines"]
    right = form.is_valid() & lines.is_valid()
    context |= {"sums": _sums(lines), "checks": _checks(lines), "apart": _apart(form, lines)}
    if request.POST.get("action") == "totals":
        name = "finance/invoices/new.html" + ("#totals" if request.htmx else "")
        return render(request, name, context)
    if right:
        entry = entry_of(supplier, likely, form, lines, request.actor.name, request.today)
        with refusals_on(form, INV07="confirmed_reason", INV15="stated"):
            made = _save(request, entry, context)
            messages.success(request, f"{made} is entered.")
            return redirect(_after(request, made))
    return render(request, "finance/invoices/new.html", context, status=422)


def _save(request: Any, entry: InvoiceEntry, context: dict[str, Any]) -> Invoice:
    reason = context["form"].cleaned_data["confirmed_reason"]
    made = enter_invoice(
        entry=entry, by=request.actor, as_of=request.today, confirmed_reason=reason
    )
    if context["document"]:
        attach_document(document=context["document"], invoice=made, by=request.actor)
    return made


def _after(request: Any, made: Invoice) -> str:
    """The invoice, or after «save and next» the next document that waits, or another supplier."""
    here = {"organisation": request.organisation.slug}
    if request.POST.get("action") != "next":
        return reverse("invoice", kwargs={**here, "number": made.number})
    following = waiting_documents(request.actor.organisation_id).first()
    new = reverse("invoice_new", kwargs=here)
    return f"{new}?document={following.pk}" if following else new


def _sums(lines: Any) -> dict[str, int]:
    """Net, VAT and gross in pence of the lines that can be read."""
    net = vat = 0
    for line in used_lines(lines):
        amount = line.pence("net") or 0
        given = line.pence("vat")
        code = purchase_codes().get(line.cleaned_data.get("vat_code", ""))
        net += amount
        vat += given if given is not None else (code.vat_pence(amount) if code else 0)
    return {"net": net, "vat": vat, "gross": net + vat}


def _apart(form: Any, lines: Any) -> int | None:
    """Pence by which the lines are above (or below) the total on the invoice; None if unknown."""
    stated = getattr(form, "cleaned_data", {}).get("stated")
    return None if stated is None else _sums(lines)["gross"] - to_pence(stated)


def _checks(lines: Any) -> list[str]:
    """In words, each line whose VAT is not what its code makes of its net amount."""
    found = []
    for number, line in enumerate(lines, start=1):
        if line not in used_lines(lines) or line.pence("vat") is None:
            continue
        code = purchase_codes().get(line.cleaned_data.get("vat_code") or "OS")
        net, vat = line.pence("net") or 0, line.pence("vat") or 0
        if code and code.vat_pence(net) != vat:
            fits = "a rounding or a discount" if code.allows(net, vat) else "more than allowed"
            found.append(
                f"Line {number}: {code.code} of {pounds(net)} is {pounds(code.vat_pence(net))},"
                f" {pounds(vat)} is given: {fits}."
            )
    return found
