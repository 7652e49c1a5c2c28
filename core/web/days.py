"""Days that people write: which of them can be meant, and the one in an address."""

from datetime import date
from typing import Any

FIRST, LAST = date(1850, 1, 1), date(2999, 12, 31)


def is_of_our_time(day: date) -> bool:
    """Can it be meant? With days at the ends of the calendar nothing can be reckoned."""
    return FIRST <= day <= LAST


def read_day(text: str) -> date | None:
    """The day, written as in 2026-11-30; None for a text that is none or cannot be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_of_our_time(day) else None


def day_asked(request: Any, name: str = "on") -> date:
    """The day of that name in the address of a page; today if there is none that can be meant."""
    today: date = request.today
    return read_day(request.GET.get(name, "")) or today
