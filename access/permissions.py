"""Who looks after the ways in."""

from core.permissions import declare
from tenants.roles import Role as R

SEE_FACTORS = declare(
    "access.factor.view", "see who has a second factor", R.ADMINISTRATOR, R.AUDITOR
)
OFFICERS = [role for role in R if role.needs_second_factor]
MAKE_TOKENS = declare("access.token.make", "make tokens for programs", *OFFICERS)
SEE_TOKENS = declare(
    "access.token.view_all", "see the tokens of others", R.ADMINISTRATOR, R.AUDITOR
)
END_TOKENS = declare("access.token.end", "end the tokens of others", R.ADMINISTRATOR)
SEE_GRANTS = declare("access.grant.view", "see who may do what", R.ADMINISTRATOR, R.AUDITOR)
KEEP_GRANTS = declare("access.grant.keep", "give, change and end rights", R.ADMINISTRATOR)
SEE_CONFLICTS = declare(
    "access.conflict.view",
    "see conflicts of duties",
    *(R.ADMINISTRATOR, R.AUDITOR, R.FINANCE_MANAGER),
)
AGREE_CONFLICTS = declare(
    "access.conflict.agree",
    "agree that somebody holds conflicting duties",
    *(R.ADMINISTRATOR, R.FINANCE_MANAGER),
)
SEE_PROVIDER = declare(
    "access.provider.view",
    "see how people sign in through the organisation",
    *(R.ADMINISTRATOR, R.AUDITOR, R.CENTRE_MANAGER),
)
KEEP_PROVIDER = declare(
    "access.provider.keep", "set the provider up that people sign in through", R.ADMINISTRATOR
)
VERIFY_DOMAINS = declare(
    "access.domain.verify", "verify email domains", R.CENTRE_MANAGER, R.ADMINISTRATOR
)
RESET_FACTORS = declare(
    "access.factor.reset", "take second factors away, and end sessions of others", R.ADMINISTRATOR
)
