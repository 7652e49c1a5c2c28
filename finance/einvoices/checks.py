"""The sums of EN 16931, always checked, with or without the official rule files.

Source: EN 16931-1 clause 6.4, whose rule codes are used. Amounts have two decimals; a rule that
compares sums allows no difference, and one that multiplies rounds half up to a penny.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from finance.einvoices.facts import ZERO, EInvoice, Finding, Line, Severity, VatKey, vat_key

PENNY = Decimal("0.01")
# BR-CO-17 as the official rules test it: within one unit of the currency, for sellers who round
# VAT per line. A difference below that is theirs to make, and the stated VAT is what is owed.
VAT_TOLERANCE = Decimal(1)


def check_totals(invoice: EInvoice) -> list[Finding]:
    """Every sum that does not hold, as findings; none when the document agrees in itself."""
    return [*_document(invoice), *_vat(invoice), *_lines(invoice), *_decimals(invoice)]


def _document(invoice: EInvoice) -> Iterator[Finding]:
    t = invoice.totals
    lines = sum((line.net for line in invoice.lines), ZERO)
    less = sum((a.amount for a in invoice.adjustments if not a.charge), ZERO)
    more = sum((a.amount for a in invoice.adjustments if a.charge), ZERO)
    yield from _equal("BR-CO-10", "The lines together", lines, "the stated line total", t.lines)
    yield from _equal("BR-CO-11", "The allowances", less, "their stated total", t.allowances)
    yield from _equal("BR-CO-12", "The charges", more, "their stated total", t.charges)
    net = t.lines - t.allowances + t.charges
    yield from _equal("BR-CO-13", "Lines less allowances plus charges", net, "the net", t.net)
    gross = t.net + (t.vat or ZERO)
    yield from _equal("BR-CO-15", "Net and VAT", gross, "the stated gross", t.gross)
    due = t.gross - t.prepaid + t.rounding
    yield from _equal("BR-CO-16", "Gross less prepaid", due, "the amount to be paid", t.payable)


def _vat(invoice: EInvoice) -> Iterator[Finding]:
    if not invoice.vat:
        yield Finding("BR-CO-18", "fatal", "There is no VAT breakdown: at least one is needed.")
        return
    keys = [vat_key(part.category, part.rate) for part in invoice.vat]
    if len(set(keys)) < len(keys):
        message = "The VAT breakdown has the same category and rate twice."
        yield Finding("BR-CO-18", "fatal", message)
    total = sum((part.vat for part in invoice.vat), ZERO)
    stated = invoice.totals.vat or ZERO
    yield from _equal("BR-CO-14", "VAT of the breakdown", total, "the stated VAT", stated)
    taxable: dict[VatKey, Decimal] = defaultdict(Decimal)
    for line in invoice.lines:
        taxable[vat_key(line.vat_category, line.vat_rate)] += line.net
    for extra in invoice.adjustments:
        taxable[vat_key(extra.vat_category, extra.vat_rate)] += extra.signed
    for part in invoice.vat:
        named = f"VAT {part.category} at {_plain(part.rate)}%"
        worked = (part.taxable * (part.rate or ZERO) / 100).quantize(PENNY, ROUND_HALF_UP)
        if abs(worked - part.vat) >= VAT_TOLERANCE:
            yield from _equal("BR-CO-17", f"{named} of the taxable", worked, "it states", part.vat)
        amount = taxable.pop(vat_key(part.category, part.rate), ZERO)
        if abs(amount - part.taxable) >= VAT_TOLERANCE:
            code = f"BR-{part.category}-08"
            yield from _equal(code, f"{named}: its lines", amount, "its taxable", part.taxable)
    for (category, rate), amount in taxable.items():
        if amount:
            named = f"{category} at {_plain(rate)}%"
            message = f"Lines are under VAT {named}, but the VAT breakdown does not have it."
            yield Finding(f"BR-{category or 'S'}-01", "fatal", message)


def _lines(invoice: EInvoice) -> Iterator[Finding]:
    if not invoice.lines:
        yield Finding("BR-16", "fatal", "The document has no line.")
    # EN 16931 itself lets a line state another amount than quantity by price; Peppol does not.
    severity: Severity = "fatal" if "peppol" in invoice.customisation else "warning"
    for line in invoice.lines:
        worked = _line_net(line)
        if worked is not None and abs(worked - line.net) > PENNY * 2:
            named = f"Line {line.id}: quantity times price"
            for finding in _equal("PEPPOL-EN16931-R120", named, worked, "its amount", line.net):
                yield replace(finding, severity=severity)


def _decimals(invoice: EInvoice) -> Iterator[Finding]:
    """Amounts are whole pennies; prices and quantities may have more decimals."""
    t = invoice.totals
    amounts = [
        ("09", "The line total", t.lines),
        ("10", "The total of allowances", t.allowances),
        ("11", "The total of charges", t.charges),
        ("12", "The net", t.net),
        ("13", "The VAT", t.vat or ZERO),
        ("14", "The gross", t.gross),
        ("16", "The prepaid amount", t.prepaid),
        ("17", "The rounding", t.rounding),
        ("18", "The amount to be paid", t.payable),
        *(
            ("05" if a.charge else "01", "A charge or allowance", a.amount)
            for a in invoice.adjustments
        ),
        *(("19", "A taxable amount", part.taxable) for part in invoice.vat),
        *(("20", "A VAT amount", part.vat) for part in invoice.vat),
        *(("23", f"The amount of line {line.id}", line.net) for line in invoice.lines),
    ]
    for number, named, amount in amounts:
        if amount != amount.quantize(PENNY, ROUND_HALF_UP):
            message = f"{named} has part of a penny: {_plain(amount)}."
            yield Finding(f"BR-DEC-{number}", "fatal", message)


def _line_net(line: Line) -> Decimal | None:
    """Quantity by price per base quantity, with the line's own allowances and charges."""
    if line.quantity is None or line.price is None or line.price_base == 0:
        return None
    base = line.price_base or Decimal(1)
    before = (line.quantity * line.price / base).quantize(PENNY, ROUND_HALF_UP)
    return before + sum((a.signed for a in line.adjustments), ZERO)


def _equal(code: str, left: str, worked: Decimal, right: str, stated: Decimal) -> Iterator[Finding]:
    if worked != stated:
        message = f"{left} come to {_pounds(worked)}, but {right} is {_pounds(stated)}."
        yield Finding(code, "fatal", message)


def _pounds(amount: Decimal) -> str:
    """Two decimals, and more only where the document has them."""
    return f"{amount:.2f}" if amount == amount.quantize(PENNY) else _plain(amount)


def _plain(number: Decimal | None) -> str:
    if number is None:
        return "no"
    return f"{number.normalize():f}"
