"""Who may ask what a pay would be, run and approve pay, and see whose payslips."""

from access.permissions import KEEP_GRANTS
from core.permissions import declare, keep_apart
from finance.permissions import RELEASE_PAYMENTS
from hr.permissions import KEEP_TERMS
from tenants.roles import EVERYONE
from tenants.roles import Role as R

ASK_PAY = declare("payroll.what_if.ask", "work out what a pay would be", *EVERYONE)
SAVE_CASES = declare("payroll.what_if.save", "save a case as a test row", R.PAYROLL_OFFICER)
# Totals and counts of a run, nobody's pay.
SEE_PAY_RUNS = declare(
    "payroll.run.view", "see pay runs and their totals", R.PAYROLL_OFFICER, R.FINANCE_MANAGER,
    R.AUDITOR,
)  # fmt: skip
# Totals by creditor; of an attachment order its creditor and number, not whose it is.
SEE_DUES = declare(
    "payroll.due.view", "see what is owed to others out of pay", R.PAYROLL_OFFICER,
    R.FINANCE_MANAGER, R.AUDITOR,
)  # fmt: skip
PAY_OVER = declare(
    "payroll.due.pay_over", "propose to pay over what was withheld", R.PAYROLL_OFFICER
)
RUN_PAY = declare("payroll.run.run", "run the pay and settle exceptions", R.PAYROLL_OFFICER)
APPROVE_PAY = declare("payroll.run.approve", "approve pay runs", R.FINANCE_MANAGER)
KEEP_PAY_GROUPS = declare("payroll.group.keep", "set up pay groups", R.PAYROLL_OFFICER)
SEE_PAYSLIPS = declare("payroll.payslip.view", "see payslips of others", R.PAYROLL_OFFICER)
SEE_OWN_PAY = declare("payroll.own.view", "see your own payslips", *EVERYONE)

keep_apart(
    "pay_approve",
    first=(RUN_PAY,),
    second=(APPROVE_PAY,),
    label="makes the payroll and approves it",
    risk="They could pay themselves or a friend too much.",
)
keep_apart(
    "pay_terms",
    first=(KEEP_TERMS,),
    second=(RUN_PAY, APPROVE_PAY),
    label="sets pay scales and terms, and makes or approves the payroll",
    risk="They could raise a rate and pay by it.",
)
keep_apart(
    "rights_pay",
    first=(KEEP_GRANTS,),
    second=(RUN_PAY, APPROVE_PAY),
    label="gives rights, and makes or approves the payroll",
    risk="They could give an accomplice the right that is missing.",
)
keep_apart(
    "pay_over",
    first=(PAY_OVER,),
    second=(RELEASE_PAYMENTS,),
    label="proposes to pay over what was withheld, and releases payments",
    risk="They could lead money of HMRC or of a fund to an account of their own.",
)
KEEP_ELEMENTS = declare("payroll.element.keep", "set up elements of pay", R.PAYROLL_OFFICER)
# A manager holds these for a subtree of units, and sees no further.
SEE_CLAIMS = declare(
    "payroll.claim.view", "see claims of hours and expenses", R.PAYROLL_OFFICER, R.MANAGER,
    R.FINANCE_MANAGER, R.AUDITOR,
)  # fmt: skip
MAKE_CLAIMS = declare(
    "payroll.claim.make", "enter hours and expenses of others", R.PAYROLL_OFFICER, R.MANAGER
)
CLAIM_OWN = declare("payroll.claim.own", "claim your own hours and expenses", *EVERYONE)
KEEP_SERVICE_COST = declare(
    "payroll.cost.keep", "record what the payroll service costs", R.FINANCE_MANAGER
)
# Held by those alone who see the staff record of the same units.
SEE_TEAM_COST = declare(
    "payroll.team.view", "see what teams cost", R.PAYROLL_OFFICER, R.MANAGER, R.AUDITOR
)
ASK_PAYROLL = declare("payroll.question.ask", "ask about your own payslips", *EVERYONE)
# Who of the centre serves an organisation as its payroll officer sees and answers these too.
SEE_QUESTIONS = declare("payroll.question.view", "see questions about payslips", R.PAYROLL_OFFICER)
ANSWER_QUESTIONS = declare(
    "payroll.question.answer", "answer and close questions about payslips", R.PAYROLL_OFFICER
)
# Debts and maintenance are nobody's business but of those who take them from pay.
SEE_ORDERS = declare("payroll.order.view", "see attachment orders", R.PAYROLL_OFFICER)
KEEP_ORDERS = declare("payroll.order.keep", "enter and end attachment orders", R.PAYROLL_OFFICER)
KEEP_NOTICES = declare(
    "payroll.notice.keep", "see and record loans to repay, gifts to charity and pay given up",
    R.PAYROLL_OFFICER,
)  # fmt: skip
KEEP_PARTICULARS = declare(
    "payroll.particulars.keep", "see and change pay groups, letters and pension schemes of people",
    R.PAYROLL_OFFICER,
)  # fmt: skip
KEEP_STATUTORY = declare(
    "payroll.statutory.keep", "see statutory pay and state average earnings", R.PAYROLL_OFFICER
)
SEE_PLANS = declare(
    "payroll.recovery.view", "see plans by which overpayments are given back", R.PAYROLL_OFFICER
)
KEEP_PLANS = declare(
    "payroll.recovery.keep", "enter and end plans by which overpayments are given back",
    R.PAYROLL_OFFICER,
)  # fmt: skip
KEEP_ENROLMENT = declare(
    "payroll.enrolment.keep", "see and keep automatic enrolment into pension schemes",
    R.PAYROLL_OFFICER,
)  # fmt: skip
OWN_PENSION = declare(
    "payroll.pension.own", "opt out of your pension scheme, or ask to join it", *EVERYONE
)
