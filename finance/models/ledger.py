"""The ledger: accounts and codings, periods, batches, journals, balances and the seal chain.

Amounts are pence, debit above zero, credit below. The database holds the promises
(finance/migrations/ledger.sql), for every writer; the models only read and name what is there.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, READ_ONLY, TenantKey, TenantModel
from tenants.models import Unit


class Account(TenantModel):
    """An account of an organisation's chart, installed from finance/data/chart_of_accounts.csv."""

    class Kind(models.TextChoices):
        ASSET = "asset", "Assets"
        LIABILITY = "liability", "Liabilities"
        EQUITY = "equity", "Reserves"
        INCOME = "income", "Income"
        EXPENSE = "expense", "Expenditure"

    code = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    normal = models.CharField(max_length=1, choices=[("D", "Debit"), ("C", "Credit")])
    control = models.BooleanField(default=False)
    subledger = models.CharField(max_length=10, default="", blank=True)
    cipfa_group = models.CharField(max_length=40, default="", blank=True)
    nhs_tac = models.CharField(max_length=10, default="", blank=True)
    vat_default = models.CharField(max_length=10, default="", blank=True)
    close_rule = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="account_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Coding(TenantModel):
    """What a line is charged to: account, unit, activity, project. Never deleted or re-pointed."""

    account = TenantKey(Account, related_name="codings")
    unit = TenantKey(Unit, null=True, related_name="+")
    activity = models.CharField(max_length=20, default="", blank=True)
    project = models.CharField(max_length=20, default="", blank=True)
    postable = models.BooleanField(default=True)
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "account", "unit", "activity", "project"],
                name="coding_once",
                nulls_distinct=False,
            )
        ]


class Period(TenantModel):
    """A calendar month as a period of the organisation's financial year.

    `period` is the month as yyyymm, `year` the calendar year in which the financial year begins,
    `number` its place in that year. Status goes forwards; only a second person takes it back.
    """

    class Status(models.TextChoices):
        FUTURE = "future", "Not yet open"
        OPEN = "open", "Open"
        SOFT = "soft", "Soft closed"
        CLOSED = "closed", "Closed"

    period = models.IntegerField()
    year = models.IntegerField()
    number = models.PositiveSmallIntegerField()
    span = DateRangeField()
    status = models.CharField(max_length=6, choices=Status, default=Status.FUTURE)
    moved_by_id = models.BigIntegerField(null=True)
    moved_by_name = models.CharField(max_length=120, default="")
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "period"], name="period_once"),
            models.UniqueConstraint(
                fields=["organisation_id", "year", "number"], name="period_of_year_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=12), name="period_number_1_to_12"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.span.lower:%B %Y}"


class Series(TenantModel):
    """The next document number of a kind of journal in a financial year: gapless by row lock."""

    code = models.CharField(max_length=10)
    year = models.IntegerField()
    next_no = models.BigIntegerField(default=1)

    security = READ_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "code", "year"], name="series_of_year_once"
            )
        ]


class Batch(TenantModel):
    """Journals of one period posted together, once per source and key. Made by ctx.open_batch."""

    period = models.IntegerField()
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    request_hash = models.BinaryField()
    series = models.CharField(max_length=10)
    year = models.IntegerField()
    first_no = models.BigIntegerField()
    journals = models.BigIntegerField()
    adjusting = models.BooleanField(default=False)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = READ_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "source", "key", "period"], name="batch_once"
            )
        ]
        indexes = [models.Index(fields=["organisation_id", "period", "id"], name="batch_period")]


class Journal(TenantModel):
    """A balanced entry. `id` counts within its batch; `subject` is what caused it."""

    pk = models.CompositePrimaryKey("organisation_id", "period", "batch_id", "id")
    period = models.IntegerField()
    batch_id = models.BigIntegerField()
    id = models.BigIntegerField()
    document_no = models.BigIntegerField()
    posting_date = models.DateField()
    line_count = models.IntegerField()
    total_debit_pence = models.BigIntegerField()
    series = models.CharField(max_length=10)
    year = models.IntegerField()
    narrative = models.TextField(default="")
    subject_key = models.CharField(max_length=60, default="")
    subject_id = models.BigIntegerField(null=True)

    bulk_rows = True
    security = INSERT_ONLY

    class Meta:
        managed = False
        db_table = "finance_journal"

    @property
    def reference(self) -> str:
        """The number that people quote: series, financial year and document number."""
        return f"{self.series}-{self.year}-{self.document_no}"


class JournalLine(TenantModel):
    """A debit (above zero) or credit (below) of one coding."""

    pk = models.CompositePrimaryKey(
        "organisation_id", "period", "batch_id", "journal_id", "line_no"
    )
    period = models.IntegerField()
    batch_id = models.BigIntegerField()
    journal_id = models.BigIntegerField()
    line_no = models.IntegerField()
    coding_id = models.BigIntegerField()
    amount_pence = models.BigIntegerField()
    description = models.TextField(default="")

    bulk_rows = True
    security = INSERT_ONLY

    class Meta:
        managed = False
        db_table = "finance_journalline"


class Balance(TenantModel):
    """Debits, credits and lines of a coding in a period; kept by the seal, never by the product."""

    period = models.IntegerField()
    coding = TenantKey(Coding, related_name="+")
    debit_pence = models.BigIntegerField()
    credit_pence = models.BigIntegerField()
    lines = models.BigIntegerField()

    # The seal, which alone writes here, checks every coding of a batch itself.
    bulk_rows = True
    security = READ_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "period", "coding"], name="balance_once"
            )
        ]


class LedgerSeal(TenantModel):
    """A link of the hash chain over an organisation's batches, made when a batch is committed."""

    number = models.BigIntegerField()
    batch = TenantKey(Batch, related_name="seals")
    journals = models.BigIntegerField()
    lines = models.BigIntegerField()
    total_debit_pence = models.BigIntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    security = READ_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="ledger_seal_number_once"
            ),
            models.UniqueConstraint(fields=["organisation_id", "batch"], name="batch_sealed_once"),
        ]


class Reversal(TenantModel):
    """A journal and the journal that undoes it: at most one. Both keys lead to real journals."""

    period = models.IntegerField()
    batch_id = models.BigIntegerField()
    journal_id = models.BigIntegerField()
    by_period = models.IntegerField()
    by_batch_id = models.BigIntegerField()
    by_journal_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "period", "batch_id", "journal_id"],
                name="journal_reversed_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "by_period", "by_batch_id", "by_journal_id"],
                name="journal_reverses_once",
            ),
        ]


class ChainHead(TenantModel):
    """The newest link of the seal chain. Its row lock lets one transaction at a time post."""

    number = models.BigIntegerField(default=0)
    head = models.BinaryField(default=b"\x00")

    security = READ_ONLY

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="chain_head_once")]
