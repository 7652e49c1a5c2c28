"""A pay run worked out again from what is stored with it: the same lines, the same bytes."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models.functions import Coalesce

from core.actors import Actor, require
from payroll.bulk.write import lines_of
from payroll.models import PayFile, PayRun, Payslip, PayslipLine
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import Inputs, Shared
from payroll.permissions import RUN_PAY
from payroll.rules import PRL19
from payroll.services.paying import written_again

PART = 2_000
Lines = dict[int, list[tuple[str, int, int, int]]]


@dataclass(frozen=True)
class Replay:
    """How many payslips came out as they are stored; the numbers of those that did not; files."""

    same: int
    different: list[int]
    files: dict[str, bool]

    @property
    def agrees(self) -> bool:
        return not self.different and all(self.files.values())


def replay(*, pay_run: PayRun, by: Actor) -> Replay:
    """Works every payslip out again and writes the bank files again; changes nothing.

    PRL19 where the figures of the law of that day are no longer those that were used.
    """
    require(by, RUN_PAY)
    shared = Shared.read(pay_run.inputs)
    PRL19.check(law_on(shared.day) == pay_run.digest)
    same, different = 0, list[int]()
    for part in _parts(pay_run):
        worked = work_out(shared, [Inputs(**slip.inputs) for slip in part])
        ids = np.array([slip.pk for slip in part], dtype=np.int64)
        slip, _, *columns = lines_of(ids, worked)
        again = _grouped(zip(slip, *columns, strict=True))
        stored = _stored(pay_run, ids.tolist())
        wrong = [one.number for one in part if again.get(one.pk) != stored.get(one.pk)]
        same += len(part) - len(wrong)
        different += wrong
    return Replay(same, different, {file.format: _same_bytes(file) for file in _files(pay_run)})


def _parts(pay_run: PayRun) -> Iterator[Sequence[Payslip]]:
    rows = Payslip.objects.filter(organisation_id=pay_run.organisation_id, pay_run=pay_run)
    rows, last = rows.only("pk", "number", "inputs").order_by("pk"), 0
    while part := list(rows.filter(pk__gt=last)[:PART]):
        yield part
        last = part[-1].pk


def _stored(pay_run: PayRun, ids: list[int]) -> Lines:
    rows = PayslipLine.objects.filter(
        organisation_id=pay_run.organisation_id, payslip_id__in=ids
    ).order_by("payslip_id", "place")
    rows = rows.annotate(key=Coalesce("element_id", "origin_id", "allowance_id", 0))
    names = ("payslip_id", "kind", "job", "key", "amount_pence")
    return _grouped(rows.values_list(*names).iterator())


def _grouped(rows: Iterator[tuple[int, str, int, int, int]]) -> Lines:
    found: Lines = defaultdict(list)
    for slip, kind, job, element, pence in rows:
        found[slip].append((kind, job, element, pence))
    return found


def _files(pay_run: PayRun) -> Sequence[PayFile]:
    return list(pay_run.files.filter(organisation_id=pay_run.organisation_id).order_by("format"))


def _same_bytes(file: PayFile) -> bool:
    digest = hashlib.sha256()
    for piece in written_again(file=file):
        digest.update(piece)
    return digest.hexdigest() == file.sha256
