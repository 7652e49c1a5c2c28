"""Entering invoices, for programs: by hand, from an e-invoice, their coding, and many at a time."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, asked, checked
from core.web.api_asked import MOST, VersionAsked, as_typed
from finance.api_invoices import InvoiceDetail, InvoiceMove, told
from finance.entries import entry_of, treatment_of
from finance.forms import CodingForm, InvoiceForm, LineForm
from finance.forms_einvoices import EInvoiceForm
from finance.models import Supplier
from finance.permissions import ENTER_INVOICES
from finance.selectors import coding
from finance.selectors.documents import document_by_id
from finance.selectors.einvoices import document, sender_of, vat_choices
from finance.selectors.files import source_file
from finance.selectors.invoices import ids_numbered, lines_of
from finance.selectors.suppliers import supplier_by_code
from finance.services import invoices_bulk as many
from finance.services.documents import attach_document
from finance.services.einvoices import enter_einvoice
from finance.services.holds import assign
from finance.services.invoices import HOLD_CAUSES, enter_invoice, recode_lines
from finance.vat import purchase_codes

MOST_LINES, MOST_AT_ONCE = 200, 1000


class Amount(serializers.DecimalField):
    """Pounds with at most two decimals, below nothing on a credit note."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=13, decimal_places=2, **kwargs)


def _text(most: int) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


class CodingAsked(serializers.Serializer):
    """The code of an account, and the number of a unit or none."""

    account = serializers.CharField(max_length=20)
    unit = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST)


class NewLine(CodingAsked):
    """A part of an invoice. Without `vat` it is what the VAT code makes of the net amount."""

    description = _text(200)
    vat_code = serializers.ChoiceField(choices=sorted(purchase_codes()), default="OS")
    net = Amount()
    vat = Amount(required=False)


class InvoiceAsked(serializers.Serializer):
    """An invoice as it is written. Without `due_on` it is due by the supplier's terms; `document`
    is the number of the document that it is entered from."""

    supplier = serializers.CharField(max_length=40)
    supplier_ref = serializers.CharField(max_length=80)
    invoice_on = serializers.DateField()
    received_on = serializers.DateField()
    due_on = serializers.DateField(required=False)
    stated = Amount(required=False, help_text="The total that is written on it, with VAT.")
    order_ref = _text(60)
    description = _text(200)
    confirmed_reason = _text(200)
    document = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    lines = NewLine(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]


class LineCoding(CodingAsked):
    """Another coding for a line of an invoice."""

    line_no = serializers.IntegerField(min_value=1, max_value=32767)


class RecodingAsked(VersionAsked):
    """Lines with other codings; those that are not named keep theirs."""

    lines = LineCoding(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]


class OwnerAsked(VersionAsked):
    """Who sees to it, a person by their number, and the day by which an answer is wanted."""

    owner = serializers.IntegerField(source="owner_id", min_value=1, max_value=MOST)
    answer_on = serializers.DateField()


class EInvoiceEntryAsked(CodingAsked):
    """How the document is booked. Without `supplier` it is the one that the document names;
    without `vat_codes`, one for each part of its VAT that needs one, those that are usual."""

    supplier = serializers.CharField(required=False, max_length=40)
    received_on = serializers.DateField()
    confirmed_reason = _text(200)
    vat_codes = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, max_length=20
    )


class ManyAsked(serializers.Serializer):
    """The numbers of invoices."""

    invoices = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        min_length=1,
        max_length=MOST_AT_ONCE,
    )


class ManyHeldAsked(ManyAsked):
    """Why they stop; a sentence is needed for any other cause than those named."""

    cause = serializers.ChoiceField(choices=list(HOLD_CAUSES))
    text = _text(300)


class LeftOut(serializers.Serializer):
    """How many were left as they were, and the sentence that says why."""

    reason = serializers.CharField()
    invoices = serializers.IntegerField()


class ManyDone(serializers.Serializer):
    """How many were asked for, how many were changed, and what became of the others."""

    asked = serializers.IntegerField()
    changed = serializers.IntegerField()
    left_out = serializers.SerializerMethodField()

    @extend_schema_field(LeftOut(many=True))
    def get_left_out(self, done: many.Outcome) -> list[dict[str, Any]]:
        """By the sentence that stopped them."""
        return [{"reason": said, "invoices": count} for said, count in done.left_out]


class InvoiceEntering(Endpoint):
    """New invoices."""

    permission = ENTER_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="invoices_enter", request=InvoiceAsked, responses={201: InvoiceDetail}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Enters an invoice that came; its likely duplicates are graded (INV01 to INV07)."""
        given, here = asked(InvoiceAsked, request), self.actor.organisation_id
        supplier = supplier_by_code(here, given["supplier"])
        form = InvoiceForm(as_typed(given))
        facts, choices = checked(form), choices_of(here, request.today)
        lines = [LineForm(as_typed(one), **choices) for one in given["lines"]]
        for line in lines:
            checked(line)
        likely = coding.suggestion(organisation_id=here, supplier_id=supplier.pk)
        entry = entry_of(supplier, likely, form, lines, self.actor.name, request.today)
        reason = facts["confirmed_reason"]
        made = enter_invoice(
            entry=entry, by=self.actor, as_of=request.today, confirmed_reason=reason
        )
        if "document" in given:
            row = document_by_id(self.actor, given["document"])
            attach_document(document=row, invoice=made, by=self.actor)
        return told(self.actor, made.number, organisation, status=201)


def choices_of(organisation_id: int, today: Any) -> dict[str, Any]:
    """The accounts and units that a line may go to."""
    units = coding.unit_choices(organisation_id, today)
    return {"accounts": coding.account_choices(organisation_id), "units": units}


class InvoiceCoding(InvoiceMove):
    """The coding of an invoice."""

    @extend_schema(operation_id="invoices_recode", request=RecodingAsked, responses=InvoiceDetail)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Another coding for lines of an invoice that was not yet sent for approval (INV08)."""
        found, given = self.found(number), asked(RecodingAsked, request)
        lines: list[Any] = list(lines_of(found))
        wanted = {f"account_{line.line_no}": line.account_code or "" for line in lines}
        wanted |= {f"unit_{line.line_no}": line.unit_id or "" for line in lines}
        for one in given["lines"]:
            if f"account_{one['line_no']}" not in wanted:
                raise NotFound("The invoice has no such line.")
            wanted[f"account_{one['line_no']}"] = one["account"]
            wanted[f"unit_{one['line_no']}"] = one.get("unit") or ""
        form = CodingForm(
            wanted, lines=lines, **choices_of(self.actor.organisation_id, request.today)
        )
        checked(form)
        changed = form.changed(f"Chosen by {self.actor.name}")
        recode_lines(invoice=found, version=given["version"], lines=changed, by=self.actor)
        return told(self.actor, number, organisation)


class InvoiceOwner(InvoiceMove):
    """Who is on a held or disputed invoice."""

    @extend_schema(operation_id="invoices_assign", request=OwnerAsked, responses=InvoiceDetail)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Somebody sees to it until a day (INV08, INV14)."""
        found, given = self.found(number), asked(OwnerAsked, request)
        assign(invoice=found, by=self.actor, as_of=request.today, **given)
        return told(self.actor, number, organisation)


class EInvoiceEntry(Endpoint):
    """The entry of an e-invoice."""

    permission = ENTER_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="einvoices_enter", request=EInvoiceEntryAsked, responses={201: InvoiceDetail}
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Enters an e-invoice that waits, by its own lines (EIN01 to EIN04)."""
        here = self.actor.organisation_id
        file = source_file(organisation_id=here, number=number, with_content=True)
        if file.purpose != "einvoice":
            raise NotFound()
        given = asked(EInvoiceEntryAsked, request)
        found = document(file)
        supplier = self.sender(given.get("supplier", ""), found)
        likely = coding.suggestion(organisation_id=here, supplier_id=supplier.pk)
        parts = [(part, vat_choices(part)) for part in found.facts.vat]
        form = EInvoiceForm(
            as_typed(self.answers(given, parts)),
            **{"parts": parts, "likely": likely, "received_on": given["received_on"]},
            **choices_of(here, request.today),
        )
        checked(form)
        made = enter_einvoice(
            found=found,
            treatment=treatment_of(supplier, likely, form, self.actor.name, request.today),
            **{"by": self.actor, "as_of": request.today},
            confirmed_reason=form.cleaned_data["confirmed_reason"],
        )
        return told(self.actor, made.number, organisation, status=201)

    def sender(self, code: str, found: Any) -> Supplier:
        """The supplier that was named, else the one of the document. NotFound."""
        if code:
            return supplier_by_code(self.actor.organisation_id, code)
        sender = sender_of(self.actor.organisation_id, found.facts.seller)
        if sender is None:
            raise NotFound("The document names no supplier that is known here. Name one.")
        return sender.supplier

    def answers(self, given: dict[str, Any], parts: Sequence[Any]) -> dict[str, Any]:
        """What the form of the page would hold."""
        usual = [codes[0].code for _part, codes in parts if codes]
        codes = given.get("vat_codes", usual)
        return {**given, **{f"vat_{place}": code for place, code in enumerate(codes)}}


class InvoicesMany(Endpoint):
    """One act on many invoices: those that cannot be changed are left as they are, and counted."""

    permission = ENTER_INVOICES

    def ids(self, given: dict[str, Any]) -> list[int]:
        """Those that were named."""
        return ids_numbered(self.actor.organisation_id, given.pop("invoices"))


class InvoicesHolding(InvoicesMany):
    """Many invoices held."""

    @extend_schema(operation_id="invoices_hold_many", request=ManyHeldAsked, responses=ManyDone)
    def post(self, request: Any, organisation: str) -> Response:
        """Holds those that can be held (INV09)."""
        given = asked(ManyHeldAsked, request)
        ids = self.ids(given)
        done = many.hold_invoices(invoice_ids=ids, by=self.actor, as_of=request.today, **given)
        return Response(ManyDone(done).data)


class InvoicesReleasing(InvoicesMany):
    """Many invoices released."""

    @extend_schema(operation_id="invoices_release_many", request=ManyAsked, responses=ManyDone)
    def post(self, request: Request, organisation: str) -> Response:
        """Releases those that are held."""
        ids = self.ids(asked(ManyAsked, request))
        return Response(ManyDone(many.release_invoices(invoice_ids=ids, by=self.actor)).data)


class InvoicesSubmitting(InvoicesMany):
    """Many invoices sent for approval."""

    @extend_schema(operation_id="invoices_submit_many", request=ManyAsked, responses=ManyDone)
    def post(self, request: Request, organisation: str) -> Response:
        """Sends for approval those that can be, the oldest first."""
        ids = self.ids(asked(ManyAsked, request))
        return Response(ManyDone(many.submit_invoices(invoice_ids=ids, by=self.actor)).data)


class InvoicesTaking(InvoicesMany):
    """Many invoices taken on."""

    @extend_schema(operation_id="invoices_take_many", request=ManyAsked, responses=ManyDone)
    def post(self, request: Request, organisation: str) -> Response:
        """Those that are held or disputed become one's own."""
        ids = self.ids(asked(ManyAsked, request))
        taken = many.take_invoices(invoice_ids=ids, by=self.actor)
        return Response(ManyDone(many.Outcome(len(ids), taken)).data)
