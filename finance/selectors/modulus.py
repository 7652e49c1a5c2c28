"""Which modulus tables are installed, and what they say of an account."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from core.templatetags.web import day
from finance.formats.modulus import Tables, TablesUnusable, passes, read_tables
from finance.models import SupplierBank

Modulus = SupplierBank.Modulus
NOT = "Accounts are not checked:"


@dataclass(frozen=True)
class Installed:
    """The tables in use, or none, and a sentence for people either way."""

    tables: Tables | None
    words: str


@lru_cache(maxsize=4)
def _read(folder: str, written: tuple[tuple[str, int, int], ...]) -> Installed:
    try:
        tables = read_tables(Path(folder))
    except TablesUnusable as error:
        return Installed(None, f"{NOT} the modulus tables are unusable. {error}")
    except OSError:
        return Installed(None, f"{NOT} the modulus tables cannot be read.")
    words = f"Accounts are checked by modulus tables of {day(tables.dated)}"
    return Installed(tables, f"{words} with {len(tables.weights):,} checks.")


def installed_tables() -> Installed:
    """As they lie in the folder now: read again once a file of it is another."""
    folder = settings.MODULUS_TABLES
    if not folder:
        return Installed(None, f"{NOT} no modulus tables are installed.")
    try:
        files = sorted(Path(folder).iterdir())
        stats = [(path.name, path.stat()) for path in files]
    except OSError:
        stats = []
    return _read(folder, tuple((name, s.st_mtime_ns, s.st_size) for name, s in stats))


def modulus_of(tables: Tables | None, sort_code: str, account_number: str) -> SupplierBank.Modulus:
    """What the tables say of an account; without tables that it is not checked."""
    if tables is None:
        return Modulus.UNCHECKED
    found = passes(tables, sort_code, account_number)
    if found is None:
        return Modulus.NONE
    return Modulus.PASSED if found else Modulus.FAILED


def modulus_words(bank: SupplierBank) -> str:
    """What came of the check, in a line, with the day of the tables that it was made by."""
    label = bank.get_modulus_display()
    return f"{label} (tables of {day(bank.modulus_tables_of)})" if bank.modulus_tables_of else label
