"""The roles a column can play, and the header words that suggest each.

The rules are tried in order and the first that fits a header decides, so the narrow ones stand
before the wide ones. Confidence is in percent.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

ROLES: dict[str, str] = {
    "body": "the organisation that paid",
    "paid_on": "the date of payment",
    "invoice_on": "the date of the invoice",
    "received_on": "the date the invoice was received",
    "transaction": "the payer's own number for the payment",
    "line_no": "the line within the transaction",
    "amount": "the amount, net of VAT that is recovered",
    "credit": "the amount credited, where credits have a column of their own",
    "irrecoverable_vat": "the VAT that cannot be recovered",
    "vat": "the VAT",
    "gross": "the amount with VAT",
    "supplier": "the name of the supplier",
    "supplier_code": "the payer's own number for the supplier",
    "supplier_ref": "the supplier's invoice number",
    "service": "the service that spent",
    "service_code": "the code of the service",
    "directorate": "the directorate or department above the service",
    "category": "the kind of spending",
    "category_code": "the code of the kind of spending",
    "category_group": "the group of kinds of spending",
    "cost_centre": "the code of the cost centre",
    "cost_centre_name": "the name of the cost centre",
    "description": "what was bought",
    "procurement_class": "the procurement classification",
    "company_number": "the supplier's company number",
    "charity_number": "the supplier's charity number",
    "vat_number": "the supplier's VAT number",
    "capital_or_revenue": "capital or revenue",
    "merchant_category": "the card scheme's trade of the merchant",
    "merchant_group": "the card scheme's group of trades",
    "period": "the accounting period",
}
DATE_ROLES = ("paid_on", "invoice_on", "received_on")
AMOUNT_ROLES = ("amount", "credit", "irrecoverable_vat", "vat", "gross")

# A heading of the amounts beside a column of credits.
DEBIT = r"debits?( amount| value| gbp)*|dr"

_RULES: tuple[tuple[str, str, int], ...] = (
    ("capital_or_revenue", r"cap(ital)? ?(or)? ?rev(enue)?|revenue (or )?capital", 95),
    ("company_number", r".*company (registration )?(number|no|num)|companies house", 95),
    ("charity_number", r".*charity (registration )?(number|no|num)", 95),
    ("vat_number", r"vat (registration|reg) ?(number|no)?|vat (number|no)", 95),
    ("irrecoverable_vat", r"(irrecoverable|unrecoverable|non recoverable) vat", 95),
    ("merchant_group", r"merchant category group", 95),
    ("merchant_category", r"merchant category|mcc", 95),
    (
        "amount",
        r"net (amount|value|total)"
        r"|.*(amount|value|total|cost) .*(net|ex(cl(udes|uding)?)?) ?(of)? vat"
        r"|(amount|value|total) net",
        98,
    ),
    (
        "gross",
        r"gross( amount| value| total)?|.*(amount|value|total) .*inc(l(udes|uding)?)? vat"
        r"|(amount|value|total) gross",
        95,
    ),
    ("vat", r"vat( amount| value| total)?", 90),
    ("amount", DEBIT, 80),
    ("credit", r"credits?( amount| value| gbp)*|cr", 80),
    ("paid_on", r"(payment|paid|pay|clearing|cheque) date|date (of payment|paid)|paid on", 98),
    ("paid_on", r"invoice payment date", 98),
    ("received_on", r"(received|receipt) date|date (of receipt|received)|received on", 95),
    ("invoice_on", r"invoice date|date of invoice|invoiced on", 95),
    ("paid_on", r"(transaction|trans|posting|posted|ledger|effective) date", 85),
    ("paid_on", r"date", 75),
    (
        "supplier_ref",
        r"(supplier|vendor|their) (invoice|reference|ref)( number| no)?"
        r"|invoice (number|no|ref(erence)?)",
        90,
    ),
    (
        "supplier_code",
        r".*(supplier|vendor|creditor|payee|beneficiary) ?(id|number|no|code|internal reference"
        r"|reference number|account)( t)?",
        90,
    ),
    (
        "supplier",
        r"(supplier|vendor|creditor|payee|beneficiary|merchant|recipient)( beneficiary)?( name)?"
        r"|name of (supplier|payee|vendor)|paid to",
        95,
    ),
    ("supplier", r"name", 60),
    ("line_no", r"(line|seq(uence)?|item) ?(no|number)", 90),
    (
        "transaction",
        r"(transaction|trans|trn|payment|internal|document|doc|voucher) ?(ref(erence)? ?)?"
        r"(no|number|id|ref(erence)?)",
        95,
    ),
    ("transaction", r"(our )?ref(erence)?( number| no)?", 70),
    ("cost_centre_name", r"cost centre (name|description|label)", 95),
    ("cost_centre", r"cost centre( code| number| no)?", 95),
    ("category", r".*procurement category.*", 85),
    ("procurement_class", r"procurement class.*|proclass.*|bvacop", 85),
    ("service_code", r"service (category )?(code|uri)|service area code", 90),
    ("directorate", r"director\w*|department( name)?|portfolio|directorate .*", 90),
    (
        "service",
        r"service ?(area|label|category( label)?|name|division)?|organisation(al)? unit"
        r"|(expense|business) area|division",
        90,
    ),
    ("category_code", r".*(expenditure|expense|expenses|account|subjective) code", 90),
    (
        "category_group",
        r".*(expenditure|expense|account) group|subjective group|cipf?subj( t)?",
        75,
    ),
    (
        "category",
        r".*(expenditure|expense|expenses|spend) (category|type)|category|subjective"
        r"|account( name)?|cipf?subs( t)?",
        88,
    ),
    ("directorate", r"strgrp\w*( t)?", 75),
    ("capital_or_revenue", r"type( of expenditure)?", 60),
    (
        "description",
        r"narrative|(extended |group |line )?description"
        r"|purpose( of spend| of expenditure)?( summary)?|details?|summary|goods.*",
        85,
    ),
    ("body", r"body( name)?|organi[sz]ation( name)?|authority( name)?|council( name)?|entity", 90),
    ("body", r"client", 60),
    ("period", r"(accounting |financial )?period", 90),
    (
        "amount",
        r"(invoice |payment |line |paid |total )?(amount|value)( paid| gbp)?|total|spend",
        85,
    ),
)
_COMPILED = tuple((role, re.compile(pattern), confidence) for role, pattern, confidence in _RULES)
# Words that publishers misspell; a near miss is read as the word.
_WORDS = (
    "amount", "beneficiary", "capital", "category", "centre", "description", "directorate",
    "expenditure", "expense", "expenses", "invoice", "irrecoverable", "merchant", "narrative",
    "number", "organisation", "payment", "reference", "revenue", "service", "supplier",
    "transaction",
)  # fmt: skip


@lru_cache(maxsize=4096)
def plain_header(header: str) -> str:
    """A header in plain words: small letters, no signs, `paid_on` and `PaidOn` opened up."""
    opened = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", opened.lower()).split())


@lru_cache(maxsize=4096)
def spelt_header(header: str) -> str:
    """The plain header with near misses of known words put right: Catergory is category."""
    return " ".join(
        (difflib.get_close_matches(word, _WORDS, n=1, cutoff=0.84) or [word])[0]
        if len(word) > 5
        else word
        for word in plain_header(header).split()
    )


@lru_cache(maxsize=4096)
def role_of_header(header: str) -> tuple[str, int] | None:
    """The role a header suggests by its words alone, with its confidence in percent."""
    words = spelt_header(header)
    if not words:
        return None
    for role, pattern, confidence in _COMPILED:
        if pattern.fullmatch(words):
            return role, confidence
    return None
