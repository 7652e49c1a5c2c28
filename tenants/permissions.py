from core.permissions import declare
from tenants.roles import EVERYONE
from tenants.roles import Role as R

SEE_HOME = declare("tenants.home.view", "see the home page of this organisation", *EVERYONE)
SEE_UNITS = declare(
    "tenants.unit.view",
    "see the units and who holds their budgets",
    *(R.ADMINISTRATOR, R.AUDITOR, R.FINANCE_MANAGER, R.HR_OFFICER, R.CENTRE_MANAGER),
)
KEEP_UNITS = declare("tenants.unit.keep", "add, change and end units", R.ADMINISTRATOR)
SEE_ORGANISATION = declare(
    "tenants.organisation.view",
    "see the facts and the calendar of the organisation",
    *(R.ADMINISTRATOR, R.AUDITOR, R.CENTRE_MANAGER),
)
KEEP_ORGANISATION = declare(
    "tenants.organisation.keep",
    "change the facts and the calendar of the organisation",
    *(R.ADMINISTRATOR, R.CENTRE_MANAGER),
)
FOUND_ORGANISATIONS = declare(
    "tenants.organisation.found", "found organisations, at the centre", R.ADMINISTRATOR
)
