"""Who sees measures and boards, and who sets targets."""

from core.permissions import declare
from tenants.roles import Role as R

BOARD = (
    *(R.BOARD_MEMBER, R.AUDITOR, R.FINANCE_MANAGER, R.CENTRE_MANAGER, R.CENTRE_AGENT),
    *(R.FINANCE_OFFICER, R.MANAGER),
)

SEE_BOARD = declare("sla.board.view", "see the board page of this organisation", *BOARD)
SEE_MEASURES = declare("sla.measure.view", "see measures and their definitions", *BOARD)
SET_TARGETS = declare("sla.target.set", "set targets", R.CENTRE_MANAGER, R.FINANCE_MANAGER)
COMPUTE_MEASURES = declare(
    "sla.measure.compute",
    "compute measures",
    *(R.FINANCE_MANAGER, R.FINANCE_OFFICER, R.CENTRE_MANAGER, R.CENTRE_AGENT),
)
SIGN_FIGURES = declare(
    "sla.month.sign", "sign the figures of a month for this organisation", R.FINANCE_MANAGER
)
REMARK_ON_FIGURES = declare(
    "sla.figure.remark",
    "say why a figure is what it is",
    *(R.FINANCE_MANAGER, R.FINANCE_OFFICER, R.CENTRE_MANAGER, R.CENTRE_AGENT),
)
CLAIM_RELIEF = declare(
    "sla.relief.claim",
    "claim relief for what the centre could not control",
    *(R.CENTRE_AGENT, R.CENTRE_MANAGER),
)
