"""What an electronic invoice means for the books: lines in pence with their share of the VAT.

The document states VAT per category and rate only. Each line gets the VAT of its own net, and
what the rounding of single lines leaves over or short goes to the largest line of its part, so
that the parts always add up to the VAT that the supplier asks for.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.money import percent_of, to_pence
from finance.einvoices.facts import EInvoice, vat_key

ROUNDING = "Rounding"


@dataclass(frozen=True)
class BookedLine:
    """A line, an allowance or a charge, in pence as it counts; credit notes are negative."""

    description: str
    net_pence: int
    vat_pence: int
    category: str
    rate: Decimal | None


def booked_lines(invoice: EInvoice) -> list[BookedLine]:
    """Lines whose net and VAT together are the gross plus its rounding, to the penny.

    For documents without a broken sum only (`check_totals`). `core.money.InexactMoney` never
    happens to those: their amounts have two decimals.
    """
    bare = [*_lines(invoice), *_adjustments(invoice)]
    lines: list[BookedLine] = []
    for part in invoice.vat:
        key = vat_key(part.category, part.rate)
        own = [line for line in bare if vat_key(line.category, line.rate) == key]
        vat_pence = invoice.sign * to_pence(part.vat)
        # VAT on nothing stays visible as a line, which entering it then refuses.
        own = own or [BookedLine("VAT", 0, 0, part.category, part.rate)]
        lines += _with_vat(own, vat_pence, part.rate or Decimal(0))
    rounding = invoice.sign * to_pence(invoice.totals.rounding)
    if rounding:
        lines.append(BookedLine(ROUNDING, rounding, 0, "O", None))
    return lines


def _lines(invoice: EInvoice) -> list[BookedLine]:
    return [
        BookedLine(
            line.name[:200],
            invoice.sign * to_pence(line.net),
            0,
            line.vat_category,
            line.vat_rate,
        )
        for line in invoice.lines
    ]


def _adjustments(invoice: EInvoice) -> list[BookedLine]:
    return [
        BookedLine(
            (found.reason or ("Charge" if found.charge else "Allowance"))[:200],
            invoice.sign * to_pence(found.signed),
            0,
            found.vat_category,
            found.vat_rate,
        )
        for found in invoice.adjustments
    ]


def _with_vat(lines: list[BookedLine], vat_pence: int, rate: Decimal) -> list[BookedLine]:
    worked = [replace(line, vat_pence=percent_of(line.net_pence, rate)) for line in lines]
    left = vat_pence - sum(line.vat_pence for line in worked)
    if left:
        largest = max(range(len(worked)), key=lambda at: abs(worked[at].net_pence))
        taken = worked[largest]
        worked[largest] = replace(taken, vat_pence=taken.vat_pence + left)
    return worked
