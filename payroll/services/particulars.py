"""How somebody is paid: pay group, National Insurance letter, pension scheme, and their P45."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import year_start
from payroll.models import DirectorMethod, PayGroup, PayMember
from payroll.permissions import KEEP_PARTICULARS
from payroll.rules import PRL61, PRL62, PRL63, PRL83, PRL84, PRL85
from payroll.selectors.members import paid_as_director
from payroll.services.deductions import check_not_own

NAMES = {
    "pay_group": "pay group",
    "letter": "National Insurance letter",
    "letter_kept": "whether the letter is kept",
    "scheme": "pension scheme",
    "half": "half contributions",
    "brought_year": "tax year of the P45",
    "brought_pay_pence": "pay before",
    "brought_tax_pence": "tax before",
    "director_from": "director since",
    "director_method": "method for a director",
    "director_year": "tax year of a director's figures",
    "director_pay_pence": "director's pay before",
    "director_nic_pence": "director's contributions before",
    "director_employer_nic_pence": "employer's contributions before",
    "apprentice_from": "apprentice since",
    "lodged_from": "lodging since",
    "lodging_pence": "cost of lodging",
}
FIGURES = ("director_pay_pence", "director_nic_pence", "director_employer_nic_pence")


@dataclass(frozen=True)
class Particulars:
    """All of it. `brought_…` are taxable pay and tax of this tax year in pence, from before the
    first payslip here: of a P45, or of the payroll that was left. `director_…` likewise: pay that
    bore National Insurance since the day, and both contributions; None where nobody states it.
    Lodging with the employer is pence a day. A letter that is kept does not follow the age."""

    pay_group: PayGroup
    letter: str
    scheme: int
    half: bool = False
    brought_pay_pence: int = 0
    brought_tax_pence: int = 0
    director_from: date | None = None
    director_method: str = ""
    director_pay_pence: int | None = None
    director_nic_pence: int | None = None
    director_employer_nic_pence: int | None = None
    apprentice_from: date | None = None
    lodged_from: date | None = None
    lodging_pence: int = 0
    letter_kept: bool = False

    @property
    def figures(self) -> dict[str, int | None]:
        """Those of a director from before the first payslip here."""
        return {name: getattr(self, name) for name in FIGURES}

    def check(self) -> None:
        """PRL61, PRL62, PRL83, PRL85."""
        PRL61.check(not self.half or self.scheme == Scheme.LGPS)
        PRL62.check(min(self.brought_pay_pence, self.brought_tax_pence) >= 0)
        figures = [one for one in self.figures.values() if one is not None]
        PRL83.check(not self.director_method or self.director_method in DirectorMethod.values)
        PRL83.check(bool(self.director_from) == bool(self.director_method))
        PRL83.check(not figures or (self.director_from and len(figures) == len(FIGURES)))
        PRL83.check(min(figures, default=0) >= 0)
        PRL85.check(self.lodging_pence >= 0 and (self.lodged_from or not self.lodging_pence))

    def columns(self, on: date) -> dict[str, object]:
        """As they are kept: what is brought along belongs to the tax year of a day."""
        brings = self.brought_pay_pence or self.brought_tax_pence
        year, stated = year_start(on).year, self.director_pay_pence is not None
        return {
            **vars(self),
            "brought_year": year if brings else 0,
            "director_year": year if stated else 0,
            **{name: pence or 0 for name, pence in self.figures.items()},
        }


def change_particulars(
    *, employment: Employment, to: Particulars, reason: str, by: Actor, at: datetime
) -> PayMember:
    """Taken by every calculation from now on; who is in no group yet joins this one.

    PRL25 for one's own, PRL61, PRL62, PRL63 without a reason, PRL83 to PRL85. Event
    payroll.particulars.changed, which names what changed; amounts stay out of it.
    """
    require(by, KEEP_PARTICULARS)
    check_not_own(employment=employment, by=by)
    to.check()
    PRL63.check(reason.strip())
    here = {"organisation_id": by.organisation_id, "employment": employment}
    today = timezone.localdate(at)
    PRL84.check(to.director_from or not paid_as_director(employment, year_start(today)))
    columns = to.columns(today)
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
        director=row.get_director_method_display() if row.director_method else "No",
    )  # fmt: skip
    return row
