"""How each promise of the books is broken behind the back of every constraint and trigger."""

from tests.payroll import pay_runs

SEALED = "Sealed values open in their place and agree with their index"
REFERS = "References of tables written in bulk lead to a row"
BACK_PAY = "Back pay corrects a period that was paid before, and never one to come"
PAID_ONCE = "An item of pay is paid by the committed run whose payslip names it, and by no other"
BASIC_ONCE = "Basic pay of a period is paid once, and back pay knows all that was paid before"
ORDERED = "What payslips take for orders is what their lines say, and no debt is taken twice"
RECOVERED = (
    "What payslips take of overpayments is what their lines say, and no more than was overpaid"
)
REPLACED = "A replaced P60 is the version before, of the same person and tax year"
ADDS_UP = "The lines of every payslip add up to its net pay"
BORNE = "What payslips cost is borne by somebody, to the penny"
TO_HMRC = "What was made for HMRC is what its pay run paid"
TWICE = "Nobody joins a pension scheme twice without leaving it between"
FOUND = "What committed runs found for automatic enrolment is on record, with its letter"
GIVEN_BACK = "Opting out gives back no more than was taken"
OWED_OUT = "Control accounts of pay hold of runs what they owe to others less what was paid over"
OWED_PARTS = "What is owed besides invoices is the sum of its parts"
PAY_JOURNAL = "The journal of a committed pay run is the sum of its payslips"
PAID_WHOLE = "Net pay is paid whole: payments, files and net pay control agree"
NET_OWED = (
    "Net pay control owes what committed runs will pay, and what came back and is not paid again"
)
AGAIN = "Net pay is paid again only after it came back, once, by files of its own"
JOURNALS, BALANCES = "Every journal balances and agrees with its header", "Balances equal the lines"
LEDGER_SEALS, TRAIL_SEALS = "The chain of seals holds", "The seals of the audit trail hold"
MIRRORS, NUMBERS = "A reversal mirrors its journal", "Document numbers have no gaps"
DELIVERIES = "Events reach their handlers within the hour"
PARTS = "A finished run has done all of its parts and rows"
CONTROLS = "A finished run reached its control totals"
RESULTS = "The results of a finished run are those of its parts"
LINES = "An invoice is the sum of its lines"
STATES = "Invoices have a journal exactly when their state says so"
OWED = "The journal of an invoice credits what is owed for it"
REVERSED = "A reversed invoice that was posted has a reversed journal"
PAYABLES = "Trade payables in the ledger equal the invoices that are open"
ALLOCATED = "What is allocated to an invoice is what its payments settle"
PAID = "An invoice is paid exactly when released payments settle all of it"
CREDITED = "What is matched of an invoice or credit note is the sum of its matches"
SAID = "A reconciled statement of a supplier is the sum of its lines on both sides"
FITS = "An invoice that fits a schedule is of its supplier and of its amount"
SETTLES = "A payment is the sum of what it settles"
TOLD = "Suppliers are told of payments that left, and of no others"
NOTICES = "Signed payments notices add up, and their versions leave no gap"
RUNS = "A payment run is the sum of its payments"
FILES = "A file for the bank holds its run, and its bytes are those that were made"
PAY_FILES = "A file of pay for the bank has the bytes that were made"
DEBITED = "Released payments are debited to trade payables, and no others"
STATEMENT = "The entries of a statement lead from its opening to its closing balance"
MATCHED = "What is matched of an entry is what its matches explain"
EXPLAINS = "A match explains entries by things of the same amount"
CLEARED = "A payment run counts as cleared what statements show and what never left"
BACK = "A payment is returned exactly when it was reversed, once"
TRANSIT = "Payments in transit are those that no statement shows"
SIGNED = "A signed bank reconciliation still agrees with ledger and statements"
SHARED = "The cost of each placement is shared out whole"
PLACED = "Nobody is placed outside their employment"
CARRIED_OUT = "What was approved was carried out"
ALLOWED = "Nobody has an allowance outside their employment"
ROWS = "Every row of a loaded file is accounted for, to the penny"
NOT_THE_MAKER = "Nobody decides on what they submitted, for themselves or for another"
ONCE = "Each person decides once on a request, whether for themselves or for another"
STEPS = "The state of a request follows from its steps"
BY_PEOPLE = "Requests have steps exactly when people decide on them"
FOR_ANOTHER = "A decision for another rests on a delegation of that day"
NO_CHAIN = "Delegations form no chain"
COUNTED = "What was approved of one supplier and category was counted"
SIGNED_FIGURES = "The figures of a signed month are those that were signed"
CORRECTIONS = "Only figures of signed months have corrections"
PUBLISHED = "A publication of spending is the file that was put up"
ANSWERED = "An invoice response says in its bytes the status and the document of its row"
ANSWERS_FORWARD = "What a supplier is told of a document never goes back"
RELIEF = "A figure after relief has an agreed event behind it"
TARGETS = "A target that people changed is what two of them agreed"
LOOKED_AT = "A finished review of rights has looked at every right"
DUTIES = "An accepted conflict of duties rests on rights of that person"
UNIT_PATHS = "The path of a unit is that of the unit it is part of, with its own code behind"
LASTING = "No unit outlives the unit it is part of"
LED = "What is kept of units leads to units that are there"
STOPPED = "A supplier with a hold in force is held"
ASKED_FOR = "A supplier that was asked for is open exactly when a second person agreed"
BANDS = "The bands of an agreed route cover every amount once"

# Table, what is done to it, and every promise that this breaks.
BREAKS = [
    ("finance_sourcerow", "UPDATE finance_sourcerow SET source_file_id = 0", {REFERS, ROWS}),
    (
        "finance_journalline",
        "UPDATE finance_journalline SET amount_pence = amount_pence + 1 WHERE coding_id IN"
        " (SELECT c.id FROM finance_coding c JOIN finance_account a ON a.id = c.account_id"
        "  WHERE a.code = '54300')",
        {JOURNALS, BALANCES, MIRRORS, LEDGER_SEALS},
    ),
    (
        "finance_balance",
        "UPDATE finance_balance SET debit_pence = debit_pence + 1 WHERE coding_id ="
        " (SELECT c.id FROM finance_coding c JOIN finance_account a ON a.id = c.account_id"
        "  WHERE a.code = '21000')",
        {BALANCES, PAYABLES},
    ),
    ("finance_series", "UPDATE finance_series SET next_no = 99 WHERE code = 'AP'", {NUMBERS}),
    (
        "finance_journal",
        "UPDATE finance_journal SET document_no = 77 WHERE series = 'AP' AND document_no = 1",
        {NUMBERS, LEDGER_SEALS},
    ),
    ("finance_chainhead", "UPDATE finance_chainhead SET number = 1", {LEDGER_SEALS}),
    ("finance_reversal", "DELETE FROM finance_reversal", {REVERSED}),
    (
        "events_event",
        "UPDATE events_event SET person_name = 'Nobody' WHERE verb = 'finance.invoice.reversed'",
        {TRAIL_SEALS},
    ),
    ("events_delivery", "UPDATE events_delivery SET state = 'stuck'", {DELIVERIES}),
    (
        "events_delivery",
        "UPDATE events_delivery SET state = 'waiting', run_at = run_at - interval '2 hours'",
        {DELIVERIES},
    ),
    ("runs_run", "UPDATE runs_run SET rows_done = rows_done - 1", {PARTS}),
    ("runs_chunk", "UPDATE runs_chunk SET state = 'todo'", {PARTS}),
    (
        "runs_run",
        "UPDATE runs_run SET control = jsonb_set(control, '{pence}', '1')",
        {CONTROLS},
    ),
    (
        "runs_chunk",
        "UPDATE runs_chunk SET results = jsonb_set(results, '{held_rows}', '99')",
        {RESULTS},
    ),
    (
        "finance_invoiceline",
        "UPDATE finance_invoiceline SET net_pence = net_pence + 1 WHERE id ="
        " (SELECT min(id) FROM finance_invoiceline)",
        {LINES},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET state = 'received' WHERE state = 'posted' AND origin = 'keyed'",
        {STATES},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET period = NULL, batch_id = NULL, journal_id = NULL"
        " WHERE state = 'posted' AND origin = 'keyed'",
        {STATES, PAYABLES},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET journal_id = journal_id + 900 WHERE state = 'reversed'",
        {OWED, REVERSED},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET state = 'posted' WHERE state = 'reversed'",
        {REVERSED, PAYABLES},
    ),
    (
        "finance_allocation",
        "UPDATE finance_allocation SET amount_pence = amount_pence + 1 WHERE id ="
        " (SELECT min(id) FROM finance_allocation)",
        {ALLOCATED, SETTLES},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET state = 'posted' WHERE state = 'paid' AND origin = 'keyed'",
        {PAID, PAYABLES},
    ),
    (
        "finance_supplierstatementline",
        "UPDATE finance_supplierstatementline SET our_pence = our_pence + 1",
        {SAID},
    ),
    (
        "finance_recurringinvoice",
        "UPDATE finance_recurringinvoice SET expected_pence = expected_pence + 1",
        {FITS},
    ),
    (
        "finance_creditmatch",
        "UPDATE finance_creditmatch SET amount_pence = amount_pence + 1",
        {CREDITED},
    ),
    (
        "finance_paymentrun",
        "UPDATE finance_paymentrun SET total_pence = total_pence + 1 WHERE method = 'published'",
        {RUNS},
    ),
    (
        "finance_paymentrun",
        "UPDATE finance_paymentrun SET state = 'proposed' WHERE method = 'bacs'",
        {RUNS, FILES},
    ),
    (
        "finance_paymentsnotice",
        "INSERT INTO finance_paymentsnotice (organisation_id, first_on, last_on, version, figures,"
        " statement, job_title, reason, signed_by_name, signed_at) SELECT organisation_id,"
        " '2026-04-01', '2026-09-30', 2, '{}', '', 'Head', 'Late', '', now()"
        " FROM finance_payment LIMIT 1",
        {NOTICES},
    ),
    (
        "finance_remittanceadvice",
        "INSERT INTO finance_remittanceadvice (organisation_id, payment_id, address, made_by_name,"
        " made_at, problem) SELECT organisation_id, id, 'a@firm.example', '', now(), ''"
        " FROM finance_payment WHERE state = 'proposed' LIMIT 1",
        {TOLD},
    ),
    (
        "finance_paymentfilepart",
        "DELETE FROM finance_paymentfilepart",
        {FILES},
    ),
    (
        "finance_paymentfilepart",
        "UPDATE finance_paymentfilepart SET content_sealed = '\\x00'",
        {FILES, SEALED},
    ),
    (
        "finance_supplier",
        "UPDATE finance_supplier SET status = 'active' WHERE status = 'proposed'",
        {ASKED_FOR},
    ),
    (
        "finance_supplier",
        "UPDATE finance_supplier SET status = 'active' WHERE status = 'held'",
        {STOPPED},
    ),
    ("finance_supplierbank", "UPDATE finance_supplierbank SET account_index = '\\x00'", {SEALED}),
    (
        "finance_payment",
        "UPDATE finance_payment SET journal_id = journal_id + 900 WHERE account_ending <> ''",
        {DEBITED},
    ),
    (
        "finance_statementline",
        "UPDATE finance_statementline SET amount_pence = amount_pence + 1 WHERE matched_pence = 0",
        {STATEMENT, SIGNED},
    ),
    (
        "finance_matchedline",
        "UPDATE finance_matchedline SET amount_pence = amount_pence + 1",
        {MATCHED, EXPLAINS, SIGNED},
    ),
    (
        "finance_bankmatch",
        "UPDATE finance_bankmatch SET amount_pence = amount_pence + 1",
        {EXPLAINS},
    ),
    (
        "finance_paymentrun",
        "UPDATE finance_paymentrun SET cleared = 0 WHERE cleared > 0",
        {CLEARED},
    ),
    ("finance_paymentreturn", "DELETE FROM finance_paymentreturn", {BACK, TRANSIT}),
    (
        "finance_bankreconciliation",
        "UPDATE finance_bankreconciliation SET ledger_pence = ledger_pence + 1,"
        " statement_pence = statement_pence + 1",
        {SIGNED},
    ),
    (
        "finance_sourcerow",
        "DELETE FROM finance_sourcerow WHERE kind = 'held' AND cause <> ''"
        " AND amount_pence IS NULL",
        {ROWS},
    ),
    (
        "finance_sourcerow",
        "UPDATE finance_sourcerow SET amount_pence = amount_pence + 1 WHERE kind = 'loaded'",
        {ROWS},
    ),
    (
        "finance_spendpublication",
        "UPDATE finance_spendpublication SET content = content || '\\x20'::bytea",
        {PUBLISHED},
    ),
    (
        "finance_invoiceresponse",
        "UPDATE finance_invoiceresponse SET status = 'IP'",
        {ANSWERED},
    ),
    (
        "finance_invoiceresponse",
        "INSERT INTO finance_invoiceresponse SELECT (jsonb_populate_record(r,"
        ' \'{"id": -1, "status": "PD"}\')).* FROM finance_invoiceresponse r',
        {ANSWERED, ANSWERS_FORWARD},
    ),
    (
        "sla_target",
        "INSERT INTO sla_target (id, organisation_id, indicator_code, valid_from, met_at,"
        " approaching, inadequate, set_by_name, set_at, change_id) SELECT 1, organisation_id,"
        " indicator_code, valid_from, met_at, approaching, inadequate, 'Nobody', now(), id"
        " FROM sla_targetchange",
        {TARGETS},
    ),
    (
        "sla_measurevalue",
        "UPDATE sla_measurevalue SET measure = 'net.AP-03.above'"
        " WHERE measure = 'finance.paid_in_30_days'",
        {RELIEF, SIGNED_FIGURES},
    ),
    ("sla_measurevalue", "UPDATE sla_measurevalue SET value = value + 1", {SIGNED_FIGURES}),
    (
        "sla_correction",
        "INSERT INTO sla_correction (id, organisation_id, measure, month, part, value, found_at,"
        " run_id, reason, reason_by_name) SELECT 1, organisation_id, measure, '2001-01-01', '', 1,"
        " now(), run_id, '', '' FROM sla_measurevalue LIMIT 1",
        {CORRECTIONS},
    ),
    ("hr_costshare", "UPDATE hr_costshare SET ten_thousandths = 9999", {SHARED}),
    ("hr_placement", "UPDATE hr_placement SET from_on = from_on - 1", {PLACED}),
    ("hr_placement", "UPDATE hr_placement SET request_id = NULL", {CARRIED_OUT}),
    ("hr_heldallowance", "UPDATE hr_heldallowance SET from_on = from_on - 1", {ALLOWED}),
    ("hr_staffrequest", "UPDATE hr_staffrequest SET employment_id = NULL", {CARRIED_OUT}),
    ("payroll_payslipline", "DELETE FROM payroll_payslipline WHERE kind = 'nic'", {ADDS_UP}),
    (
        "payroll_paycost",
        "UPDATE payroll_paycost SET nic_pence = nic_pence + 1",
        {BORNE, PAY_JOURNAL},
    ),
    ("payroll_payrun", "UPDATE payroll_payrun SET batch_id = 0", {PAY_JOURNAL}),
    (
        "payroll_payslipline",
        "UPDATE payroll_payslipline l SET kind = 'back', origin_id = r.period_id"
        " FROM payroll_payslip s, payroll_payrun r WHERE s.organisation_id = l.organisation_id"
        " AND s.id = l.payslip_id AND r.organisation_id = s.organisation_id"
        " AND r.id = s.pay_run_id AND l.kind = 'basic'",
        {BACK_PAY},
    ),
    (
        "payroll_payslip",
        "UPDATE payroll_payslip SET inputs ="
        """ jsonb_set(inputs, '{back}', '[[1, "", "", 1, 0, -7, 7, ""]]')""",
        {BASIC_ONCE},
    ),
    (
        "payroll_ordertaken",
        "UPDATE payroll_ordertaken SET deducted_pence = deducted_pence + 1",
        {ORDERED},
    ),
    ("payroll_payorder", "UPDATE payroll_payorder SET debt_pence = 1", {ORDERED}),
    (
        "payroll_recoverytaken",
        "UPDATE payroll_recoverytaken SET taken_pence = taken_pence + 1",
        {RECOVERED},
    ),
    ("payroll_pensionstatus", pay_runs.ALL_JOIN, {TWICE, FOUND}),
    ("payroll_payslip", "UPDATE payroll_payslip SET pension_pence = -1", {GIVEN_BACK}),
    ("payroll_submission", "UPDATE payroll_submission SET nic_pence = nic_pence + 1", {TO_HMRC}),
    (
        "payroll_certificate",
        "UPDATE payroll_certificate SET version = 3, replaces_id = id",
        {REPLACED},
    ),
    ("payroll_paydue", "UPDATE payroll_paydue SET amount_pence = amount_pence + 1", {OWED_OUT}),
    (
        "finance_liabilitypart",
        "UPDATE finance_liabilitypart SET amount_pence = amount_pence + 1",
        {OWED_PARTS},
    ),
    ("payroll_payitem", "UPDATE payroll_payitem SET pay_run_id = NULL", {PAID_ONCE}),
    (
        "payroll_paypayment",
        "UPDATE payroll_paypayment SET amount_pence = amount_pence + 1",
        {PAID_WHOLE, NET_OWED, AGAIN},
    ),
    (
        "payroll_payreturn",
        "UPDATE payroll_payreturn SET amount_pence = amount_pence + 1",
        {NET_OWED, AGAIN},
    ),
    ("payroll_payfilepart", "DELETE FROM payroll_payfilepart", {PAY_FILES}),
    (
        "payroll_payfilepart",
        "UPDATE payroll_payfilepart SET content_sealed = '\\x00'",
        {PAY_FILES, SEALED},
    ),
    ("payroll_payagain", "UPDATE payroll_payagain SET total_pence = total_pence + 1", {AGAIN}),
    ("payroll_payagainpart", "UPDATE payroll_payagainpart SET live = false", {AGAIN}),
    ("approvals_step", "UPDATE approvals_step SET maker_id = 0", {NOT_THE_MAKER}),
    (
        "approvals_step",
        "UPDATE approvals_step SET decided_by_id = (SELECT decided_for_id FROM approvals_step"
        " WHERE decided_by_id <> decided_for_id) WHERE number = 2",
        {ONCE, FOR_ANOTHER},
    ),
    (
        "approvals_request",
        "UPDATE approvals_request SET state = 'withdrawn' WHERE NOT decided_by_rule",
        {STEPS},
    ),
    ("approvals_step", "DELETE FROM approvals_step WHERE number = 1", {BY_PEOPLE}),
    ("approvals_delegation", "DELETE FROM approvals_delegation", {FOR_ANOTHER}),
    (
        "approvals_delegation",
        "UPDATE approvals_delegation SET from_person_id = (SELECT to_person_id FROM"
        " approvals_delegation ORDER BY id LIMIT 1) WHERE id ="
        " (SELECT max(id) FROM approvals_delegation)",
        {NO_CHAIN},
    ),
    (
        "approvals_request",
        "UPDATE approvals_request SET counted_pence = 0 WHERE spend_key <> ''",
        {COUNTED},
    ),
    (
        "access_accessreview",
        "UPDATE access_accessreview SET finished_at = now(), finished_by_id = opened_by_id",
        {LOOKED_AT},
    ),
    ("access_conflictacceptance", "UPDATE access_conflictacceptance SET rights = '{0}'", {DUTIES}),
    ("approvals_routestep", "UPDATE approvals_routestep SET from_pence = 1", {BANDS}),
    (
        "tenants_unit",
        "UPDATE tenants_unit SET parent_id = NULL WHERE code = '110' AND organisation_id ="
        " (SELECT id FROM tenants_organisation WHERE slug = 'eastmere')",
        {UNIT_PATHS},
    ),
    (
        "tenants_unit",
        "UPDATE tenants_unit SET valid = daterange(lower(valid), current_date) WHERE code = '100'"
        " AND organisation_id = (SELECT id FROM tenants_organisation WHERE slug = 'eastmere')",
        {LASTING},
    ),
    (
        "finance_invoice",
        "UPDATE finance_invoice SET unit_path = 'NOWHERE.' WHERE origin = 'keyed'",
        {LED},
    ),
]
