"""Who sees the comparison and the boards of all partners."""

from core.permissions import declare
from sla.permissions import BOARD
from tenants.roles import Role as R

SEE_COMPARISON = declare("benchmarking.comparison.view", "see the comparison of partners", *BOARD)
SEE_PARTNERS = declare("benchmarking.partners.view", "see the measures of all partners", *BOARD)
PUBLISH = declare(
    "benchmarking.comparison.publish", "publish the comparison", R.CENTRE_MANAGER, R.CENTRE_AGENT
)
MAKE_PACKS = declare(
    "benchmarking.pack.make",
    "make the board pack of this organisation",
    *(R.FINANCE_MANAGER, R.FINANCE_OFFICER, R.CENTRE_MANAGER, R.CENTRE_AGENT),
)
