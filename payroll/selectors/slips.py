"""Payslips as people see them: one's own, those of a person, each with its lines and workings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.outside import heard_since
from core.templatetags.web import day
from payroll.calculator.payslip import ORDER_NAMES, Line, employer_lines, payslip_lines
from payroll.calculator.wording import money
from payroll.models import LineKind, PayRun, Payslip
from payroll.paying.allowances import allowance_names
from payroll.paying.back import back_name
from payroll.paying.changes import BACK, Change, Key, Slip, changes
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import ELEMENT, NAME, OF_JOB, PERIOD, TAXED, Inputs, Shared
from tenants.selectors import letterhead


def payslips_of(organisation_id: int, *, person_id: int | None) -> QuerySet[Payslip]:
    """A person's own payslips here that are final, newest first; none that a rehearsal made."""
    rows = _final(organisation_id).filter(pay_run__committed_at__gte=heard_since(organisation_id))
    return rows.none() if person_id is None else rows.filter(employment__person_id=person_id)


def payslips_of_number(organisation_id: int, number: int) -> QuerySet[Payslip]:
    """The final payslips of an employee number, newest first."""
    return _final(organisation_id).filter(number=number)


def _final(organisation_id: int) -> QuerySet[Payslip]:
    rows = Payslip.objects.filter(
        organisation_id=organisation_id, pay_run__state__in=PayRun.FINAL
    ).select_related("pay_run__period__pay_group", "employment")
    return rows.order_by("-pays_on", "-id")


def head_of(payslip: Payslip, words: str) -> dict[str, str]:
    """Title and colour of a paper about it: one that a rehearsal made says that it is none."""
    colour, since = letterhead(payslip.organisation_id)
    at = payslip.pay_run.committed_at
    heard = at is not None and since is not None and at >= since
    return {"title": title_of(words, heard=heard), "colour": colour}


def title_of(words: str, *, heard: bool) -> str:
    """The title of a paper, which says so if a rehearsal made it."""
    return words if heard else f"Rehearsal, not to be used: {words}"


def one_of(rows: QuerySet[Payslip], run_number: int) -> Payslip:
    """The payslip of a run among these, or NotFound."""
    found = rows.filter(pay_run__number=run_number).first()
    if found is None:
        raise NotFound("There is no such payslip.")
    return found


@dataclass(frozen=True)
class Explained:
    """A payslip with its lines. Workings are there when the same pay comes out of its inputs."""

    payslip: Payslip
    shared: Shared
    inputs: Inputs
    lines: tuple[Line, ...]
    employer: tuple[Line, ...]
    agrees: bool
    before: Payslip | None
    changes: list[Change]


def explained(payslip: Payslip) -> Explained:
    """Works the payslip out again from what is stored with it, and compares it with the last one.

    Where the figures of the law are no longer those that were used, or another pay comes out, the
    stored lines are shown without workings. Three queries.
    """
    shared, inputs = Shared.read(payslip.pay_run.inputs), Inputs(**payslip.inputs)
    stored = _stored(payslip)
    names = _names(inputs)
    lines = tuple(Line(_name(key, names), pence, ()) for key, pence in stored.items())
    employer: tuple[Line, ...] = ()
    agrees = law_on(shared.day) == payslip.pay_run.digest
    if agrees:
        worked = work_out(shared, [inputs])
        again = payslip_lines(worked.payment, 0)
        agrees = _amounts(again) == _amounts_stored(stored)
        if agrees:
            lines, employer = again, employer_lines(worked.payment, 0)
    before = _before(payslip)
    return Explained(
        payslip, shared, inputs, lines, employer, agrees, before,
        changes(_slip(before, _stored(before)), _slip(payslip, stored)) if before else [],
    )  # fmt: skip


def _amounts(lines: Sequence[Line]) -> tuple[list[int], int]:
    """Every amount but those of orders, and the sum of these: a line each here, one line stored."""
    names = ORDER_NAMES.values()
    plain = [line.amount for line in lines if line.amount and line.name not in names]
    return plain, sum(line.amount for line in lines if line.name in names)


def _amounts_stored(lines: Mapping[Key, int]) -> tuple[list[int], int]:
    plain = [pence for (kind, _, _), pence in lines.items() if kind != LineKind.ORDERS]
    return plain, sum(pence for (kind, _, _), pence in lines.items() if kind == LineKind.ORDERS)


def _stored(payslip: Payslip) -> dict[Key, int]:
    rows = payslip.lines.filter(organisation_id=payslip.organisation_id).order_by("place")
    named = {row: row.element_id or row.origin_id or row.allowance_id or 0 for row in rows}
    return {(row.kind, row.job, key): row.amount_pence for row, key in named.items()}


def _names(inputs: Inputs) -> dict[Key, str]:
    """The names of lines that say what they are for: allowances, back pay and claims."""
    back = {(BACK, e[OF_JOB], e[PERIOD]): back_name(e) for e in inputs.back}
    kinds = (LineKind.EXPENSES.value, LineKind.EXTRA.value)
    named = {**allowance_names(inputs.pieces), **back}
    return {**named, **{(kinds[i[TAXED]], 0, i[ELEMENT]): str(i[NAME]) for i in inputs.items}}


def _name(key: Key, names: Mapping[Key, str]) -> str:
    kind, job, _ = key
    label = str(LineKind(kind).label)
    return names.get(key, f"{label}, job {job}" if job > 1 else label)


def _before(payslip: Payslip) -> Payslip | None:
    rows = _final(payslip.organisation_id).filter(employment_id=payslip.employment_id)
    earlier = Q(pays_on__lt=payslip.pays_on) | Q(pays_on=payslip.pays_on, id__lt=payslip.pk)
    return rows.filter(earlier).first()


def _slip(payslip: Payslip, lines: dict[Key, int]) -> Slip:
    return Slip(
        Shared.read(payslip.pay_run.inputs), Inputs(**payslip.inputs), lines, payslip.net_pence,
        payslip.taxable_pence,
    )  # fmt: skip


def sentences(found: Explained) -> list[str]:
    """What changed since the payslip before, a sentence a line, and what it comes to."""
    if found.before is None:
        return []
    names = {**_names(Inputs(**found.before.inputs)), **_names(found.inputs)}
    said = [
        f"{_name(one.key, names)}: {_signed(one.pence)}, because {one.why}."
        for one in found.changes
    ]
    now, then = found.payslip.net_pence, found.before.net_pence
    if now == then:
        return [*said, f"Your net pay is the same as on {day(found.before.pays_on)}: {money(now)}."]
    return [*said, f"Together: {_signed(now - then)}, from {money(then)} to {money(now)} net."]


def _signed(pence: int) -> str:
    return f"{money(abs(pence))} {'more' if pence > 0 else 'less'}"
