"""Charter: bank accounts and National Insurance numbers lie in tables sealed, never in clear.

AES-256-GCM under a key that each organisation has of its own, made from one of FIELD_KEYS, whose
name stands before what it sealed. What is sealed is bound to organisation, table, column and row:
moved anywhere else it does not open. An index, the same for the same account, finds equals.
"""

import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings
from django.db import connection, models

from core.errors import InvariantBroken
from core.tenancy import TenantModel

NONCE = 12
SAMPLE = 300


class Place(NamedTuple):
    """Where a sealed value lies: of which organisation, in which column, in which row."""

    organisation_id: int
    column: str
    row: int


@lru_cache(maxsize=4096)
def _derived(key: bytes, purpose: str, organisation_id: int) -> bytes:
    about = f"commonwell:{purpose}:{organisation_id}".encode()
    return HKDFExpand(hashes.SHA256(), 32, about).derive(key)


@lru_cache(maxsize=4096)
def _cipher(key: bytes, organisation_id: int) -> AESGCM:
    return AESGCM(_derived(key, "seal", organisation_id))


def _about(place: Place) -> bytes:
    return "|".join(map(str, place)).encode()


def key_name() -> str:
    """The name of the key that seals from now on: the first of FIELD_KEYS."""
    return str(next(iter(settings.FIELD_KEYS)))


def seal(place: Place, text: str) -> bytes:
    """The text for this place alone; nothing stays nothing. Each time other bytes."""
    if not text:
        return b""
    name, nonce = key_name(), os.urandom(NONCE)
    cipher = _cipher(settings.FIELD_KEYS[name], place.organisation_id)
    return name.encode() + b"." + nonce + cipher.encrypt(nonce, text.encode(), _about(place))


def unseal(place: Place, sealed: bytes | memoryview) -> str:
    """The text again. InvariantBroken if it was changed, moved, or its key is not there."""
    name, _, rest = bytes(sealed).partition(b".")
    if not name:
        return ""
    key = settings.FIELD_KEYS.get(name.decode(errors="replace"))
    if key is None:
        raise InvariantBroken("A sealed value needs a key that FIELD_KEYS does not hold.")
    try:
        cipher = _cipher(key, place.organisation_id)
        return cipher.decrypt(rest[:NONCE], rest[NONCE:], _about(place)).decode()
    except (InvalidTag, ValueError):
        raise InvariantBroken(f"A sealed value of {place.column} does not open.") from None


def indexes(organisation_id: int, text: str) -> list[bytes]:
    """By what the same text is found in an organisation, under each key, the one in use first."""
    return [
        hmac.digest(_derived(key, "index", organisation_id), text.encode(), "sha256")
        for key in settings.FIELD_KEYS.values()
    ]


def next_ids(model: type[models.Model], count: int = 1) -> list[int]:
    """Ids of rows to come: a row must have one before anything is sealed for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            [f"{model._meta.db_table}_id_seq", count],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def place_in(model: type[models.Model], field: str, organisation_id: int, row: int) -> Place:
    """The place of a field of one row."""
    return Place(organisation_id, f"{model._meta.db_table}.{field}", row)


class SealedAccount(models.Model):
    """A sort code and an account number, sealed together; its last four digits are in clear."""

    account_sealed = models.BinaryField(default=b"")
    account_index = models.BinaryField(default=b"")
    account_ending = models.CharField(max_length=4, default="")

    class Meta:
        abstract = True

    @classmethod
    def columns_for(
        cls, organisation_id: int, row: int, sort_code: str, account_number: str
    ) -> dict[str, Any]:
        """What to write for the row of this id, by column."""
        digits = sort_code + account_number
        place = place_in(cls, "account_sealed", organisation_id, row)
        return {
            "account_sealed": seal(place, digits),
            "account_index": indexes(organisation_id, digits)[0] if digits else b"",
            "account_ending": account_number[-4:],
        }

    @classmethod
    def sealed(cls, organisation_id: int, sort_code: str, account_number: str) -> dict[str, Any]:
        """What to create a new row with: its id and its columns."""
        (row,) = next_ids(cls)
        return {"id": row, **cls.columns_for(organisation_id, row, sort_code, account_number)}

    @classmethod
    def opened(cls, organisation_id: int, row: int, sealed: bytes | memoryview) -> tuple[str, str]:
        """(sort code, account number) of a row; both empty where none is known."""
        digits = unseal(place_in(cls, "account_sealed", organisation_id, row), sealed)
        return digits[:6], digits[6:]

    def digits(self) -> tuple[str, str]:
        """(sort code, account number): for files to the bank and looks that are recorded."""
        here: Any = self
        return self.opened(here.organisation_id, here.pk, self.account_sealed)


@dataclass(frozen=True)
class SealedColumn:
    """A column that holds sealed values, and the one with their indexes if there is one."""

    model: type[TenantModel]
    name: str
    index: str = ""

    def place(self, organisation_id: int, row: int) -> Place:
        """Of one row."""
        return place_in(self.model, self.name, organisation_id, row)

    def problems(self, organisation_id: int) -> Iterator[str]:
        """Of some rows, others each time: what does not open, or not to its index."""
        names = ["pk", self.name, *([self.index] if self.index else [])]
        rows = self.model.objects.filter(organisation_id=organisation_id)
        rows = rows.exclude(**{self.name: b""}).order_by("?")
        for key, sealed, *index in rows.values_list(*names)[:SAMPLE]:
            place = self.place(organisation_id, key)
            try:
                text = unseal(place, sealed)
            except InvariantBroken as error:
                yield f"{place.column}, row {key}: {error}"
                continue
            if index and bytes(index[0]) not in indexes(organisation_id, text):
                yield f"{place.column}, row {key}: its index is not that of what is sealed"


COLUMNS: list[SealedColumn] = []


def register(model: type[TenantModel], name: str, index: str = "") -> None:
    """Adds a column to what `manage.py rotate_keys` seals again and the invariant opens."""
    COLUMNS.append(SealedColumn(model, name, index))


def unopened(organisation_id: int) -> Iterator[str]:
    """Sealed values that do not open or disagree with their index, of some rows of each column."""
    for column in COLUMNS:
        yield from column.problems(organisation_id)
