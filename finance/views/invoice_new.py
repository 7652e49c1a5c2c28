"""Keying an invoice: first the supplier, then head and lines on one page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused
from core.web.pages import page
from finance.forms import InvoiceForm, LineFormSet
from finance.models import Supplier
from finance.permissions import ENTER_INVOICES
from finance.rules import INV07
from finance.selectors.coding import Coded, account_choices, suggestion, unit_choices
from finance.selectors.suppliers import supplier_by_code, supplier_list
from finance.services.invoices import InvoiceEntry, LineEntry, enter_invoice
from finance.vat import purchase_codes
from tenants.selectors import units


@page(ENTER_INVOICES)
def invoice_new(request: Any) -> HttpResponse:
    code = request.POST.get("supplier") or request.GET.get("supplier", "")
    if not code:
        return _choose_supplier(request)
    supplier = supplier_by_code(request.actor.organisation_id, code)
    likely = suggestion(organisation_id=supplier.organisation_id, supplier_id=supplier.pk)
    data = request.POST or None
    form = InvoiceForm(data, initial={"received_on": request.today})
    lines = LineFormSet(
        data,
        initial=[_initial(likely)] if likely else None,
        form_kwargs=_choices(request),
        prefix="line",
    )
    lines.extra = lines.max_num - len(lines.initial or [])
    context = {
        "form": form,
        "lines": lines,
        "supplier": supplier,
        "likely": likely,
        "vat_codes": purchase_codes().values(),
    }
    if request.method == "POST":
        return _enter(request, supplier, likely, context)
    return render(request, "finance/invoices/new.html", context)


def _choose_supplier(request: Any) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    rows = supplier_list([request.actor.organisation_id], text=text, status="active")
    context = {"q": text, "suppliers": rows[:20] if text else []}
    return render(request, "finance/invoices/choose_supplier.html", context)


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
    context["sums"] = _sums(lines)
    if request.POST.get("action") == "totals":
        name = "finance/invoices/new.html" + ("#totals" if request.htmx else "")
        return render(request, name, context)
    if right:
        entry = _entry(request, supplier, likely, form, lines)
        try:
            made = enter_invoice(
                entry=entry,
                by=request.actor,
                as_of=request.today,
                confirmed_reason=form.cleaned_data["confirmed_reason"],
            )
        except Refused as refusal:
            where = "confirmed_reason" if refusal.rule is INV07 else None
            form.add_error(where, refusal.message)
        else:
            messages.success(request, f"{made} is entered.")
            return redirect("invoice", organisation=request.organisation.slug, number=made.number)
    return render(request, "finance/invoices/new.html", context, status=422)


def _used(lines: Any) -> list[Any]:
    return [line for line in lines if hasattr(line, "cleaned_data") and line.used]


def _entry(request: Any, supplier: Supplier, likely: Coded | None, form: Any, lines: Any) -> Any:
    given = form.cleaned_data
    entries = [_line(line, likely, request.actor.name) for line in _used(lines)]
    paths = {str(unit.pk): unit.path for unit in units(supplier.organisation_id, request.today)}
    units_used = [line.cleaned_data["unit"] for line in _used(lines) if line.cleaned_data["unit"]]
    return InvoiceEntry(
        supplier_id=supplier.pk,
        supplier_ref=given["supplier_ref"],
        invoice_on=given["invoice_on"],
        received_on=given["received_on"],
        due_on=given["due_on"],
        description=given["description"],
        lines=entries,
        unit_path=paths.get(units_used[0], "") if units_used else "",
    )


def _line(line: Any, likely: Coded | None, name: str) -> LineEntry:
    given = line.cleaned_data
    unit_id = int(given["unit"]) if given["unit"] else None
    as_likely = likely and (likely.account_code, likely.unit_id) == (given["account"], unit_id)
    return LineEntry(
        description=given["description"],
        account_code=given["account"],
        unit_id=unit_id,
        vat_code=given["vat_code"] or "OS",
        net_pence=line.pence("net") or 0,
        vat_pence=line.pence("vat"),
        coding_reason=likely.reason if likely and as_likely else f"Chosen by {name}",
    )


def _sums(lines: Any) -> dict[str, int]:
    """Net, VAT and gross in pence of the lines that can be read."""
    net = vat = 0
    for line in _used(lines):
        amount = line.pence("net") or 0
        given = line.pence("vat")
        code = purchase_codes().get(line.cleaned_data.get("vat_code", ""))
        net += amount
        vat += given if given is not None else (code.vat_pence(amount) if code else 0)
    return {"net": net, "vat": vat, "gross": net + vat}
