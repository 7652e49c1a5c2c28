"""VAT codes of purchases, from finance/data/vat_codes.csv. A pure calculator, in pence."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from core.money import percent_of

_CSV = Path(__file__).parent / "data" / "vat_codes.csv"
# Suppliers round VAT by line, by invoice or by unit; a pound covers every way that was seen.
ROUNDING_PENCE = 100
COST = "cost"


@dataclass(frozen=True)
class VatCode:
    """`account` takes the VAT: a ledger account, `cost` (the line itself) or "" for no VAT."""

    code: str
    name: str
    rate_percent: Decimal
    account: str

    def vat_pence(self, net_pence: int) -> int:
        """VAT on a net amount, half a penny away from nought."""
        return percent_of(net_pence, self.rate_percent)

    def allows(self, net_pence: int, vat_pence: int) -> bool:
        """Less VAT than the rate is allowed (discounts, mixed supplies), much more is not."""
        if not vat_pence:
            return True
        most = abs(self.vat_pence(net_pence)) + (ROUNDING_PENCE if self.rate_percent else 0)
        return (vat_pence > 0) == (net_pence > 0) and abs(vat_pence) <= most


@cache
def purchase_codes() -> dict[str, VatCode]:
    """Codes a supplier's invoice may carry. Reverse charges are journals of their own."""
    with _CSV.open(encoding="utf-8", newline="") as source:
        rows = [
            row
            for row in csv.DictReader(source)
            if row["direction"] in ("in", "both")
            and row["rate"].isdecimal()
            and "/" not in row["posts_vat_to"]
            and row["code"] != "NA"
        ]
    return {
        row["code"]: VatCode(row["code"], row["name"], Decimal(row["rate"]), row["posts_vat_to"])
        for row in rows
    }
