"""An electronic invoice: the document beside the form that enters it, or why it is refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.entries import treatment_of
from finance.formats.pdf_parts import is_pdf
from finance.forms_einvoices import EInvoiceForm
from finance.keys import name_key
from finance.models import SourceFile, Supplier
from finance.permissions import ENTER_INVOICES, SEE_FILES
from finance.selectors.coding import account_choices, suggestion, unit_choices
from finance.selectors.einvoices import Document, document, sender_of, vat_choices
from finance.selectors.files import source_file
from finance.selectors.invoices import invoice_of_file
from finance.selectors.responses import responses_of, told
from finance.selectors.suppliers import supplier_by_code, supplier_list
from finance.services.einvoices import enter_einvoice

FEW = 20
State = SourceFile.State


@page(SEE_FILES, unsafe=ENTER_INVOICES)
def einvoice(request: Any, number: int) -> HttpResponse:
    organisation = request.organisation.id
    file = source_file(organisation_id=organisation, number=number, with_content=True)
    if file.purpose != "einvoice":
        raise NotFound()
    found = document(file)
    context = {
        "file": file,
        "document": found,
        "facts": found.facts,
        "for_another": name_key(found.facts.buyer.name) != name_key(request.organisation.name),
        "invoice": invoice_of_file(organisation, file.pk) if file.state == State.LOADED else None,
        "responses": [told(row) for row in responses_of(file)],
        "may_see_messages": True,
    }
    if file.state == State.UPLOADED and may(request.actor, ENTER_INVOICES):
        return _to_enter(request, found, context)
    context["timeline"] = timeline(file)
    return render(request, "finance/files/einvoice.html", context)


def _to_enter(request: Any, found: Document, context: dict[str, Any]) -> HttpResponse:
    supplier, reason = _supplier(request, found)
    context |= {"supplier": supplier, "reason": reason, "q": request.GET.get("q", "").strip()}
    if supplier is None:
        said = context["q"] or found.facts.seller.name.partition(" ")[0]
        likely_ones = supplier_list([request.organisation.id], text=said, status="active")
        context |= {"q": said, "suppliers": likely_ones[:FEW]}
        return render(request, "finance/files/einvoice.html", context)
    likely = suggestion(organisation_id=supplier.organisation_id, supplier_id=supplier.pk)
    form = _form(request, found, supplier.organisation_id, likely)
    if request.method == "POST" and form.is_valid():
        by, today, sure = request.actor, request.today, form.cleaned_data["confirmed_reason"]
        treatment = treatment_of(supplier, likely, form, by.name, today)
        with refusals_on(form, INV07="confirmed_reason"):
            made = enter_einvoice(
                found=found, treatment=treatment, by=by, as_of=today, confirmed_reason=sure
            )
            messages.success(request, f"{made} is entered.")
            return redirect("invoice", organisation=request.organisation.slug, number=made.number)
    context |= {"form": form, "likely": likely}
    status = 422 if form.errors else 200
    return render(request, "finance/files/einvoice.html", context, status=status)


def _form(request: Any, found: Document, organisation_id: int, likely: Any) -> EInvoiceForm:
    return EInvoiceForm(
        request.POST or None,
        accounts=account_choices(organisation_id),
        units=unit_choices(organisation_id, request.today),
        parts=[(part, vat_choices(part)) for part in found.facts.vat],
        likely=likely,
        received_on=found.file.made_at.date(),
    )


def _supplier(request: Any, found: Document) -> tuple[Supplier | None, str]:
    """The one a person chose, else the one that the document names."""
    code = request.POST.get("supplier") or request.GET.get("supplier", "")
    if code:
        return supplier_by_code(request.organisation.id, code), "Chosen by you."
    if request.GET.get("other"):
        return None, ""
    sender = sender_of(request.organisation.id, found.facts.seller)
    return (sender.supplier, sender.reason) if sender else (None, "")


@require_GET
@page(SEE_FILES)
def einvoice_document(request: Any, number: int) -> HttpResponse:
    """The bytes as they came, to keep or to show the supplier; never run by the browser."""
    organisation = request.organisation.id
    file = source_file(organisation_id=organisation, number=number, with_content=True)
    if file.purpose != "einvoice":
        raise NotFound()
    content = file.content
    ending, kind = ("pdf", "application/pdf") if is_pdf(content) else ("xml", "application/xml")
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="einvoice-{file.number}.{ending}"'
    return response
