"""Paying: bank accounts of the organisation, payment runs, payments and what each settles."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, EDITABLE, INSERT_ONLY, TenantKey, TenantModel
from core.vault import SealedAccount, SealedContent
from finance.models.ledger import Coding
from finance.models.liabilities import Liability
from finance.models.payables import Invoice, Supplier, SupplierBank

# The limit of the scheme for one Faster Payment, since 8 February 2022; a bank may set less.
MOST_FASTER_PENCE = 1_000_000_00


class BankAccount(TenantModel, SealedAccount):
    """An account that the organisation pays from. `service_user` is its Bacs number.

    `coding` is where the ledger keeps its balance: one of its own, so that it can be reconciled.
    """

    name = models.CharField(max_length=60)
    account_name = models.CharField(max_length=60)
    service_user = models.CharField(max_length=6)
    next_serial = models.IntegerField(default=1)
    coding = TenantKey(Coding, related_name="+")

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "coding"], name="bank_account_of_coding_once"
            )
        ]


class BankProfile(TenantModel):
    """How an account's bank wants Faster Payments as CSV, from a day on.

    `layout` has one line a column (`finance.formats.bank_csv_out`). Nothing of it changes: another
    layout is another profile from a later day, and a run keeps the one it was proposed with.
    """

    bank_account = TenantKey(BankAccount, related_name="+")
    name = models.CharField(max_length=60)
    from_on = models.DateField()
    layout = models.TextField()
    limit_pence = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "bank_account", "from_on"],
                name="profile_from_a_day_once",
            ),
            models.CheckConstraint(
                condition=Q(limit_pence__gt=0, limit_pence__lte=MOST_FASTER_PENCE),
                name="profile_within_the_scheme",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PaymentRun(TenantModel):
    """A proposal of payments that one person makes, another releases, and one file carries.

    `cleared` counts the payments that a statement shows or that never left.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        RELEASED = "released", "Released: file made"
        CANCELLED = "cancelled", "Cancelled"

    class Method(models.TextChoices):
        BACS = "bacs", "Bacs"
        FASTER = "faster", "Faster Payments"
        PUBLISHED = "published", "Recorded from a published file"

    class Purpose(models.TextChoices):
        INVOICES = "invoices", "Invoices of suppliers"
        LIABILITIES = "liabilities", "What is owed besides invoices"

    number = models.BigIntegerField()
    method = models.CharField(max_length=10, choices=Method, default=Method.BACS)
    purpose = models.CharField(
        max_length=12, choices=Purpose, default=Purpose.INVOICES, db_default=Purpose.INVOICES
    )
    bank_account = TenantKey(BankAccount, null=True)
    profile = TenantKey(BankProfile, null=True, related_name="+")
    due_to = models.DateField()
    pay_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    payments = models.IntegerField(default=0)
    cleared = models.IntegerField(db_default=0)
    total_pence = models.BigIntegerField(default=0)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    released_by_id = models.BigIntegerField(null=True)
    released_by_name = models.CharField(max_length=120, default="")
    released_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="payment_run_number_once"
            ),
            models.CheckConstraint(
                condition=Q(released_by_id__isnull=True)
                | Q(made_by_id__isnull=True)
                | ~Q(released_by_id=F("made_by_id")),
                name="release_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False),
                name="release_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(method="faster", profile__isnull=False)
                | (~Q(method="faster") & Q(profile__isnull=True)),
                name="faster_by_a_profile",
            ),
            models.CheckConstraint(
                condition=Q(cleared__gte=0, cleared__lte=F("payments")),
                name="cleared_at_most_all",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "bank_account", "id"],
                condition=Q(state="released", cleared__lt=F("payments")),
                name="run_not_cleared",
            )
        ]

    def __str__(self) -> str:
        return f"PAY-{self.number}"

    @property
    def state_in_words(self) -> str:
        """No file was made here of what was paid already and published."""
        if self.method == self.Method.PUBLISHED and self.state == self.State.RELEASED:
            return "Paid, as published"
        return str(self.get_state_display())


class PaymentFile(TenantModel):
    """A file handed to the bank: made once, never again; serial and hash guard its bytes."""

    class Format(models.TextChoices):
        BACS18 = "bacs18", "Bacs Standard 18"
        PAIN001 = "pain001", "ISO 20022 pain.001.001.09"
        FASTER = "faster", "Faster Payments CSV"

    payment_run = TenantKey(PaymentRun, related_name="files")
    format = models.CharField(max_length=8, choices=Format)
    serial = models.CharField(max_length=16)
    service_user = models.CharField(max_length=6)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    payments = models.IntegerField()
    total_pence = models.BigIntegerField()
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payment_run", "format"], name="file_of_run_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "service_user", "format", "serial"],
                name="bank_serial_once",
            ),
        ]


class PaymentFilePart(TenantModel, SealedContent):
    """Some of the bytes of a file: making one takes no more memory than a part.

    Its seal is renewed when keys are; the database lets nothing else of it be changed.
    """

    payment_run = TenantKey(PaymentRun, related_name="file_parts")
    format = models.CharField(max_length=8, choices=PaymentFile.Format)
    sequence = models.IntegerField()

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payment_run", "format", "sequence"],
                name="part_of_file_once",
            )
        ]


class Payment(TenantModel):
    """Money to one supplier in one run, to the account that was in use when it was proposed.

    It settles invoices, by its allocations, or one liability.
    Its number, never used again, is also what names it to the bank (PMT-1) and to the payee.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        REMOVED = "removed", "Taken out"
        RELEASED = "released", "Released"
        REVERSED = "reversed", "Taken back with its file"
        RETURNED = "returned", "Returned: not paid"

    class Answer(models.TextChoices):
        NONE = "", "Nothing heard"
        ACCEPTED = "accepted", "Accepted by the bank"
        UNKNOWN = "unknown", "Unknown: ask the bank"

    payment_run = TenantKey(PaymentRun, related_name="items")
    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="payments")
    liability = TenantKey(Liability, null=True, related_name="payments")
    amount_pence = models.BigIntegerField()
    # What suppliers let off for being paid early: settled beside the amount, never part of it.
    discount_pence = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    answer = models.CharField(max_length=8, choices=Answer, db_default="", blank=True)
    bank = TenantKey(SupplierBank, null=True, related_name="+")
    account_ending = models.CharField(max_length=4, default="")
    account_name = models.CharField(max_length=60, default="")
    warnings = models.JSONField(default=list)
    paid_on = models.DateField()
    batch_id = models.BigIntegerField(null=True)
    journal_id = models.BigIntegerField(null=True)
    # What indexes look at instead of the state: the release changes that of every payment, and none
    # of their indexes with it.
    taken_out = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(state="removed"), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    live = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(state__in=["proposed", "released"]), models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    security = CROWN
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="payment_number_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_pence__gt=0) | Q(state="removed"), name="payment_is_positive"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "liability"],
                condition=Q(liability__isnull=False, live=True),
                name="liability_in_one_live_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "payment_run", "id"], name="payment_of_run"),
            models.Index(fields=["organisation_id", "supplier", "-id"], name="payment_supplier"),
            models.Index(fields=["organisation_id", "-paid_on"], name="payment_newest"),
            # Few are taken out of a run, so this index costs other payments nothing.
            models.Index(
                fields=["organisation_id", "-paid_on"],
                name="payment_taken_out",
                condition=Q(taken_out=True),
            ),
        ]

    def __str__(self) -> str:
        return f"PMT-{self.number}"


class Allocation(TenantModel):
    """The part of an invoice that a payment settles: each part in one live payment at most.

    With its discount, which is not paid, that is all of the invoice that was open and not withheld.
    """

    payment = TenantKey(Payment, related_name="allocations")
    invoice = TenantKey(Invoice, related_name="allocations")
    amount_pence = models.BigIntegerField()
    discount_pence = models.BigIntegerField(default=0, db_default=0)
    part = models.SmallIntegerField(default=1, db_default=1)
    live = models.BooleanField(default=True)

    security = EDITABLE
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "invoice", "part"],
                condition=Q(live=True),
                name="part_in_one_live_payment",
            ),
            models.CheckConstraint(
                condition=Q(discount_pence=0) | Q(discount_pence__gt=0, amount_pence__gt=0),
                name="discount_of_what_is_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "payment"], name="allocation_payment"),
        ]
