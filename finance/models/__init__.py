"""Tables of the finance app, by noun."""

from finance.models.ledger import (
    Account,
    Balance,
    Batch,
    ChainHead,
    Coding,
    Journal,
    JournalLine,
    LedgerSeal,
    Period,
    Reversal,
    Series,
)
from finance.models.payables import (
    ColumnMapping,
    Invoice,
    InvoiceLine,
    SourceFile,
    SourceRow,
    Supplier,
    SupplierBank,
)
from finance.models.payments import (
    Allocation,
    BankAccount,
    Payment,
    PaymentFile,
    PaymentFilePart,
    PaymentRun,
)

__all__ = [
    "Account",
    "Allocation",
    "Balance",
    "BankAccount",
    "Batch",
    "ChainHead",
    "Coding",
    "ColumnMapping",
    "Invoice",
    "InvoiceLine",
    "Journal",
    "JournalLine",
    "LedgerSeal",
    "Payment",
    "PaymentFile",
    "PaymentFilePart",
    "PaymentRun",
    "Period",
    "Reversal",
    "Series",
    "SourceFile",
    "SourceRow",
    "Supplier",
    "SupplierBank",
]
