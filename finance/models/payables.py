"""Suppliers and their invoices, and the files they come in. Amounts are pence; credits negative."""

import uuid

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, EDITABLE, TenantKey, TenantModel
from core.vault import SealedAccount, SealedContent


class Supplier(TenantModel):
    """A party that is paid. `name_norm` (upper case, letters and digits) finds it again."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person: pay nothing"
        ACTIVE = "active", "Active"
        HELD = "held", "Held: pay nothing"
        ENDED = "ended", "No longer used"
        REFUSED = "refused", "Refused: never opened"

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_norm = models.CharField(max_length=200)
    vat_number = models.CharField(max_length=20, default="", blank=True)
    company_number = models.CharField(max_length=20, default="", blank=True)
    public_body = models.BooleanField(default=False)
    redacted = models.BooleanField(default=False)
    # Small firms and carers, say: paid in the next run, due or not.
    paid_first = models.BooleanField(default=False, db_default=False)
    terms_days = models.PositiveSmallIntegerField(default=30)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    email = models.EmailField(default="", blank=True)
    town = models.CharField(max_length=60, default="", blank=True)
    postcode = models.CharField(max_length=10, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="supplier_code_once")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "name_norm"], name="supplier_name"),
            models.Index(fields=["organisation_id", "vat_number"], name="supplier_vat"),
            # Few are, so this index costs other suppliers nothing.
            models.Index(
                fields=["organisation_id", "id"],
                name="supplier_paid_first",
                condition=Q(paid_first=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierBank(TenantModel, SealedAccount):
    """Where a supplier is paid, from a day on. A change is proposed by one, agreed by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for a second person"
        ACTIVE = "active", "In use"
        REFUSED = "refused", "Refused"

    class Call(models.TextChoices):
        CONFIRMED = "confirmed", "They confirmed the change"
        UNREACHED = "unreached", "Nobody could be reached"
        DENIED = "denied", "They did not ask for it"

    class Source(models.TextChoices):
        """Where the number was taken from: never from the request itself."""

        INVOICE = "invoice", "An earlier invoice or letter"
        CONTRACT = "contract", "The contract"
        PUBLIC = "public", "A public register or directory"

    class Modulus(models.TextChoices):
        """Whether the account number can be one of its sort code, by the tables of the banks."""

        UNCHECKED = "unchecked", "Not checked"
        PASSED = "passed", "Passes"
        FAILED = "failed", "Fails"
        NONE = "none", "No check for this account"

    supplier = TenantKey(Supplier, related_name="banks")
    account_name = models.CharField(max_length=60)
    valid = DateRangeField()
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=120, default="")
    agreed_at = models.DateTimeField(null=True)
    called_outcome = models.CharField(max_length=9, choices=Call, default="")
    called_person = models.CharField(max_length=80, default="")
    called_number = models.CharField(max_length=24, default="")
    called_source = models.CharField(max_length=8, choices=Source, default="")
    called_at = models.DateTimeField(null=True)
    called_by_name = models.CharField(max_length=120, default="")
    # The first day on which anything is paid there: a change has to cool off.
    paid_from = models.DateField(null=True)
    modulus = models.CharField(max_length=9, choices=Modulus, default=Modulus.UNCHECKED)
    modulus_tables_of = models.DateField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account_ending__regex=r"^\d{4}$") & ~Q(account_sealed=b""),
                name="bank_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(modulus="unchecked", modulus_tables_of__isnull=True)
                | ~Q(modulus="unchecked") & Q(modulus_tables_of__isnull=False),
                name="modulus_by_tables_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(paid_from__isnull=True) | Q(called_outcome="confirmed"),
                name="paid_after_a_call",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by_id__isnull=True)
                | Q(made_by_id__isnull=True)
                | ~Q(agreed_by_id=F("made_by_id")),
                name="bank_change_by_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "supplier"], name="bank_supplier"),
            models.Index(fields=["organisation_id", "account_index"], name="bank_account"),
        ]


class SourceFile(TenantModel, SealedContent):
    """A file that came in: its bytes, how it was read, and what became of every row."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting for its columns to be confirmed"
        READING = "reading", "Being read"
        LOADED = "loaded", "Loaded"
        REFUSED = "refused", "Refused"
        REVERSED = "reversed", "Taken back"

    number = models.BigIntegerField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=40, default="")
    mapping = models.JSONField(default=dict)
    headers = ArrayField(models.TextField(), default=list)
    purpose = models.CharField(
        max_length=12,
        choices=[
            ("published", "Published payments"),
            ("invoices", "Supplier invoices"),
            ("einvoice", "Electronic invoice"),
            ("statement", "Bank statement"),
            ("report", "Bank report"),
        ],
    )
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    rows_total = models.IntegerField(default=0)
    rows_loaded = models.IntegerField(default=0)
    rows_held = models.IntegerField(default=0)
    rows_other = models.IntegerField(default=0)
    total_pence = models.BigIntegerField(default=0)
    loaded_pence = models.BigIntegerField(default=0)
    held_pence = models.BigIntegerField(default=0)
    run_id = models.BigIntegerField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            # What was taken back may be sent again.
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"],
                condition=~Q(state="reversed"),
                name="file_once",
            ),
            models.UniqueConstraint(fields=["organisation_id", "number"], name="file_number_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state_in_words(self) -> str:
        """An electronic invoice has no columns to be confirmed: somebody enters it."""
        if self.purpose == "einvoice" and self.state == self.State.UPLOADED:
            return "To be entered"
        return str(self.get_state_display())


class SourceRow(TenantModel):
    """One row of a file, cell by cell as it came, and what became of it."""

    class Kind(models.TextChoices):
        LOADED = "loaded", "Loaded"
        HELD = "held", "Held"
        HEADER = "header", "Header"
        TOTAL = "total", "Total"
        BLANK = "blank", "Blank"
        PREAMBLE = "preamble", "Before the table"

    source_file = TenantKey(SourceFile, related_name="rows")
    row_no = models.IntegerField()
    cells = ArrayField(models.TextField())
    kind = models.CharField(max_length=8, choices=Kind)
    cause = models.CharField(max_length=40, default="")
    cause_text = models.TextField(default="")
    amount_pence = models.BigIntegerField(null=True)
    invoice_line_id = models.BigIntegerField(null=True)

    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "source_file", "row_no"], name="row_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "source_file", "cause"],
                name="row_held",
                condition=Q(kind="held"),
            )
        ]


class Invoice(TenantModel):
    """A supplier's invoice or credit note. Paid amounts come from allocations, never from a flag.

    The receipt date is compulsory; only rows of published payment files, which do not state it,
    are without (`received_on` NULL, `origin` published), and no measure pretends to know it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        HELD = "held", "Held"
        SUBMITTED = "submitted", "Waiting for approval"
        APPROVED = "approved", "Approved"
        POSTED = "posted", "Posted"
        PAID = "paid", "Paid"
        DISPUTED = "disputed", "Disputed"
        REVERSED = "reversed", "Reversed"

    class Origin(models.TextChoices):
        KEYED = "keyed", "Keyed"
        FILE = "file", "From a file"
        EINVOICE = "einvoice", "Electronic invoice"
        PUBLISHED = "published", "From a published payments file"

    OPEN_STATES = (
        State.RECEIVED,
        State.HELD,
        State.SUBMITTED,
        State.APPROVED,
        State.POSTED,
        State.DISPUTED,
    )
    CLOSED_STATES = (State.PAID, State.REVERSED)

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="invoices")
    supplier_ref = models.CharField(max_length=80)
    ref_norm = models.CharField(max_length=80)
    origin = models.CharField(max_length=10, choices=Origin)
    invoice_on = models.DateField()
    received_on = models.DateField(null=True)
    due_on = models.DateField()
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField(default=0)
    gross_pence = models.BigIntegerField()
    allocated_pence = models.BigIntegerField(default=0)
    # What credit notes take back of it; of a credit note, what is matched of it, below zero.
    matched_pence = models.BigIntegerField(default=0, db_default=0)
    # What runs leave unpaid of it until it is let go, and how many parts payments have settled, the
    # returned ones too: each part has a number that is never used again.
    withheld_pence = models.BigIntegerField(default=0, db_default=0)
    withheld_text = models.CharField(max_length=500, default="", db_default="", blank=True)
    parts = models.SmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    hold_cause = models.CharField(max_length=40, default="")
    hold_text = models.TextField(default="")
    # The day it was last held; it stays when the invoice is released, for the exception rate.
    held_on = models.DateField(null=True)
    # While it is held or disputed: since when, who is on it and by when an answer is wanted.
    stopped_at = models.DateTimeField(null=True)
    answer_on = models.DateField(null=True)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=120, default="", db_default="")
    duplicate_grade = models.CharField(max_length=1, default="")
    duplicate_of = models.BigIntegerField(null=True)
    description = models.CharField(max_length=200, default="", blank=True)
    # The number of the order that the invoice quotes.
    order_ref = models.CharField(max_length=60, default="", db_default="", blank=True)
    unit_path = models.CharField(max_length=200, default="")
    source_file_id = models.BigIntegerField(null=True)
    touched = models.BooleanField(default=False)
    thread = models.UUIDField(default=uuid.uuid4)
    version = models.IntegerField(default=1)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120, default="")
    made_at = models.DateTimeField()
    approved_on = models.DateField(null=True)
    posted_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    period = models.IntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    journal_id = models.BigIntegerField(null=True)

    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="invoice_number_once"
            ),
            models.CheckConstraint(
                condition=Q(gross_pence=F("net_pence") + F("vat_pence")),
                name="gross_is_net_and_vat",
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=False) | Q(origin="published"),
                name="receipt_date_is_compulsory",
            ),
            models.CheckConstraint(
                condition=Q(allocated_pence=0)
                | Q(gross_pence__gt=0, allocated_pence__gt=0, allocated_pence__lte=F("gross_pence"))
                | Q(
                    gross_pence__lt=0, allocated_pence__lt=0, allocated_pence__gte=F("gross_pence")
                ),
                name="never_paid_beyond_gross",
            ),
            models.CheckConstraint(
                condition=Q(matched_pence=0)
                | ~Q(state="reversed")
                & (
                    Q(matched_pence__gt=0, matched_pence__lte=F("gross_pence"))
                    | Q(matched_pence__lt=0, matched_pence__gte=F("gross_pence"))
                ),
                name="never_matched_beyond_gross",
            ),
            models.CheckConstraint(
                condition=Q(withheld_pence=0)
                | Q(withheld_pence__gt=0)
                & ~Q(withheld_text="")
                & Q(withheld_pence__lte=F("gross_pence") - F("allocated_pence")),
                name="withheld_of_what_is_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(hold_cause=""), name="held_has_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "disputed"])
                | Q(stopped_at=None, answer_on=None, owner_id=None, owner_name=""),
                name="only_what_is_stopped_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(allocated_pence=F("gross_pence")),
                name="paid_is_fully_allocated",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "supplier", "-id"], name="invoice_supplier"),
            models.Index(fields=["organisation_id", "ref_norm"], name="invoice_ref"),
            # What is open is added up on every home page, in lists and in aged creditors: this
            # index alone answers them. Paid invoices are far more, so theirs has nothing to spare;
            # an invoice is in one of the two, never in both.
            models.Index(
                fields=["organisation_id", "state", "due_on", "id"],
                include=["supplier", "gross_pence", "allocated_pence", "received_on", "journal_id"],
                name="invoice_open",
                condition=Q(
                    state__in=["received", "held", "submitted", "approved", "posted", "disputed"]
                ),
            ),
            models.Index(
                fields=["organisation_id", "state", "due_on"],
                name="invoice_closed",
                condition=Q(state__in=["paid", "reversed"]),
            ),
            models.Index(fields=["organisation_id", "paid_on"], name="invoice_paid_on"),
            # Somebody looks for an exact or a rare amount: without it all invoices are read.
            models.Index(fields=["organisation_id", "gross_pence"], name="invoice_amount"),
            # Few invoices are like another one, so this index costs other invoices nothing.
            models.Index(
                fields=["organisation_id", "id"],
                name="invoice_duplicate",
                condition=~Q(duplicate_grade=""),
            ),
            # Invoices come in the order of these days, more or less: the least and the greatest of
            # some pages at a time find a month, and cost a thousandth of four B-trees when an
            # invoice is written or changed.
            BrinIndex(
                fields=["organisation_id", "invoice_on", "received_on", "approved_on", "posted_on"],
                name="invoice_dates",
                pages_per_range=32,
                autosummarize=True,
            ),
        ]

    def __str__(self) -> str:
        return f"INV-{self.number}"

    @property
    def open_pence(self) -> int:
        return self.gross_pence - self.allocated_pence

    @property
    def unmatched_pence(self) -> int:
        """What no match between it and a credit note covers; below zero of a credit note."""
        return self.gross_pence - self.matched_pence


class InvoiceLine(TenantModel):
    """A coded part of an invoice. `coding_reason` says in words why this coding was chosen."""

    invoice = TenantKey(Invoice, related_name="lines")
    line_no = models.IntegerField()
    description = models.CharField(max_length=200, default="", blank=True)
    coding_id = models.BigIntegerField(null=True)
    coding_reason = models.CharField(max_length=200, default="")
    vat_code = models.CharField(max_length=10, default="OS")
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField(default=0)

    security = EDITABLE
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "invoice", "line_no"], name="invoice_line_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "coding_id"], name="line_coding"),
        ]
