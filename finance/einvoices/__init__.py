"""Electronic invoices of EN 16931 (UBL 2.1 or Cross Industry Invoice): read and checked.

Pure: bytes in, facts and findings out; nothing here knows a table.
"""

from finance.einvoices.booking import BookedLine, booked_lines
from finance.einvoices.checks import check_totals
from finance.einvoices.facts import EInvoice, Finding, NotAnEInvoice, VatKey, vat_key
from finance.einvoices.official import OfficialRules, RulesUnusable, installed_rules
from finance.einvoices.reading import read_einvoice, xml_of

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
    "read_einvoice",
    "vat_key",
    "xml_of",
]


def check(content: bytes, facts: EInvoice, official: OfficialRules | None) -> list[Finding]:
    """What the document breaks: the official findings, and our sums that they did not name."""
    found = official.check(content) if official else []
    named = {finding.code for finding in found}
    return [*found, *(own for own in check_totals(facts) if own.code not in named)]
