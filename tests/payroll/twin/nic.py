"""Class 1 National Insurance and loans for one person in exact fractions of a pound."""

from fractions import Fraction as F
from math import ceil, floor

# lower, primary, secondary, upper, upper secondary, special site: pounds.
LIMITS = {
    ("2025-26", "weekly"): (125, 242, 96, 967, 967, 481),
    ("2025-26", "fortnightly"): (250, 484, 193, 1934, 1934, 962),
    ("2025-26", "four_weekly"): (500, 967, 385, 3867, 3867, 1924),
    ("2025-26", "monthly"): (542, 1048, 417, 4189, 4189, 2083),
    ("2025-26", "year"): (6500, 12570, 5000, 50270, 50270, 25000),
    ("2026-27", "weekly"): (129, 242, 96, 967, 967, 481),
    ("2026-27", "fortnightly"): (258, 484, 193, 1934, 1934, 962),
    ("2026-27", "four_weekly"): (516, 967, 385, 3867, 3867, 1924),
    ("2026-27", "monthly"): (559, 1048, 417, 4189, 4189, 2083),
    ("2026-27", "year"): (6708, 12570, 5000, 50270, 50270, 25000),
}
EMPLOYEE = {
    **dict.fromkeys("AHMVFN", (F(8), F(2))),
    **dict.fromkeys("BIE", (F("1.85"), F(2))),
    **dict.fromkeys("JZLD", (F(2), F(2))),
    **dict.fromkeys("CSK", (F(0), F(0))),
}


def rounded(pounds: F) -> F:
    """Three decimals are looked at; a halfpenny or less is dropped."""
    thousandths = floor(pounds * 1000)
    pence, third = divmod(thousandths, 10)
    return F(pence + (third > 5), 100)


def class_1(pay: F, letter: str, limits: tuple) -> tuple:
    """(employee, employer, at lower, lower to primary, primary to upper) in pounds."""
    if letter == "X":
        return (F(0),) * 5
    lower, primary, secondary, upper, upper_secondary, site = (F(one) for one in limits)
    main, over = EMPLOYEE[letter]
    to_upper = max(min(pay, upper) - primary, F(0))
    employee = rounded(to_upper * main / 100) + rounded(max(pay - upper, F(0)) * over / 100)
    if letter in "ABCJ":
        start = secondary
    elif letter in "HMVZ":
        start = upper_secondary
    else:
        start = site
    employer = rounded(max(min(pay, upper) - start, F(0)) * 15 / 100)
    employer += rounded(max(pay - max(upper, start), F(0)) * 15 / 100)
    if pay < lower:
        return employee, employer, F(0), F(0), F(0)
    return employee, employer, lower, min(pay, primary) - lower, to_upper


def annual_limits(year: str, weeks: int) -> tuple:
    """A director's thresholds for the weeks that are left of the year."""
    return tuple(ceil(F(one * weeks, 52)) for one in LIMITS[year, "year"])


LOANS = {
    "2025-26": {"1": 26065, "2": 28470, "4": 32745, "5": 25000, "PGL": 21000},
    "2026-27": {"1": 26900, "2": 29385, "4": 33795, "5": 25000, "PGL": 21000},
}
SHARES = {"monthly": F(1, 12), "weekly": F(1, 52), "fortnightly": F(2, 52), "four_weekly": F(4, 52)}


def loan(pay: F, year: str, plans: set[str], frequency: str) -> tuple[int, int]:
    """(undergraduate, postgraduate) deduction in pounds."""

    def above(threshold: int) -> F:
        return max(pay - F(floor(threshold * SHARES[frequency] * 100), 100), F(0))

    own = LOANS[year]
    courses = [own[plan] for plan in plans - {"PGL"}]
    undergraduate = floor(above(min(courses)) * F(9, 100)) if courses else 0
    postgraduate = floor(above(own["PGL"]) * F(6, 100)) if "PGL" in plans else 0
    return undergraduate, postgraduate


def borne(due: int, pays: list[int]) -> list[int]:
    """What each employment of a person bears of what is due, in pence, by its pay."""
    weights = [max(pay if due > 0 else -pay, 0) for pay in pays]
    if not sum(weights):
        return [0 for _ in pays]
    exact = [F(abs(due) * weight, sum(weights)) for weight in weights]
    parts = [floor(one) for one in exact]
    by_fraction = sorted(range(len(pays)), key=lambda n: (parts[n] - exact[n], n))
    for place in by_fraction[: abs(due) - sum(parts)]:
        parts[place] += 1
    return [part if due > 0 else -part for part in parts]


PRECEDENCE = "BMAZJCHVFILSDEGKN"
RATES = {**EMPLOYEE, "X": (F(0), F(0))}


def by_letter(
    paid: dict[str, F], limits: tuple, rates: dict = RATES, employers: F = F(15)
) -> dict[str, tuple[F, F]]:
    """(employee, employer) of each letter of a director's year, in HMRC's order of letters."""
    _, primary, secondary, upper, upper_secondary, site = (F(one) for one in limits)
    found, start = {}, F(0)
    for letter in (one for one in PRECEDENCE if one in paid):
        end = start + paid[letter]

        def part(low: F, high: F | None, start: F = start, end: F = end) -> F:
            return max((end if high is None else min(end, high)) - max(start, low), F(0))

        main, over = rates[letter]
        floor = {"A": secondary, "B": secondary, "C": secondary, "J": secondary}.get(
            letter, upper_secondary if letter in "HMVZ" else site
        )
        above = max(floor, upper)
        found[letter] = (
            rounded(part(primary, upper) * main / 100) + rounded(part(upper, None) * over / 100),
            rounded(part(floor, above) * employers / 100)
            + rounded(part(above, None) * employers / 100),
        )
        start = end
    return found
