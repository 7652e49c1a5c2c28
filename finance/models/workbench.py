"""What the people who enter invoices share while they work: who has which one open."""

from django.db import models

from core.tenancy import EDITABLE, INSERT_ONLY, TenantKey, TenantModel
from core.vault import SealedContent
from finance.models.banking import StatementLine
from finance.models.payables import Invoice


class InvoiceDocument(TenantModel, SealedContent):
    """What a supplier sent, as it came: a PDF or a picture, which waits for its invoice."""

    class Kind(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG picture"
        JPEG = "image/jpeg", "JPEG picture"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    sha256 = models.CharField(max_length=64)
    invoice = TenantKey(Invoice, null=True, related_name="documents")
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    # What is no invoice of ours is set aside, and can be brought back.
    aside_at = models.DateTimeField(null=True)
    aside_by_name = models.CharField(max_length=120, default="")
    aside_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"], name="invoice_document_once"
            ),
            models.CheckConstraint(
                condition=models.Q(aside_at=None)
                | models.Q(invoice=None) & ~models.Q(aside_reason=""),
                name="aside_for_a_reason_and_of_no_invoice",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "invoice"], name="invoice_document_invoice"),
        ]

    def __str__(self) -> str:
        return self.name


class DocumentWord(TenantModel):
    """A word that stands on a document, in capitals: by it the document is found again."""

    document = TenantKey(InvoiceDocument, related_name="words")
    word = models.CharField(max_length=40)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "word", "document"], name="document_word_once"
            )
        ]


class Presence(TenantModel):
    """Somebody has an invoice open. It is renewed while they have it, and ends by itself."""

    invoice = TenantKey(Invoice, related_name="presences")
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "invoice", "person_id"], name="presence_once"
            )
        ]


class DuplicateCase(TenantModel):
    """Two invoices that may be one, found over the history, and what became of the money."""

    class State(models.TextChoices):
        OPEN = "open", "To look at"
        ASKED = "asked", "Supplier asked"
        RECOVERED = "recovered", "Recovered"
        NOT_DUPLICATE = "not_duplicate", "Not a duplicate"

    class Grade(models.TextChoices):
        A = "A", "The same supplier and the same invoice number"
        B = "B", "The same supplier, amount and invoice date"
        C = "C", "The same amount and invoice number from another supplier"
        D = "D", "The same supplier and amount within 45 days, and nearly the same number"
        E = "E", "The same amount within 30 days from a supplier with the same bank account"
        F = "F", "Lines of this order were on an earlier invoice"
        G = "G", "The net amount is an earlier total: VAT may have been added twice"
        H = "H", "Every line has the words and amounts of an invoice within 45 days"
        I = "I", "Paid, credited and billed again; the credit has not been taken for 30 days"  # noqa: E741
        J = "J", "The bank account was charged the same by them, by card or direct debit"

    later = TenantKey(Invoice, related_name="cases_as_later")
    # Of J there is no earlier invoice but an entry of a bank statement.
    earlier = TenantKey(Invoice, null=True, related_name="cases_as_earlier")
    bank_line = TenantKey(StatementLine, null=True, related_name="+")
    grade = models.CharField(max_length=1, choices=Grade)
    amount_pence = models.BigIntegerField()
    state = models.CharField(max_length=13, choices=State, default=State.OPEN)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=120, default="")
    note = models.TextField(default="")
    found_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "later", "earlier"], name="duplicate_pair_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "later", "bank_line"], name="duplicate_entry_once"
            ),
            models.CheckConstraint(
                condition=models.Q(earlier__isnull=False, bank_line=None) & ~models.Q(grade="J")
                | models.Q(earlier=None, bank_line__isnull=False, grade="J"),
                name="duplicate_of_an_invoice_or_an_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | ~models.Q(note=""),
                name="duplicate_answer_has_a_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "state", "grade", "-amount_pence"],
                name="duplicate_case_list",
            ),
        ]
