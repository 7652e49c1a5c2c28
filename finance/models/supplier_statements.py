"""What a supplier says is open between us, line by line, and what our books say to each."""

from django.db import models

from core.tenancy import EDITABLE, TenantKey, TenantModel
from core.vault import SealedContent
from finance.models.payables import Invoice, Supplier


class SupplierStatement(TenantModel, SealedContent):
    """A supplier's list of what is open, kept as it came; balances are pence that we owe."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its columns to be confirmed"
        RECONCILED = "reconciled", "Reconciled"

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="statements")
    statement_on = models.DateField()
    # The balance written on it, where somebody read it there.
    stated_pence = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    their_pence = models.BigIntegerField(default=0)
    our_pence = models.BigIntegerField(default=0)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    reconciled_by_name = models.CharField(max_length=120, default="")
    reconciled_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="supplier_statement_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "supplier", "sha256"], name="supplier_statement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"SST-{self.number}"


class SupplierStatementLine(TenantModel):
    """A line of theirs, or an invoice that is open here and not on the statement (row 0)."""

    class Outcome(models.TextChoices):
        AGREES = "agrees", "Agrees"
        HELD = "held", "Held or disputed here"
        PAID = "paid", "Paid already"
        DIFFERS = "differs", "The amount differs"
        MISSING = "missing", "Not received"
        PAYMENT = "payment", "A payment of ours"
        UNKNOWN = "unknown", "A payment that is not in our books"
        BROUGHT = "brought", "Brought forward, without the invoices beneath it"
        OURS = "ours", "Not on the statement, but in our books"

    statement = TenantKey(SupplierStatement, related_name="lines")
    row_no = models.IntegerField()
    reference = models.CharField(max_length=80, default="")
    dated_on = models.DateField(null=True)
    text = models.CharField(max_length=200, default="")
    their_pence = models.BigIntegerField(default=0)
    our_pence = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=8, choices=Outcome)
    words = models.CharField(max_length=300, default="")
    invoice = TenantKey(Invoice, null=True, related_name="statement_lines")

    # Reconciled again, they are made anew.
    security = EDITABLE

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="ours")
                | models.Q(row_no=0, their_pence=0, invoice__isnull=False),
                name="ours_is_not_on_the_statement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "statement", "outcome"], name="statement_line_outcome"
            ),
        ]
