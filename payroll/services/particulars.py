"""How somebody is paid: pay group, National Insurance letter, pension scheme, and their P45."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import year_start
from payroll.models import PayGroup, PayMember
from payroll.permissions import KEEP_PARTICULARS
from payroll.rules import PRL61, PRL62, PRL63
from payroll.services.deductions import check_not_own

NAMES = {
    "pay_group": "pay group",
    "letter": "National Insurance letter",
    "scheme": "pension scheme",
    "half": "half contributions",
    "brought_year": "tax year of the P45",
    "brought_pay_pence": "pay before",
    "brought_tax_pence": "tax before",
}


@dataclass(frozen=True)
class Particulars:
    """All of it. `brought_…` are taxable pay and tax of this tax year in pence, from before the
    first payslip here: of a P45, or of the payroll that was left."""

    pay_group: PayGroup
    letter: str
    scheme: int
    half: bool = False
    brought_pay_pence: int = 0
    brought_tax_pence: int = 0

    def check(self) -> None:
        """PRL61, PRL62."""
        PRL61.check(not self.half or self.scheme == Scheme.LGPS)
        PRL62.check(min(self.brought_pay_pence, self.brought_tax_pence) >= 0)

    def columns(self, on: date) -> dict[str, object]:
        """As they are kept: what is brought along belongs to the tax year of a day."""
        brings = self.brought_pay_pence or self.brought_tax_pence
        return {**vars(self), "brought_year": year_start(on).year if brings else 0}


def change_particulars(
    *, employment: Employment, to: Particulars, reason: str, by: Actor, at: datetime
) -> PayMember:
    """Taken by every calculation from now on; who is in no group yet joins this one.

    PRL25 for one's own, PRL61, PRL62, PRL63 without a reason. Event payroll.particulars.changed,
    which names what changed; the amounts of a P45 stay out of it.
    """
    require(by, KEEP_PARTICULARS)
    check_not_own(employment=employment, by=by)
    to.check()
    PRL63.check(reason.strip())
    here = {"organisation_id": by.organisation_id, "employment": employment}
    columns = to.columns(timezone.localdate(at))
    row, new = PayMember.objects.select_for_update().get_or_create(**here, defaults=columns)
    changed = [name for name, value in columns.items() if new or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    if changed and not new:
        row.save(update_fields=changed)
    record(
        "payroll.particulars.changed", employment, by=by, at=at, comment=reason.strip()[:200],
        what=", ".join(NAMES[name] for name in changed) or "nothing", letter=row.letter,
        pay_group=row.pay_group.code, scheme=row.get_scheme_display(), half=row.half,
    )  # fmt: skip
    return row
