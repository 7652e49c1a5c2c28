"""Who is paid in which group, and how."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from hr.models import Employment
from hr.selectors.jobs import employments_matching
from payroll.models import PayGroup, PayMember, PayRun, Payslip


def groups_here(organisation_id: int) -> QuerySet[PayGroup]:
    """All pay groups, by name."""
    return PayGroup.objects.filter(organisation_id=organisation_id).order_by("name", "id")


def member_of(employment: Employment) -> PayMember | None:
    """How somebody is paid; nothing before they join a group."""
    rows = PayMember.objects.filter(
        organisation_id=employment.organisation_id, employment=employment
    )
    return rows.select_related("pay_group").first()


def paid_as_director(employment: Employment, start: date) -> bool:
    """Whether a final payslip of the tax year counts somebody as a director."""
    rows = Payslip.objects.filter(
        organisation_id=employment.organisation_id, employment=employment, pays_on__gte=start,
        pay_run__state__in=PayRun.FINAL, inputs__director__0__isnull=False,
    )  # fmt: skip
    return rows.exists()


def people_of(
    organisation_id: int, *, text: str = "", group: int | None = None
) -> QuerySet[Employment]:
    """Everybody ever employed, by name, with `group_name`, `letter` and `scheme`: nothing where
    they are in no group yet. `text` begins a name or is a number; group 0 is none."""
    member = PayMember.objects.filter(organisation_id=organisation_id, employment_id=OuterRef("id"))
    rows = employments_matching(organisation_id, text)
    if group is not None:
        there = member.filter(pay_group=group) if group else member
        rows = rows.filter(Exists(there) if group else ~Q(Exists(there)))
    names = groups_here(organisation_id).filter(members__employment_id=OuterRef("id"))
    return rows.annotate(
        group_name=Subquery(names.values("name")[:1]),
        letter=Subquery(member.values("letter")[:1]),
        scheme=Subquery(member.values("scheme")[:1]),
    ).order_by("name_norm", "id")
