"""P60s and P45s: who is due one, and what was issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.errors import NotFound
from core.outside import heard_since
from hr.models import Employment
from payroll.models import Certificate, CertificateBatch, CertificateKind, PayRun, Payslip
from tenants.selectors import letterhead

# A P60 is given before 1 June (PAYE Regulations 2003, regulation 67).
DUE_MONTH, DUE_DAY = 5, 31


def due_on(tax_year: int) -> date:
    """The last day for the P60s of the tax year that began in that year."""
    return date(tax_year + 1, DUE_MONTH, DUE_DAY)


def slips_that_count(organisation_id: int) -> QuerySet[Payslip]:
    """The final payslips here; once an organisation is live, none that a rehearsal made."""
    rows = Payslip.objects.filter(
        organisation_id=organisation_id, pay_run__state__in=PayRun.FINAL
    ).select_related("pay_run__period__pay_group", "employment")
    _, since = letterhead(organisation_id)
    return rows if since is None else rows.filter(pay_run__committed_at__gte=since)


def due_to(organisation_id: int, kind: str, tax_year: int, today: date) -> list[int]:
    """The employments that a batch looks at, in a fixed order.

    Of P60s everybody who was paid in the year and employed on its last day; of P45s who left by
    today and has none of that year.
    """
    end = date(tax_year + 1, 4, 6)
    rows = slips_that_count(organisation_id).filter(
        pays_on__gte=date(tax_year, 4, 6), pays_on__lt=end
    )
    if kind == CertificateKind.P60:
        to_on = Q(employment__to_on__isnull=True) | Q(employment__to_on__gte=end)
        rows = rows.filter(to_on)
    else:
        mine = issued_here(organisation_id).filter(
            kind=kind, tax_year=tax_year, employment_id=OuterRef("employment_id")
        )
        rows = rows.filter(~Exists(mine), employment__to_on__lt=end, employment__to_on__lte=today)
    return list(rows.order_by("employment_id").values_list("employment_id", flat=True).distinct())


def issued_here(organisation_id: int) -> QuerySet[Certificate]:
    """All that count: once an organisation is live, none that a rehearsal issued."""
    _, since = letterhead(organisation_id)
    rows = Certificate.objects.filter(organisation_id=organisation_id)
    return rows.filter(rehearsed=since is None)


def newest_of(
    organisation_id: int, employments: Sequence[int], kind: str, tax_year: int
) -> dict[int, Certificate]:
    """The last version of each of these, by employment."""
    rows = issued_here(organisation_id).filter(
        employment_id__in=employments, kind=kind, tax_year=tax_year
    )
    found = rows.defer("content_sealed").order_by("version")
    return {one.employment_id: one for one in found}


def employment_of(rows: QuerySet[Payslip], tax_year: int) -> Employment:
    """Whose payslips of a tax year these are. NotFound without any."""
    found = rows.filter(pays_on__gte=date(tax_year, 4, 6), pays_on__lt=date(tax_year + 1, 4, 6))
    if (slip := found.first()) is None:
        raise NotFound("Nothing was paid in that tax year.")
    return slip.employment


def issued_to(employment: Employment, tax_year: int, *, heard: bool) -> Certificate | None:
    """The last certificate of somebody for a tax year; for the person (`heard`), of no rehearsal.

    Who left in the year and came back to it has a P45 of an employment of its own.
    """
    rows = Certificate.objects.filter(
        organisation_id=employment.organisation_id, employment=employment, tax_year=tax_year
    )
    if heard:
        rows = rows.filter(rehearsed=False, issued_at__gte=heard_since(employment.organisation_id))
    rows = rows.select_related("replaces").defer("replaces__content_sealed")
    return rows.order_by("rehearsed", "-issued_at", "-number").first()


def batches_of(organisation_id: int) -> QuerySet[CertificateBatch]:
    """All batches, the newest first."""
    return CertificateBatch.objects.filter(organisation_id=organisation_id).order_by("-number")


def one_batch(organisation_id: int, number: int) -> CertificateBatch:
    """NotFound for a number that was not given here."""
    found = batches_of(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such batch of certificates.")
    return found


def issued_in(batch: CertificateBatch) -> QuerySet[Certificate]:
    """What a batch issued, by name."""
    rows = Certificate.objects.filter(organisation_id=batch.organisation_id, batch=batch)
    return rows.order_by("name_norm", "number")


def listed_in(batch: CertificateBatch, *, on_paper: bool = False) -> QuerySet[Certificate]:
    """The same without the documents; `on_paper` of who could not sign in that day alone."""
    rows = issued_in(batch).filter(on_paper=True) if on_paper else issued_in(batch)
    return rows.select_related("replaces").defer("content_sealed", "replaces__content_sealed")


@dataclass(frozen=True)
class Part:
    """One file of a batch: how many documents it holds, and how many of them go on paper."""

    number: int
    documents: int
    on_paper: int


def parts_of(batch: CertificateBatch) -> list[Part]:
    """The files of a batch that have something in them."""
    found = (
        issued_in(batch)
        .order_by("part")
        .values_list("part")
        .annotate(documents=Count("id"), paper=Count("id", filter=Q(on_paper=True)))
    )
    return [Part(*row) for row in found]


def certificate_in(batch: CertificateBatch, number: int) -> Certificate:
    """NotFound unless the batch issued it."""
    found = issued_in(batch).select_related("employment").filter(number=number).first()
    if found is None:
        raise NotFound("There is no such certificate in this batch.")
    return found
