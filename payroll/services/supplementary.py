"""Another run of a period that was paid: for chosen people, on a day of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record
from finance.formats.bank_days import is_banking_day
from finance.paying.files import banking_holidays, last_day_to_submit
from hr.selectors.jobs import employments_numbered
from payroll.bulk.collect import enrol
from payroll.models import PayGroup, PayMember, PayPeriod, PayRun
from payroll.paying.figures import law_on
from payroll.permissions import RUN_PAY
from payroll.rules import PRL13, PRL25, PRL64, PRL65, PRL66, PRL67
from payroll.services.runs import calculate_all, shared_of
from tenants.services import next_number

MOST = 500


@dataclass(frozen=True)
class Supplement:
    """Whom it pays, by employee number, when, and why it does not wait."""

    employees: Collection[int]
    pays_on: date
    reason: str


def start_supplementary_run(
    *, period: PayPeriod, supplement: Supplement, by: Actor, at: datetime | None = None
) -> PayRun:
    """Begins it: what the chosen were not paid for the period, for periods before, and claims.

    PRL64 unless the newest run of the group is of this period and committed, PRL65 for a day that
    does not do, PRL66 for who is not in the group, PRL67 for too many, PRL25 for oneself, PRL13
    without a reason. Event payroll.run.supplementary.
    """
    require(by, RUN_PAY)
    at = at or timezone.now()
    here = {"organisation_id": by.organisation_id}
    PRL13.check(supplement.reason.strip())
    groups = PayGroup.objects.select_for_update(no_key=True)
    group = groups.get(**here, pk=period.pay_group_id)
    runs = PayRun.objects.filter(**here, period__pay_group=group)
    last = runs.filter(period=period).aggregate(sequence=Max("sequence"), pays_on=Max("pays_on"))
    PRL64.check(
        last["sequence"]
        and not runs.exclude(state__in=PayRun.FINAL).exists()
        and not runs.filter(period__pays_on__gt=period.pays_on).exists()
    )
    _check_day(period, last["pays_on"], supplement.pays_on, at)
    shared = shared_of(period, group, supplement.pays_on)
    enrol(group, shared.first, shared.until)
    chosen = _chosen(group, supplement.employees, by)
    pay_run = PayRun.objects.create(
        **here, number=next_number("pay_run", by=by), period=period, inputs=shared.stored(),
        sequence=last["sequence"] + 1, pays_on=supplement.pays_on, chosen=chosen,
        reason=supplement.reason.strip()[:200], digest=law_on(shared.day),
        made_by_id=by.person_id, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    said = {"people": len(chosen), "day": day(pay_run.pays_on), "comment": pay_run.reason}
    record("payroll.run.supplementary", pay_run, by=by, at=at, **said)
    calculate_all(pay_run=pay_run, by=by)
    return pay_run


def _check_day(period: PayPeriod, last: date, pays_on: date, at: datetime) -> None:
    """A banking day in time for the bank, from the run before on, before the next pay day."""
    rows = PayPeriod.objects.filter(
        organisation_id=period.organisation_id, pay_group_id=period.pay_group_id,
        pays_on__gt=period.pays_on,
    )  # fmt: skip
    following = rows.order_by("pays_on").first()
    PRL65.check(pays_on >= last and (following is None or pays_on < following.pays_on))
    PRL65.check(is_banking_day(pays_on, banking_holidays(pays_on)))
    submit_by = last_day_to_submit(pays_on)
    PRL65.check(submit_by is not None and submit_by >= timezone.localdate(at))


def _chosen(group: PayGroup, numbers: Collection[int], by: Actor) -> list[int]:
    PRL67.check(len(set(numbers)) <= MOST)
    found = employments_numbered(by.organisation_id, set(numbers))
    members = PayMember.objects.filter(
        organisation_id=by.organisation_id, pay_group=group,
        employment_id__in=[one.pk for one in found],
    )  # fmt: skip
    inside = set(members.values_list("employment_id", flat=True))
    missing = set(numbers) - {one.number for one in found if one.pk in inside}
    PRL66.check(numbers and not missing, ", ".join(map(str, sorted(missing)[:5])))
    PRL25.check(all(one.person_id != by.person_id for one in found))
    return sorted(inside)
