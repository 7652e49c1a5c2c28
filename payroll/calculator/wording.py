"""Rates and amounts in the words of the workings.

Every result has `workings(row)`: how the figures of that row came about, step by step, in sentences
whose sums add up. It reads each figure from the result; nothing is worked out again.
"""

import numpy as np

from core.money import formatted


def rate_text(rate: int) -> str:
    whole, part = divmod(int(rate), 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%"


def day_text(day: np.datetime64) -> str:
    return f"{day.item():%-d %B %Y}"


def count_text(number: int, noun: str) -> str:
    return f"{int(number)} {noun}{'' if number == 1 else 's'}"


def money(amount: int) -> str:
    return formatted(int(amount))


def hours(minutes: int) -> str:
    """90 minutes are «1.5 hours»."""
    return "1 hour" if minutes == 60 else f"{minutes / 60:g} hours"
