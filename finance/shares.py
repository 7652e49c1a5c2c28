"""Shares and means as reports of payment say them: exact, cut or rounded by a stated rule."""

from core.money import percent


def share(part: int, whole: int) -> str:
    """Percent to two places: 94.95% must not read as 95%. A dash when there is none."""
    exact = percent(part, whole)
    if exact is None:
        return "–"
    # Cut, not rounded, so that a figure never shows as a target it misses.
    hundredths = exact.numerator * 100 // exact.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def mean_days(total: int, number: int) -> str:
    """To one place, half up."""
    if not number:
        return "–"
    tenths = (total * 20 + number) // (2 * number)
    return f"{tenths // 10}.{tenths % 10}"
