"""Who looks after the ways in."""

from core.permissions import declare
from tenants.roles import Role as R

SEE_FACTORS = declare(
    "access.factor.view", "see who has a second factor", R.ADMINISTRATOR, R.AUDITOR
)
RESET_FACTORS = declare("access.factor.reset", "take second factors away", R.ADMINISTRATOR)
