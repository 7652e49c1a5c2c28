"""Tables of the finance app, by noun."""

from finance.models.banking import (
    BankMatch,
    BankReconciliation,
    BankReport,
    BankReportItem,
    BankStatement,
    MatchedItem,
    MatchedLine,
    PaymentReturn,
    StatementLine,
)
from finance.models.closing import PeriodWaiver
from finance.models.credits import CreditMatch
from finance.models.layouts import ColumnMapping, LayoutVersion
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
from finance.models.liabilities import Liability, LiabilityPart
from finance.models.notices import PaymentsNotice
from finance.models.onboarding import RegisterLookup, SupplierRequest
from finance.models.payables import (
    Invoice,
    InvoiceLine,
    SourceFile,
    SourceRow,
    Supplier,
    SupplierBank,
)
from finance.models.payments import (
    MOST_FASTER_PENCE,
    Allocation,
    BankAccount,
    BankProfile,
    Payment,
    PaymentFile,
    PaymentFilePart,
    PaymentRun,
)
from finance.models.publications import RedactionRule, SpendPublication
from finance.models.recurring import RecurringArrival, RecurringInvoice
from finance.models.remittances import RemittanceAdvice
from finance.models.responses import InvoiceResponse
from finance.models.supplier_controls import CoolingOff, DiscountTerms, SupplierHold
from finance.models.supplier_statements import SupplierStatement, SupplierStatementLine
from finance.models.workbench import (
    DocumentWord,
    DuplicateCase,
    InvoiceDocument,
    Presence,
)

__all__ = [
    "MOST_FASTER_PENCE",
    "Account",
    "Allocation",
    "Balance",
    "BankAccount",
    "BankMatch",
    "BankProfile",
    "BankReconciliation",
    "BankReport",
    "BankReportItem",
    "BankStatement",
    "Batch",
    "ChainHead",
    "Coding",
    "ColumnMapping",
    "CoolingOff",
    "CreditMatch",
    "DiscountTerms",
    "DocumentWord",
    "DuplicateCase",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceResponse",
    "Journal",
    "JournalLine",
    "LayoutVersion",
    "LedgerSeal",
    "Liability",
    "LiabilityPart",
    "MatchedItem",
    "MatchedLine",
    "Payment",
    "PaymentFile",
    "PaymentFilePart",
    "PaymentReturn",
    "PaymentRun",
    "PaymentsNotice",
    "Period",
    "PeriodWaiver",
    "Presence",
    "RecurringArrival",
    "RecurringInvoice",
    "RedactionRule",
    "RegisterLookup",
    "RemittanceAdvice",
    "Reversal",
    "Series",
    "SourceFile",
    "SourceRow",
    "SpendPublication",
    "StatementLine",
    "Supplier",
    "SupplierBank",
    "SupplierHold",
    "SupplierRequest",
    "SupplierStatement",
    "SupplierStatementLine",
]
