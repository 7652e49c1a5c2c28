"""Charter: accounts, National Insurance numbers and files that carry them lie in tables sealed.

AES-256-GCM under a key that each organisation has of its own, made from one of FIELD_KEYS, whose
name stands before what it sealed. What is sealed is bound to organisation, table, column and row:
moved anywhere else it does not open. An index, the same for the same account, finds equals.
"""

import hmac
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings
from django.db import connection, models

from core.errors import InvariantBroken
from core.tenancy import TenantModel

Key = TypeVar("Key")
NONCE = 12
SAMPLE = 300
# Files are opened and sealed again so many bytes at a time, and one at least.
MOST_BYTES = 32_000_000


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
    return seal_bytes(place, text.encode())


def unseal(place: Place, sealed: bytes | memoryview) -> str:
    """The text again. InvariantBroken if it was changed, moved, or its key is not there."""
    return unseal_bytes(place, sealed).decode()


def seal_bytes(place: Place, data: bytes) -> bytes:
    """As `seal`, of what is no text."""
    if not data:
        return b""
    name, nonce = key_name(), os.urandom(NONCE)
    cipher = _cipher(settings.FIELD_KEYS[name], place.organisation_id)
    return name.encode() + b"." + nonce + cipher.encrypt(nonce, data, _about(place))


def unseal_bytes(place: Place, sealed: bytes | memoryview) -> bytes:
    """As `unseal`, of what is no text."""
    name, _, rest = bytes(sealed).partition(b".")
    if not name:
        return b""
    key = settings.FIELD_KEYS.get(name.decode(errors="replace"))
    if key is None:
        raise InvariantBroken("A sealed value needs a key that FIELD_KEYS does not hold.")
    try:
        cipher = _cipher(key, place.organisation_id)
        return cipher.decrypt(rest[:NONCE], rest[NONCE:], _about(place))
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


def packed(content: bytes) -> bytes:
    """Smaller, before it is sealed: what is sealed packs no more."""
    return zlib.compress(content, level=1)


class SealedContent(models.Model):
    """A file, or a part of one: packed by zlib, then sealed in one piece."""

    content_sealed = models.BinaryField()

    class Meta:
        abstract = True

    @classmethod
    def sealed_pieces(cls, organisation_id: int, pieces: Sequence[bytes]) -> list[dict[str, Any]]:
        """What to create a new row with for each packed piece: its id and its column."""
        rows = next_ids(cls, len(pieces))
        places = (place_in(cls, "content_sealed", organisation_id, row) for row in rows)
        return [
            {"id": place.row, "content_sealed": seal_bytes(place, piece)}
            for place, piece in zip(places, pieces, strict=True)
        ]

    @classmethod
    def sealed_content(cls, organisation_id: int, content: bytes) -> dict[str, Any]:
        """What to create a new row with: its id and its column."""
        (one,) = cls.sealed_pieces(organisation_id, [packed(content)])
        return one

    @property
    def content(self) -> bytes:
        """Opened and unpacked. InvariantBroken if it was changed or moved."""
        here: Any = self
        place = place_in(type(self), "content_sealed", here.organisation_id, here.pk)
        return zlib.decompress(unseal_bytes(place, self.content_sealed))


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
        some = rows.exclude(**{self.name: b""}).order_by("?").annotate(size=_size(self.name))
        keys = within(some.values_list("pk", "size")[:SAMPLE])
        found = rows.filter(pk__in=keys).order_by("pk").values_list(*names)
        for key, sealed, *index in found.iterator(chunk_size=20):
            place = self.place(organisation_id, key)
            try:
                data = unseal_bytes(place, sealed)
            except InvariantBroken as error:
                yield f"{place.column}, row {key}: {error}"
                continue
            if index and bytes(index[0]) not in indexes(organisation_id, data.decode()):
                yield f"{place.column}, row {key}: its index is not that of what is sealed"


def _size(column: str) -> models.Func:
    return models.Func(column, function="octet_length", output_field=models.BigIntegerField())


def within(rows: Iterable[tuple[Key, int]]) -> list[Key]:
    """Of rows and their sizes the first ones that are not too much at a time."""
    keys, size = list[Key](), 0
    for key, its in rows:
        size += its
        if keys and size > MOST_BYTES:
            break
        keys.append(key)
    return keys


COLUMNS: list[SealedColumn] = []


def register(model: type[TenantModel], name: str, index: str = "") -> None:
    """Adds a column to what `manage.py rotate_keys` seals again and the invariant opens."""
    COLUMNS.append(SealedColumn(model, name, index))


def unopened(organisation_id: int) -> Iterator[str]:
    """Sealed values that do not open or disagree with their index, of some rows of each column."""
    for column in COLUMNS:
        yield from column.problems(organisation_id)
