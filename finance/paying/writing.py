"""Bank files are written by a thread of their own, while the database posts and settles the run."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import tee, zip_longest
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from django.db import connection

from core.vault import packed
from finance.models import PaymentFile, PaymentFilePart, PaymentRun, SupplierBank
from finance.paying.files import Line

Kind = TypeVar("Kind")
Writer = Callable[[Iterable[Line]], Iterator[bytes]]
LINES = """
COPY (
  SELECT p.number, p.amount_pence, b.id, encode(b.account_sealed, 'hex'), p.account_name,
         coalesce(l.reference, '')
    FROM finance_payment p
    LEFT JOIN finance_liability l ON l.organisation_id = p.organisation_id
     AND l.id = p.liability_id
    JOIN finance_supplierbank b ON b.organisation_id = p.organisation_id AND b.id = p.bank_id
   WHERE p.organisation_id = %s AND p.payment_run_id = %s AND p.state = 'proposed'
   ORDER BY p.number
) TO STDOUT (FORMAT csv)
"""


@dataclass
class Written:
    """A file as it will lie in the database: its parts packed, and what they unpack to.

    The XML of a payment is a thousand characters that hardly differ from those of the last one:
    packed here it is a twentieth, which took the database a second for 50,000 payments.
    """

    parts: list[bytes] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)
    length: int = 0

    def add(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.length += len(piece)
        self.parts.append(packed(piece))


Files = dict[PaymentFile.Format, Written]


@contextmanager
def written_aside(
    run: PaymentRun, writers: Mapping[PaymentFile.Format, Writer]
) -> Iterator[Future[Files]]:
    """Begins the files of a proposed run; the future has them. `Unwritable` with every problem.

    Their lines are read first, into a file that has no name and holds accounts sealed as the
    table does: a million lines take no memory, and the connection is free for other work.
    """
    with TemporaryFile("w+", encoding="utf-8", newline="") as lines, ThreadPoolExecutor(1) as aside:
        with connection.cursor() as cursor:
            cursor.copy_expert(cursor.mogrify(LINES, [run.organisation_id, run.pk]), lines)
        lines.seek(0)
        copies = tee(_opened(run.organisation_id, lines), len(writers))
        pieces = {kind: writers[kind](copy) for kind, copy in zip(writers, copies, strict=True)}
        yield aside.submit(written, pieces)


def written(pieces: Mapping[Kind, Iterator[bytes]]) -> dict[Kind, Written]:
    """All files in one pass: an account is opened once, and each file takes a piece in turn."""
    files = {kind: Written() for kind in pieces}
    for row in zip_longest(*pieces.values()):
        for file, piece in zip(files.values(), row, strict=True):
            if piece is not None:
                file.add(piece)
    return files


def _opened(organisation_id: int, lines: IO[str]) -> Iterator[Line]:
    for number, pence, bank, sealed, name, reference in csv.reader(lines):
        digits = SupplierBank.opened(organisation_id, int(bank), bytes.fromhex(sealed))
        yield Line(int(number), int(pence), *digits, name, reference)


def keep(run: PaymentRun, kind: PaymentFile.Format, file: Written) -> None:
    """Stores the parts of a file, sealed."""
    here = run.organisation_id
    sealed = PaymentFilePart.sealed_pieces(here, file.parts)
    PaymentFilePart.objects.bulk_create(
        PaymentFilePart(
            organisation_id=here, payment_run=run, format=kind, sequence=sequence, **part
        )
        for sequence, part in enumerate(sealed, start=1)
    )
