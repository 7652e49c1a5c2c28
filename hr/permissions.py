"""What the record of staff lets people do, and which roles may."""

from core.permissions import declare, keep_apart
from tenants.roles import EVERYONE
from tenants.roles import Role as R

OFFICE = (R.HR_OFFICER, R.PAYROLL_OFFICER)

# A manager holds these for a subtree of units, and sees no further.
SEE_STAFF = declare("hr.staff.view", "see the staff record", *OFFICE, R.MANAGER, R.AUDITOR)
REQUEST_CHANGES = declare("hr.staff.request", "ask for changes of staff", R.HR_OFFICER, R.MANAGER)
AGREE_CHANGES = declare("hr.staff.agree", "agree to changes of staff", R.PAYROLL_OFFICER)
SEE_PRIVATE = declare(
    "hr.private.view", "see NI numbers, addresses, tax codes and bank details", R.PAYROLL_OFFICER
)
CHANGE_PRIVATE = declare(
    "hr.private.change",
    "change NI numbers, addresses, tax codes and bank details",
    R.PAYROLL_OFFICER,
)
CHANGE_OWN_ACCOUNT = declare(
    "hr.account.own", "change the account that your own pay goes to", *EVERYONE
)
SEE_ACCOUNT_CHANGES = declare(
    "hr.account.view", "see changes of accounts for pay", R.PAYROLL_OFFICER, R.AUDITOR
)
STOP_ACCOUNT_CHANGES = declare(
    "hr.account.stop", "stop changes of accounts for pay", R.PAYROLL_OFFICER
)
SEE_ACCOUNT_COOLING = declare(
    "hr.account_cooling.view", "see how long changed accounts for pay cool off", R.PAYROLL_OFFICER,
    R.AUDITOR, R.ADMINISTRATOR,
)  # fmt: skip
# Not for those who handle accounts: who shortens it cannot use it.
KEEP_ACCOUNT_COOLING = declare(
    "hr.account_cooling.keep", "set how long changed accounts for pay cool off", R.ADMINISTRATOR
)
SEE_OWN = declare("hr.own.view", "see your own record", *EVERYONE)
SEE_TERMS = declare("hr.terms.view", "see pay scales and terms", *OFFICE, R.MANAGER, R.AUDITOR)
# Whoever decides on an award sees what it costs.
SEE_AWARDS = declare(
    "hr.award.view", "see pay awards and their cost", *OFFICE, R.MANAGER, R.AUDITOR,
    R.FINANCE_MANAGER,
)  # fmt: skip
KEEP_TERMS = declare("hr.terms.keep", "set pay scales and terms", R.HR_OFFICER)
LOAD_STAFF = declare("hr.file.load", "load files of staff", R.HR_OFFICER)
# A manager sees and records the days of their units; why somebody is sick is for few.
SEE_ABSENCES = declare("hr.absence.view", "see who is away and when", *OFFICE, R.MANAGER)
RECORD_ABSENCES = declare("hr.absence.record", "record absences", R.HR_OFFICER, R.MANAGER)
SEE_WHY_AWAY = declare("hr.absence.reason", "see why somebody is sick", R.HR_OFFICER)

keep_apart(
    "staff_agree",
    first=(REQUEST_CHANGES,),
    second=(AGREE_CHANGES,),
    label="asks for starters, changes and leavers, and agrees to them",
    risk="They could put somebody on the payroll who does not exist.",
)
