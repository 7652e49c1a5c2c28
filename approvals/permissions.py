"""What the approvals app lets people do. Who decides on one request is said by its route."""

from core.permissions import declare
from tenants.roles import EVERYONE
from tenants.roles import Role as R

SEE_WAITING = declare("approvals.request.view", "see what waits for a decision", *EVERYONE)
WITHDRAW = declare("approvals.request.withdraw", "withdraw what you submitted", *EVERYONE)
DECIDERS = (R.MANAGER, R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.PAYROLL_OFFICER)
DECIDE = declare(
    "approvals.request.decide",
    "decide on requests",
    *DECIDERS,
    R.CENTRE_AGENT,
    R.CENTRE_MANAGER,
    R.ADMINISTRATOR,
)
SEE_EVERY_REQUEST = declare(
    "approvals.request.view_all", "see the decisions of others", R.AUDITOR, R.FINANCE_MANAGER
)
SEE_ROUTES = declare("approvals.route.view", "see who decides on what", *EVERYONE)
SET_ROUTES = declare(
    "approvals.route.set", "say who decides on what", R.ADMINISTRATOR, R.FINANCE_MANAGER
)
