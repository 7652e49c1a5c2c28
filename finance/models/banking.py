"""The bank's side: statements and their entries, what each was matched with, returns, sign-offs.

Pence of an entry are those of the account: above zero came in, below zero went out.
"""

from django.db import models
from django.db.models import F, Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from finance.models.ledger import Coding
from finance.models.payables import SourceFile
from finance.models.payments import BankAccount, Payment


class BankStatement(TenantModel):
    """A statement as the bank sent it. Its entries lead from one balance to the other.

    `fingerprint` is of its figures, so that the same statement is known in any format.
    """

    number = models.BigIntegerField()
    bank_account = TenantKey(BankAccount, related_name="statements")
    source_file = TenantKey(SourceFile, related_name="statements")
    format = models.CharField(
        max_length=8,
        choices=[("camt053", "camt.053"), ("mt940", "MT940"), ("ofx", "OFX"), ("csv", "Table")],
    )
    reference = models.CharField(max_length=120)
    sequence = models.CharField(max_length=40, default="")
    from_on = models.DateField()
    to_on = models.DateField()
    opening_pence = models.BigIntegerField()
    closing_pence = models.BigIntegerField()
    entries = models.IntegerField()
    fingerprint = models.CharField(max_length=64)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="statement_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "bank_account", "fingerprint"], name="statement_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "bank_account", "from_on"], name="statement_account"
            )
        ]

    def __str__(self) -> str:
        return f"BST-{self.number}"


class StatementLine(TenantModel):
    """An entry of a statement; `matched_pence` is how much of it is explained, never more."""

    statement = TenantKey(BankStatement, related_name="lines")
    bank_account = TenantKey(BankAccount, related_name="+")
    line_no = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount_pence = models.BigIntegerField()
    entry_code = models.CharField(max_length=40, default="")
    refs = models.TextField(default="")
    bank_reference = models.CharField(max_length=140, default="")
    party = models.CharField(max_length=140, default="")
    text = models.TextField(default="")
    matched_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "statement", "line_no"], name="statement_line_once"
            ),
            models.CheckConstraint(
                condition=Q(matched_pence=0)
                | Q(matched_pence__gt=0, amount_pence__gte=F("matched_pence"))
                | Q(matched_pence__lt=0, amount_pence__lte=F("matched_pence")),
                name="matched_at_most_to_its_amount",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "bank_account", "booked_on"], name="line_account"
            ),
            models.Index(
                fields=["organisation_id", "bank_account", "id"],
                condition=~Q(matched_pence=F("amount_pence")),
                name="line_unmatched",
            ),
        ]


class BankReport(TenantModel):
    """What the bank said about payments: a pain.002 or an ARUCS report, taken in once."""

    number = models.BigIntegerField()
    source_file = TenantKey(SourceFile, related_name="+")
    format = models.CharField(
        max_length=8, choices=[("pain002", "pain.002"), ("arucs", "ARUCS, returned credits")]
    )
    reference = models.CharField(max_length=60, default="")
    file_reference = models.CharField(max_length=60, default="")
    whole = models.CharField(max_length=10, default="")
    entries = models.IntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="bank_report_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"BRP-{self.number}"


class BankReportItem(TenantModel):
    """The answer about one payment, and what was done about it."""

    class Result(models.TextChoices):
        REVERSED = "reversed", "Reversed: what it paid is owed again"
        NOTED = "noted", "Noted"
        BEFORE = "before", "Reversed before"
        NO_PAYMENT = "no_payment", "No such payment left here"
        OTHER_AMOUNT = "amount", "The amount is another"
        OTHER_FILE = "file", "The payment was in another file"

    # Exceptions that a person looks at: nothing was done.
    ODD = (Result.NO_PAYMENT, Result.OTHER_AMOUNT, Result.OTHER_FILE)

    bank_report = TenantKey(BankReport, related_name="items")
    item_no = models.IntegerField()
    reference = models.CharField(max_length=60)
    amount_pence = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10)
    reason_code = models.CharField(max_length=10, default="")
    reason = models.CharField(max_length=200, default="")
    payment = TenantKey(Payment, null=True, related_name="+")
    # Which app above made the payment, where it is none of ours (finance.banking.others).
    maker = models.CharField(max_length=20, default="", db_default="", blank=True)
    result = models.CharField(max_length=10, choices=Result)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "bank_report", "item_no"], name="report_item_once"
            )
        ]


class PaymentReturn(TenantModel):
    """A payment that did not reach its payee, reversed: once and for good.

    Of a `returned` one the money left and comes back as an entry of its own; that of a `rejected`
    one never left.
    """

    class Kind(models.TextChoices):
        RETURNED = "returned", "Returned by the payee's bank"
        REJECTED = "rejected", "Rejected by our bank"

    payment = TenantKey(Payment, related_name="returns")
    bank_report = TenantKey(BankReport, null=True, related_name="returns")
    kind = models.CharField(max_length=8, choices=Kind)
    amount_pence = models.BigIntegerField()
    reason_code = models.CharField(max_length=10, default="")
    reason = models.CharField(max_length=200)
    returned_on = models.DateField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    period = models.IntegerField()
    batch_id = models.BigIntegerField()
    journal_id = models.BigIntegerField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payment"], name="payment_reversed_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-returned_on", "-id"], name="return_newest")
        ]


class BankMatch(TenantModel):
    """Entries of the bank and what they are in our books, with the reason in words.

    `matched_on` is the day of its journal. One that was wrong is undone by a reversal.
    """

    class Way(models.TextChoices):
        RUN = "run", "Total of a payment run"
        REFERENCE = "reference", "Reference"
        NAME = "name", "Amount and name"
        LEDGER = "ledger", "Entry of the ledger"
        AMOUNT = "amount", "Amount"
        DAY = "day", "All payments of a day"
        RULE = "rule", "Rule"
        PERSON = "person", "Chosen by a person"

    number = models.BigIntegerField()
    bank_account = TenantKey(BankAccount, related_name="matches")
    matched_on = models.DateField()
    way = models.CharField(max_length=9, choices=Way)
    why = models.CharField(max_length=300)
    automatic = models.BooleanField(default=False)
    amount_pence = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    period = models.IntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    journal_id = models.BigIntegerField(null=True)
    undone_on = models.DateField(null=True)
    undone_by_name = models.CharField(max_length=120, default="")
    undone_reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="bank_match_number_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | ~Q(undone_reason=""),
                name="undone_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "bank_account", "matched_on"], name="match_account"
            )
        ]

    def __str__(self) -> str:
        return f"MAT-{self.number}"


class MatchedLine(TenantModel):
    """How much of an entry a match explains."""

    bank_match = TenantKey(BankMatch, related_name="lines")
    line = TenantKey(StatementLine, related_name="matched")
    amount_pence = models.BigIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "line"], name="matched_line"),
            models.Index(fields=["organisation_id", "bank_match"], name="matched_line_match"),
        ]


class MatchedItem(TenantModel):
    """What an entry is in our books: a payment, a return, a line of the ledger, or a coding."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", "Payment"
        RETURN = "return", "Returned payment"
        LEDGER = "ledger", "Entry of the ledger"
        CODED = "coded", "Coded to an account"

    bank_match = TenantKey(BankMatch, related_name="items")
    kind = models.CharField(max_length=7, choices=Kind)
    amount_pence = models.BigIntegerField()
    payment = TenantKey(Payment, null=True, related_name="matched")
    payment_return = TenantKey(PaymentReturn, null=True, related_name="matched")
    coding = TenantKey(Coding, null=True, related_name="+")
    period = models.IntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    journal_id = models.BigIntegerField(null=True)
    line_no = models.IntegerField(null=True)
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="payment", payment__isnull=False)
                | Q(kind="return", payment_return__isnull=False)
                | Q(kind="coded", coding__isnull=False)
                | Q(kind="ledger", line_no__isnull=False),
                name="matched_item_is_something",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "payment"],
                condition=Q(live=True),
                name="payment_on_one_statement",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "payment_return"],
                condition=Q(live=True),
                name="return_on_one_statement",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "period", "batch_id", "journal_id", "line_no"],
                condition=Q(live=True, kind="ledger"),
                name="ledger_line_on_one_statement",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "bank_match"], name="matched_item_match")
        ]


class BankReconciliation(TenantModel):
    """The ledger held against the bank at the end of a period: by one person, signed by another.

    What is not matched by then is in `sheet` as it was: nothing of it changes once it is signed.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "Waits for a second person"
        SIGNED = "signed", "Signed"
        UNSIGNED = "unsigned", "Signature taken back"

    bank_account = TenantKey(BankAccount, related_name="reconciliations")
    period = models.IntegerField()
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    statement_pence = models.BigIntegerField()
    ledger_pence = models.BigIntegerField()
    unmatched_pence = models.BigIntegerField()
    unticked_pence = models.BigIntegerField()
    sheet = models.JSONField()
    prepared_by_id = models.BigIntegerField(null=True)
    prepared_by_name = models.CharField(max_length=120)
    prepared_at = models.DateTimeField()
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=120, default="")
    signed_at = models.DateTimeField(null=True)
    unsigned_by_name = models.CharField(max_length=120, default="")
    unsigned_reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "bank_account", "period"],
                condition=~Q(state="unsigned"),
                name="reconciliation_of_period_once",
            ),
            models.CheckConstraint(
                condition=Q(signed_by_id__isnull=True)
                | Q(prepared_by_id__isnull=True)
                | ~Q(signed_by_id=F("prepared_by_id")),
                name="signed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    statement_pence=F("ledger_pence") + F("unmatched_pence") - F("unticked_pence")
                ),
                name="reconciliation_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(state="unsigned") | ~Q(unsigned_reason=""),
                name="unsigned_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account.name}, {self.ends_on:%B %Y}"
