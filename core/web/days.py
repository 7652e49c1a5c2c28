"""Days that people write: which of them can be meant, and the one in an address."""

from datetime import date
from typing import Any

FIRST, LAST = date(1850, 1, 1), date(2999, 12, 31)


def is_of_our_time(day: date) -> bool:
    """Can it be meant? With days at the ends of the calendar nothing can be reckoned."""
    return FIRST <= day <= LAST


def day_asked(request: Any, name: str) -> date:
    """The day of that name in the address of a page; today if there is none that can be meant."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return request.today  # type: ignore[no-any-return]
    return day if is_of_our_time(day) else request.today
