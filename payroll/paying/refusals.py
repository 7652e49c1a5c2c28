"""Why statutory pay is refused or ends, and the form by which the law wants it told.

An employer may use its own version of a form that holds what the form asks for. Deadlines: seven
days for sick and maternity pay, and for neonatal care pay (HMRC's manual SPM167800; GOV.UK calls
that form NEO1), 28 days of the notice for the others. No form was found for shared parental pay:
its letter is called ShPP1 here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from payroll.calculator.parental_pay import Kind
from payroll.calculator.refusals import Reason
from payroll.calculator.sick_pay import Why
from payroll.paying.reckoned import FAMILY_LINES, NAMES, SICK_LINE, SICKNESS

# In plain words, as they stand in the letter.
REASONS = {
    Reason.SERVICE: "You were not employed by us for long enough by the week that counts.",
    Reason.LEFT: "You were not employed by us in the week that counts.",
    Reason.EVIDENCE: "We were not given the evidence that the law asks for.",
    Reason.EARNINGS: "Your average weekly earnings were below the lower earnings limit.",
    Reason.USED_UP: "All weeks that the law gives are paid.",
    Reason.OTHER_PAY: "The days lie in your maternity pay period.",
    Reason.LINKED: "Your periods of sickness are linked for longer than three years.",
    Reason.AWAY: "You had been away without sick pay for more than 28 weeks before 6 April 2026.",
    Reason.CONTRACT: "Your employment has ended.",
}
OF_DAYS = {
    Why.EARNS_TOO_LITTLE: Reason.EARNINGS, Why.USED_UP: Reason.USED_UP,
    Why.LINKED_TOO_LONG: Reason.LINKED, Why.AWAY_TOO_LONG: Reason.AWAY,
    Why.OTHER_PAY: Reason.OTHER_PAY,
}  # fmt: skip
FORMS = {
    SICKNESS: "SSP1", Kind.MATERNITY: "SMP1", Kind.ADOPTION: "SAP1", Kind.PATERNITY: "SPP1",
    Kind.SHARED: "ShPP1", Kind.BEREAVEMENT: "SPBP1", Kind.NEONATAL: "SNCP1",
}  # fmt: skip
# Of these from the day on which it is known, of the others from that of the notice.
SOON = ("SSP1", "SMP1", "SNCP1")
SOON_DAYS, USUAL_DAYS = timedelta(days=7), timedelta(days=28)
# Where sick pay is seen to end, it is told by the beginning of the 23rd of its 28 weeks.
WEEKS_AHEAD = timedelta(weeks=6)


@dataclass(frozen=True)
class Refusal:
    """Nothing is paid for an absence from a day on; `paid_to` is the last day that was before it.

    `known_on` is the day on which it was recorded, `asked_on` that of the notice.
    """

    employment_id: int
    employee: int
    name: str
    absence: int
    kind: str
    reason: Reason
    from_on: date
    known_on: date
    asked_on: date
    paid_to: date | None = None
    details: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return FORMS[self.kind]

    @property
    def key(self) -> str:
        """What names it in a list: an absence has one letter for each reason."""
        return f"{self.absence}-{self.reason}"

    @property
    def due_on(self) -> date:
        """The last day for telling it."""
        if self.paid_to and self.reason == Reason.USED_UP:
            return max(self.from_on - WEEKS_AHEAD, self.known_on + SOON_DAYS)
        if self.form in SOON:
            return max(self.known_on, self.from_on) + SOON_DAYS
        return self.asked_on + USUAL_DAYS


def pay_of(kind: str) -> str:
    """The name of the pay for a kind of absence."""
    return NAMES[SICK_LINE] if kind == SICKNESS else NAMES[FAMILY_LINES[Kind(kind)]]


def words_of(refusal: Refusal, employer: str) -> list[str]:
    """The paragraphs of the letter."""
    pay, day = pay_of(refusal.kind), f"{refusal.from_on:%-d %B %Y}"
    if refusal.paid_to:
        what = f"We pay you {pay} up to {refusal.paid_to:%-d %B %Y}, and not from {day} on."
    else:
        what = f"We cannot pay you {pay} from {day} on."
    return [
        f"This is the statement of {employer} in place of the form {refusal.form}: it says what the"
        " form asks for, and is not the form of the government itself.",
        what,
        f"Why: {REASONS[refusal.reason]}",
        *refusal.details,
        *_instead(refusal),
        "If you do not agree, ask us to explain it. If you still do not agree, ask the Statutory"
        " Payments Disputes Team of HM Revenue and Customs within six months of the first day that"
        " is not paid.",
    ]


def _instead(refusal: Refusal) -> list[str]:
    if refusal.kind == SICKNESS:
        return [
            "You may be able to claim Universal Credit or new style Employment and Support"
            " Allowance. Send this statement with the claim."
        ]
    if refusal.kind == Kind.MATERNITY:
        return [
            "You may be able to claim Maternity Allowance from the Department for Work and Pensions"
            " (form MA1). Send this statement with the claim."
        ]
    return []
