"""PAYE for one person in decimal pounds, written from the published routine step by step.

It shares nothing with the product: its own figures, its own arithmetic, one person at a time.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

D = Decimal
PENNY, FOUR, POUND = D("0.01"), D("0.0001"), D(1)
REST = [("20", 37700), ("40", 125140), ("45", None)]
BANDS = {
    ("2025-26", ""): REST,
    ("2026-27", ""): REST,
    ("2025-26", "C"): REST,
    ("2026-27", "C"): REST,
    ("2025-26", "S"): [
        *(("19", 2827), ("20", 14921), ("21", 31092), ("42", 62430), ("45", 125140), ("48", None)),
    ],
    ("2026-27", "S"): [
        *(("19", 3967), ("20", 16956), ("21", 31092), ("42", 62430), ("45", 125140), ("48", None)),
    ],
}
ONE_RATE = {
    **{"BR": "20", "D0": "40", "D1": "45", "CBR": "20", "CD0": "40", "CD1": "45"},
    **{"SBR": "20", "SD0": "21", "SD1": "42", "SD2": "45", "SD3": "48"},
}


def cut(value: Decimal, place: Decimal) -> Decimal:
    return value.quantize(place, ROUND_DOWN)


def first_free_pay(number: int, parts: int) -> Decimal:
    """Free pay of week 1 (`parts` 52) or month 1 (12)."""
    if not number:
        return D(0)
    block_pay = D("416.67") if parts == 12 else D("96.16")
    blocks = 0
    while number > 500:
        number, blocks = number - 500, blocks + 1
    rest = cut(D(number * 10 + 9) / parts, FOUR).quantize(PENNY, ROUND_CEILING)
    return rest + blocks * block_pay


def due_by_bands(taxable: Decimal, bands: list, n: int, parts: int) -> Decimal:
    """`taxable` is after free pay and not yet in whole pounds."""
    if taxable <= 0:
        return D(0)
    whole = taxable.quantize(POUND, ROUND_FLOOR)
    start, below, annual_start, annual_tax = D(0), D(0), 0, D(0)
    for percent, limit in bands:
        if limit is None:
            break
        annual_tax += (limit - annual_start) * D(percent) / 100
        annual_start = limit
        end = cut(D(limit) * n / parts, FOUR)
        if taxable <= end.quantize(POUND, ROUND_CEILING):
            break
        start, below = end, cut(annual_tax * n / parts, FOUR)
    tax = cut(below + (whole - start) * D(percent) / 100, FOUR)
    return tax.quantize(PENNY, ROUND_FLOOR)


def tax(
    *,
    year: str,
    code: str,
    cumulative: bool,
    frequency: str,
    number: int,
    pay: Decimal,
    pay_before: Decimal,
    tax_before: Decimal,
) -> Decimal:
    """Tax of one payment; below zero for a refund. `number` is the tax week or month."""
    parts = 12 if frequency == "monthly" else 52
    span = {"fortnightly": 2, "four_weekly": 4}.get(frequency, 1)
    if not cumulative or number > parts:
        cumulative, number, pay_before, tax_before = False, span, D(0), D(0)
    to_date = pay + pay_before
    if code == "NT":
        due = D(0)
    elif code in ONE_RATE:
        pounds = max(to_date, D(0)).quantize(POUND, ROUND_FLOOR)
        due = (pounds * D(ONE_RATE[code]) / 100).quantize(PENNY, ROUND_FLOOR)
    else:
        regime = code[0] if code[0] in "SC" else ""
        digits = "".join(letter for letter in code if letter.isdigit())
        free = first_free_pay(int(digits), parts) * number
        sign = 1 if "K" in code else -1
        due = due_by_bands(to_date + sign * free, BANDS[year, regime], number, parts)
    this = due - tax_before
    if not cumulative and this < 0:
        return D(0)
    if this > 0:
        this = min(this, (max(pay, D(0)) / 2).quantize(PENNY, ROUND_FLOOR))
    return this
