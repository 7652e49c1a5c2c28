"""Who may ask what a pay would be, and who keeps cases as test rows."""

from core.permissions import declare
from tenants.roles import EVERYONE
from tenants.roles import Role as R

ASK_PAY = declare("payroll.what_if.ask", "work out what a pay would be", *EVERYONE)
SAVE_CASES = declare("payroll.what_if.save", "save a case as a test row", R.PAYROLL_OFFICER)
