"""Electronic invoices (UBL 2.1, as EN 16931 and Peppol BIS Billing 3.0 use it): read and checked.

Pure: bytes in, facts and findings out; nothing here knows a table.
"""

from finance.einvoices.booking import BookedLine, booked_lines
from finance.einvoices.checks import check_totals
from finance.einvoices.facts import EInvoice, Finding, NotAnEInvoice, VatKey, vat_key
from finance.einvoices.official import OfficialRules, RulesUnusable, installed_rules
from finance.einvoices.ubl import read_ubl

__all__ = [
    "BookedLine",
    "EInvoice",
    "Finding",
    "NotAnEInvoice",
    "OfficialRules",
    "RulesUnusable",
    "VatKey",
    "booked_lines",
    "check",
    "check_totals",
    "installed_rules",
    "read_ubl",
    "vat_key",
]


def check(content: bytes, facts: EInvoice, official: OfficialRules | None) -> list[Finding]:
    """What the document breaks: the official findings, and our sums that they did not name."""
    found = official.check(content) if official else []
    named = {finding.code for finding in found}
    return [*found, *(own for own in check_totals(facts) if own.code not in named)]
