"""Why statutory pay is not paid, as a letter about it names the reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why, as far as the record can tell."""

    SERVICE = "service"
    LEFT = "left"
    EVIDENCE = "evidence"
    EARNINGS = "earnings"
    USED_UP = "used_up"
    OTHER_PAY = "other_pay"
    LINKED = "linked"
    AWAY = "away"
    CONTRACT = "contract"


_LABELS = {
    Reason.SERVICE: "Too short a service", Reason.LEFT: "Left before the week that counts",
    Reason.EVIDENCE: "No evidence", Reason.EARNINGS: "Earnings below the limit",
    Reason.USED_UP: "All weeks are paid", Reason.OTHER_PAY: "Maternity pay period",
    Reason.LINKED: "Linked too long", Reason.AWAY: "Away without pay since before the change",
    Reason.CONTRACT: "Employment ended",
}  # fmt: skip
REASONS = [(one.value, _LABELS[one]) for one in Reason]
"""As choices."""
FORMS = [(one, one) for one in ("SSP1", "SMP1", "SAP1", "SPP1", "ShPP1", "SPBP1", "SNCP1")]
"""As choices."""
