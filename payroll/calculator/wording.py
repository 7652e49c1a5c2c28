"""Rates and amounts in the words of the workings.

Every result has `workings(row)`: how the figures of that row came about, step by step, in sentences
whose sums add up. It reads each figure from the result; nothing is worked out again.
"""

from core.money import formatted


def rate_text(rate: int) -> str:
    whole, part = divmod(int(rate), 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%"


def money(amount: int) -> str:
    return formatted(int(amount))
