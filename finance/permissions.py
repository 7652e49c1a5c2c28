"""What the finance app lets people do, and which roles may."""

from access.permissions import KEEP_GRANTS
from core.permissions import declare, keep_apart
from tenants.roles import Role as R

OFFICE = (R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.CENTRE_AGENT, R.CENTRE_MANAGER)
READERS = (*OFFICE, R.AUDITOR)

SEE_INVOICES = declare("finance.invoice.view", "see supplier invoices", *READERS, R.MANAGER)
SEE_REPORTS = declare("finance.report.view", "see reports on supplier invoices", *READERS)
ENTER_INVOICES = declare(
    "finance.invoice.enter", "enter or change invoices", R.FINANCE_OFFICER, R.CENTRE_AGENT
)
APPROVE_INVOICES = declare(
    "finance.invoice.approve", "approve invoices", R.MANAGER, R.FINANCE_MANAGER
)
AGREE_SCHEDULES = declare(
    "finance.schedule.agree",
    "agree to schedules of recurring invoices",
    R.FINANCE_MANAGER,
    R.CENTRE_MANAGER,
)
REVERSE_INVOICES = declare("finance.invoice.reverse", "reverse invoices", R.FINANCE_MANAGER)
SIGN_NOTICES = declare("finance.notice.sign", "sign payments compliance notices", R.FINANCE_MANAGER)
SET_REDACTIONS = declare(
    "finance.redaction.set", "say which payees are not named", R.FINANCE_MANAGER
)
PROPOSE_PUBLICATION = declare(
    "finance.publication.propose",
    "put spending up for publication",
    *(R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.CENTRE_AGENT),
)
SEE_SUPPLIERS = declare("finance.supplier.view", "see suppliers", *READERS)
CHANGE_SUPPLIERS = declare(
    "finance.supplier.change", "change suppliers", R.FINANCE_OFFICER, R.CENTRE_AGENT
)
AGREE_SUPPLIERS = declare(
    "finance.supplier.agree", "agree to new suppliers", R.FINANCE_MANAGER, R.CENTRE_MANAGER
)
AGREE_BANK = declare(
    "finance.supplier.agree_bank", "agree to new bank details", R.FINANCE_MANAGER, R.CENTRE_MANAGER
)
HOLD_SUPPLIERS = declare("finance.supplier.hold", "hold payments to suppliers", *OFFICE)
RELEASE_SUPPLIERS = declare(
    "finance.supplier.release", "release held suppliers", R.FINANCE_MANAGER, R.CENTRE_MANAGER
)
SEE_COOLING = declare(
    "finance.cooling_off.view",
    "see how long new bank details cool off",
    *(*READERS, R.ADMINISTRATOR),
)
# Not for those who agree to bank details: who shortens it cannot use it.
KEEP_COOLING = declare(
    "finance.cooling_off.keep", "set how long new bank details cool off", R.ADMINISTRATOR
)
LOOK_AT_BANK = declare("finance.supplier.see_bank", "see whole bank details of suppliers", *OFFICE)
LOAD_FILES = declare("finance.file.load", "load files", R.FINANCE_OFFICER, R.CENTRE_AGENT)
SEE_LAYOUTS = declare(
    "finance.layout.view", "see the layouts of files that are known", *READERS, R.ADMINISTRATOR
)
KEEP_LAYOUTS = declare(
    "finance.layout.keep",
    "rename and retire layouts of files",
    *(R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.CENTRE_AGENT, R.ADMINISTRATOR),
)
SEE_FILES = declare("finance.file.view", "see loaded files", *READERS)
HAND_OVER_RESPONSES = declare(
    "finance.response.hand_over",
    "hand invoice responses to an access point",
    *(R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.CENTRE_AGENT),
)
SEE_PAYMENTS = declare("finance.payment.view", "see payments", *READERS)
PROPOSE_PAYMENTS = declare(
    "finance.payment.propose", "propose payments", R.FINANCE_OFFICER, R.CENTRE_AGENT
)
RELEASE_PAYMENTS = declare("finance.payment.release", "release payments", R.FINANCE_MANAGER)
DOWNLOAD_PAYMENT_FILES = declare(
    "finance.payment.download", "download payment files", R.FINANCE_OFFICER, R.FINANCE_MANAGER
)
SEND_REMITTANCES = declare(
    "finance.remittance.send",
    "send remittance advice",
    *(R.FINANCE_OFFICER, R.FINANCE_MANAGER, R.CENTRE_AGENT),
)
KEEP_BANK_ACCOUNTS = declare(
    "finance.bank_account.keep", "set up bank accounts to pay from", R.ADMINISTRATOR
)
SEE_LEDGER = declare("finance.ledger.view", "see the ledger", *READERS)
POST_JOURNALS = declare("finance.ledger.post", "post journals", R.FINANCE_OFFICER)
CLOSE_PERIODS = declare("finance.period.close", "close or open periods", R.FINANCE_MANAGER)
SEE_BANK = declare("finance.bank.view", "see bank statements", *READERS)
LOAD_STATEMENTS = declare(
    "finance.bank.load", "load bank statements", R.FINANCE_OFFICER, R.CENTRE_AGENT
)
MATCH_BANK = declare("finance.bank.match", "match bank entries", R.FINANCE_OFFICER, R.CENTRE_AGENT)
RETURN_PAYMENTS = declare(
    "finance.payment.return", "reverse returned payments", R.FINANCE_OFFICER, R.CENTRE_AGENT
)
SIGN_RECONCILIATIONS = declare(
    "finance.bank.sign", "sign bank reconciliations", R.FINANCE_MANAGER, R.CENTRE_MANAGER
)

keep_apart(
    "supplier_bank",
    first=(CHANGE_SUPPLIERS,),
    second=(AGREE_SUPPLIERS, AGREE_BANK, RELEASE_PAYMENTS),
    label="changes bank details of suppliers, and agrees to them or releases payments",
    risk="They could lead a payment to an account of their own.",
)
keep_apart(
    "invoice_approve",
    first=(ENTER_INVOICES,),
    second=(APPROVE_INVOICES,),
    label="enters invoices and approves them",
    risk="They could have something paid that was never delivered.",
)
keep_apart(
    "invoice_pay",
    first=(ENTER_INVOICES, PROPOSE_PAYMENTS),
    second=(RELEASE_PAYMENTS,),
    label="enters invoices or proposes payments, and releases them",
    risk="They could enter an invoice and send the money for it.",
)
keep_apart(
    "bank_sign",
    first=(POST_JOURNALS, MATCH_BANK),
    second=(SIGN_RECONCILIATIONS,),
    label="posts journals or matches bank entries, and signs the reconciliation",
    risk="They could hide a payment in the books and sign that all is well.",
)
keep_apart(
    "rights_money",
    first=(KEEP_GRANTS, KEEP_BANK_ACCOUNTS, KEEP_COOLING),
    second=(ENTER_INVOICES, CHANGE_SUPPLIERS, AGREE_SUPPLIERS, AGREE_BANK, RELEASE_PAYMENTS),
    label="gives rights, sets up bank accounts or the cooling-off, and handles payments",
    risk="They could give an accomplice the right that is missing.",
)
