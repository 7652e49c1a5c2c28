"""The modulus check: whether an account number can be one of its sort code. Pure figures.

After «Validating account numbers: UK modulus checking» of Vocalink (Pay.UK), version 7.70, whose
tables VALACDOS.txt and SCSUBTAB.txt each user of the check gets there. The 14 digits of sort code
and account number are called u to z and a to h. A number that passes need not exist.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

WEIGHTS, SUBSTITUTES = "valacdos.txt", "scsubtab.txt"
METHODS = {"MOD10": 10, "MOD11": 11, "DBLAL": 10}
EXCEPTIONS = range(15)
A, B, C, G, H = 6, 7, 8, 12, 13
# Exception 2: instead of the weights of the table, as the account begins and ends.
EURO = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
EURO_NINE = (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)
# Exceptions 8 and 9: the sort code that is checked instead.
INSTEAD = {8: "090126", 9: "309634"}
EITHER = {(2, 9), (10, 11), (12, 13)}


class TablesUnusable(Exception):
    """Why the tables cannot be used, in a sentence."""


@dataclass(frozen=True)
class Weight:
    """A check of the sort codes from one to another, with what is special about it (or 0)."""

    first: str
    last: str
    method: str
    weights: tuple[int, ...]
    exception: int


@dataclass(frozen=True)
class Tables:
    """Both tables as they lie in a folder, and the later day of their files."""

    weights: tuple[Weight, ...]
    substitutes: dict[str, str]
    dated: date
    found: dict[str, tuple[Weight, ...]] = field(default_factory=dict)

    def checks_of(self, sort_code: str) -> tuple[Weight, ...]:
        """None, one or two, in the order of the table."""
        if sort_code not in self.found:
            rows = (row for row in self.weights if row.first <= sort_code <= row.last)
            self.found[sort_code] = tuple(rows)
        return self.found[sort_code]


def read_tables(folder: Path) -> Tables:
    """Both tables of a folder, whatever the case of their names. TablesUnusable names the line."""
    files = {path.name.lower(): path for path in folder.iterdir()} if folder.is_dir() else {}
    for name in (WEIGHTS, SUBSTITUTES):
        if name not in files:
            raise TablesUnusable(f"There is no file {name} in the folder.")
    weights = tuple(_weight(number, words) for number, words in _lines(files[WEIGHTS]))
    pairs = list(_lines(files[SUBSTITUTES]))
    for number, words in pairs:
        if len(words) != 2 or not all(_is_sort_code(word) for word in words):
            raise TablesUnusable(f"{SUBSTITUTES}, line {number}: two sort codes are expected.")
    written = max(files[name].stat().st_mtime for name in (WEIGHTS, SUBSTITUTES))
    dated = datetime.fromtimestamp(written, UTC).date()
    return Tables(weights, {a: b for _, (a, b) in pairs}, dated)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    text = path.read_text(encoding="ascii", errors="replace")
    rows = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, words) for number, words in rows if words]


def _is_sort_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()


def _weight(number: int, words: list[str]) -> Weight:
    """A line: first and last sort code, method, 14 weights, and at times an exception."""
    where = f"{WEIGHTS}, line {number}"
    if len(words) not in (17, 18) or not all(_is_sort_code(word) for word in words[:2]):
        raise TablesUnusable(f"{where}: two sort codes, a method and 14 weights are expected.")
    if words[2] not in METHODS:
        raise TablesUnusable(f"{where}: the method {words[2]} is not known.")
    try:
        figures = [int(word) for word in words[3:]]
    except ValueError:
        raise TablesUnusable(f"{where}: a weight is not a number.") from None
    exception = figures[14] if len(figures) == 15 else 0
    if exception not in EXCEPTIONS:
        raise TablesUnusable(f"{where}: the exception {exception} is not known.")
    return Weight(words[0], words[1], words[2], tuple(figures[:14]), exception)


def passes(tables: Tables, sort_code: str, account_number: str) -> bool | None:
    """Whether the account passes; None where no check is laid down or none can be made.

    With two checks both have to pass, but for those of which either is enough (exceptions 2 and 9,
    10 and 11, 12 and 13), and a second one that exception 3 leaves out.
    """
    checks = tables.checks_of(sort_code)
    if not checks or any(_is_foreign(check, account_number) for check in checks):
        return None
    first = _passes(tables, checks[0], sort_code, account_number)
    if checks[0].exception == 14:
        return first or _passes_coutts(tables, checks[0], sort_code, account_number)
    if len(checks) == 1:
        return first
    second = checks[1]
    if (checks[0].exception, second.exception) in EITHER:
        return first or _passes(tables, second, sort_code, account_number)
    if second.exception == 3 and account_number[2] in "69":
        return first
    return first and _passes(tables, second, sort_code, account_number)


def _is_foreign(check: Weight, account: str) -> bool:
    """Exception 6: accounts in foreign currency, which no check holds for."""
    return check.exception == 6 and account[0] in "45678" and account[6] == account[7]


def _passes_coutts(tables: Tables, check: Weight, sort_code: str, account: str) -> bool:
    """Exception 14, the second check: an 8th digit of 0, 1 or 9 goes, and a 0 comes in front."""
    if account[7] not in "019":
        return False
    return _passes(tables, check, sort_code, f"0{account[:7]}")


def _passes(tables: Tables, check: Weight, sort_code: str, account: str) -> bool:
    if check.exception == 5:
        sort_code = tables.substitutes.get(sort_code, sort_code)
    digits = [int(mark) for mark in INSTEAD.get(check.exception, sort_code) + account]
    products = [
        weight * digit for weight, digit in zip(_weights(check, digits), digits, strict=True)
    ]
    if check.method == "DBLAL":
        products = [int(mark) for product in products for mark in str(product)]
    total = sum(products) + (27 if check.exception == 1 else 0)
    return _is_right(check, total % METHODS[check.method], digits)


def _weights(check: Weight, digits: list[int]) -> tuple[int, ...]:
    exception, nine = check.exception, digits[G] == 9
    if exception == 2 and digits[A] != 0:
        return EURO_NINE if nine else EURO
    from_c = exception == 7 or (exception == 10 and digits[A] in (0, 9) and digits[B] == 9)
    if from_c and nine:
        return (0,) * C + check.weights[C:]
    return check.weights


def _is_right(check: Weight, remainder: int, digits: list[int]) -> bool:
    """Exceptions 4 and 5 compare the remainder with check digits; else there must be none."""
    if check.exception == 4:
        return remainder == 10 * digits[G] + digits[H]
    if check.exception == 5:
        modulus, digit = METHODS[check.method], G if check.method == "MOD11" else H
        return (modulus - remainder) % modulus == digits[digit]
    return remainder == 0
