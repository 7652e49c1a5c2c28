"""The arguments of every route that has some: keys of the planted world, or nobody's."""

from typing import Any

from django.utils.timezone import localdate

from payroll.calculator.periods import year_start
from tests.payroll.pay_runs import next_month_end

NOBODYS = {int: 990_001, str: "nobody"}
INVOICE, RUN, REQUEST = {"number": "invoice"}, {"number": "run"}, {"id": "request"}
FILE, PAYMENT_RUN, PROPOSAL = {"number": "file"}, {"number": "payment_run"}, {"number": "proposal"}
DOMAIN, HOOK, PAYMENT = {"number": "domain"}, {"number": "webhook"}, {"number": "payment"}
PARALLEL = {"number": "parallel"}
EMPLOYMENT, PAY_RUN = {"number": "employment"}, {"number": "pay_run"}
PAY_AGAIN = {"number": "pay_again"}
JOB: dict[str, Any] = {"number": "employment", "job": 1}
BANK, ASKED = {"bank": "bank"}, {"number": "supplier_request"}
SUPPLIER, EINVOICE = {"code": "supplier"}, {"number": "einvoice"}
MONTH, THIS_MONTH = {"month": "=2026-05"}, {"month": lambda: f"{localdate():%Y-%m}"}
STATEMENT, SHEET = {"number": "statement"}, {"account": "bank_account", "period": 202606}
PERSON = {"person": "person"}
CREDIT = {"number": "credit"}
SAID, DOCUMENT = {"number": "said"}, {"number": "document"}
RIGHT = {**PERSON, "number": "right"}
CONFLICT = {"person": "conflicted", "key": "=invoice_pay"}
SUBJECT = {"key": "=finance.invoice", "number": "subject"}
ACCEPTANCE, REVIEW = {"number": "acceptance"}, {"number": "review"}
UNIT = {"number": "unit"}
CLOSURE = {"number": "closure"}
LAYOUT = {"number": "layout"}
ROUTE = {"key": "=finance.invoice"}
JOURNAL = {"period": 202606, "batch": "batch", "journal": 1}
# For each route with arguments: the planted key, or a value that belongs to nobody. A new route
# without an entry fails the test that asks for one.
TAX_YEAR = {"year": year_start(next_month_end()).year}
ARGUMENTS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(["invoice", "invoice_coding", "invoice_reversal", "api_invoice"], INVOICE),
    **dict.fromkeys(["exception", "invoice_presence"], INVOICE),
    **dict.fromkeys(["credit_note", "api_credit_note_matches"], CREDIT),
    **dict.fromkeys(["document", "document_aside"], DOCUMENT),
    "duplicate": {"number": "duplicate"},
    **dict.fromkeys(["approval_request", "approval_decision", "approval_withdrawal"], REQUEST),
    "approval_undo": REQUEST,
    "approval_link": {"token": "letter"},
    "delegation_end": {"id": "delegation"},
    **{name: {"person": "decider"} for name in ("approver", "api_approver_decisions")},
    **dict.fromkeys(["approval_route", "approval_route_change"], ROUTE),
    **dict.fromkeys(["run", "run_progress", "run_cancel", "run_retry"], RUN),
    **dict.fromkeys(
        [
            *("file", "file_preview", "file_progress", "file_held", "file_taking_back"),
            *("api_file_taking_back", "transparency_file"),
        ],
        FILE,
    ),
    **dict.fromkeys(["supplier", "supplier_bank", "supplier_change"], SUPPLIER),
    **dict.fromkeys(["supplier_statement_new", "schedule_new", "supplier_terms"], SUPPLIER),
    "schedule": {"number": "schedule"},
    **dict.fromkeys(
        ["supplier_statement", "supplier_statement_columns", "api_supplier_statement"], SAID
    ),
    **dict.fromkeys(["supplier_bank_look", "supplier_bank_call"], BANK),
    **dict.fromkeys(["journal", "journal_reversal"], JOURNAL),
    **dict.fromkeys(["payment_run_change", "payment_run_cancel", "payment_run_release"], PROPOSAL),
    **dict.fromkeys(["einvoice", "einvoice_document"], EINVOICE),
    "invoice_response": {"number": "response"},
    **dict.fromkeys(
        ["bank_statement", "bank_accept", "api_bank_statement", "api_bank_matches"], STATEMENT
    ),
    **dict.fromkeys(
        [f"reconciliation{act}" for act in ("", "_csv", "_pdf", "_prepare", "_sign")], SHEET
    ),
    "bank_account": {"account": "bank_account"},
    "bank_file": {"number": "bank_file"},
    "bank_line": {"number": "statement", "line": "line"},
    "bank_match": {"number": "match"},
    "bank_report": {"number": "report"},
    "payment_return": {"number": "payment"},
    "payment_run_answer": PAYMENT_RUN,
    **dict.fromkeys(["staff_person", "staff_private", "staff_private_change"], EMPLOYMENT),
    **dict.fromkeys(["staff_change", "staff_transfer", "staff_leaver"], JOB),
    **dict.fromkeys(["staff_cost_split", "staff_secondment", "staff_joint_post"], JOB),
    **dict.fromkeys(["staff_allowance", "staff_allowance_end"], JOB),
    "staff_file": {"number": "staff_file"},
    "absence_new": EMPLOYMENT,
    **{
        name: {"number": "absence"}
        for name in (
            *("absence", "absence_change", "absence_withdraw", "absence_reason"),
            *("api_absence", "api_absence_correction", "api_absence_withdrawal"),
            *("absence_worked", "api_absence_worked"),
        )
    },
    "my_absence_reason": {"number": "own_absence"},
    **dict.fromkeys(
        [
            *("pay_run", "pay_progress", "pay_recalculate", "pay_submit", "pay_approve"),
            *("pay_send_back", "pay_out", "pay_people", "pay_sign_off"),
            *("pay_fps", "pay_fps_file"),
            *("pay_returns", "pay_returns_again"),
            *("api_pay_returns", "api_pay_return_new", "api_pay_returns_again"),
            "api_pay_file_returned",
        ],
        PAY_RUN,
    ),
    **dict.fromkeys(["pay_again", "pay_again_cancel"], PAY_AGAIN),
    **dict.fromkeys([f"api_pay_again{act}" for act in ("", "_release", "_cancel")], PAY_AGAIN),
    "pay_again_file": {**PAY_AGAIN, "format": "=bacs18"},
    **{name: {**PAY_RUN, "cause": "=no_ni_number"} for name in ("pay_exceptions", "pay_settle")},
    **{name: {"key": "pay_due"} for name in ("pay_due", "pay_due_file", "pay_contributions")},
    "pay_summary_file": {"number": "pay_summary"},
    **{
        name: {"number": "certificate_batch"}
        for name in (
            "pay_certificate_batch",
            "pay_certificate_progress",
            "api_pay_certificate_batch",
            "pay_certificate_cancel",
            "api_pay_certificate_cancellation",
        )
    },
    **{
        name: {"number": "certificate_batch", "part": 1}
        for name in ("pay_certificate_part", "api_pay_certificate_part")
    },
    "pay_certificate": {"number": "certificate_batch", "certificate": "certificate"},
    "pay_file": {**PAY_RUN, "format": "=bacs18"},
    **{name: {"number": "pay_claim"} for name in ("pay_claim", "my_claim", "api_claim")},
    **{
        name: {"number": "pay_order"}
        for name in ("pay_order", "pay_order_end", "api_pay_order", "api_pay_order_ending")
    },
    **{
        f"{of}recovery_plan{act}": {"number": "recovery_plan"}
        for of, act in (("", ""), ("", "_end"), ("api_", ""), ("api_", "_ending"))
    },
    **{
        f"{of}pay_question{act}": {"number": "pay_question"}
        for of, act in (
            *(("", ""), ("", "_close")),
            *(("api_", ""), ("api_", "_answer"), ("api_", "_closing")),
        )
    },
    **{
        name: {"number": "account_change"}
        for name in ("pay_account_change", "api_pay_account_change_stop")
    },
    **dict.fromkeys(
        [
            *("parallel_run", "parallel_run_withdraw", "parallel_compare", "parallel_differences"),
            *(
                "parallel_settle",
                "parallel_sign",
                "api_parallel_signature",
                "api_parallel_run",
                "api_parallel_run_withdrawal",
            ),
            *("api_parallel_run_comparison", "api_parallel_differences"),
            *(f"api_parallel_{act}" for act in ("assignment", "explanation", "agreement")),
        ],
        PARALLEL,
    ),
    **{name: {"letter": "pension_letter"} for name in ("pension_letter", "pension_letter_pdf")},
    **{f"my_pension_letter{ending}": {"letter": "own_letter"} for ending in ("", "_pdf")},
    **{
        name: {"number": "statutory_letter"}
        for name in ("statutory_letter", "api_statutory_letter_file")
    },
    "my_statutory_letter": {"number": "own_statutory_letter"},
    **{f"my_pension_{act}": {"number": "own_employment"} for act in ("opt_out", "join")},
    "parallel_difference": {**PARALLEL, "difference": "difference"},
    "legacy_element": {"element": "legacy_element"},
    **{name: {"number": "=1"} for name in ("pay_award", "api_award")},
    **{
        name: {"period": "pay_period"}
        for name in ("pay_start", "pay_supplementary", "pay_bring_forward")
    },
    **dict.fromkeys(["pay_history", "pay_particulars", "api_pay_particulars"], EMPLOYMENT),
    **{name: {**EMPLOYMENT, "run": "pay_run"} for name in ("payslip", "payslip_pdf")},
    **{name: {"run": "pay_run"} for name in ("my_payslip", "my_payslip_pdf", "payslip_ask")},
    **{f"my_tax_year{ending}": {"number": "own_employment", **TAX_YEAR} for ending in ("", "_pdf")},
    **{f"person_tax_year{ending}": {**EMPLOYMENT, **TAX_YEAR} for ending in ("", "_pdf")},
    "payment_run": PAYMENT_RUN,
    "payment_file": {**PAYMENT_RUN, "format": "=bacs18"},
    **dict.fromkeys(["payment", "remittance_pdf", "remittance_csv"], PAYMENT),
    "remittances": PAYMENT_RUN,
    "payments_notice": {"period": 202604},
    **{f"payments_notice_{kind}": {"period": 202604, "version": 1} for kind in ("pdf", "csv")},
    **dict.fromkeys(["domain_verify", "domain_drop"], DOMAIN),
    "token_end": {"number": "token"},
    **dict.fromkeys(["factors_reset", "sessions_end", "rights_person", "right_give"], PERSON),
    "right_invite": PERSON,
    **dict.fromkeys(["right_change", "right_end"], RIGHT),
    **dict.fromkeys(["conflict", "api_conflict"], CONFLICT),
    **dict.fromkeys([f"access_review{act}" for act in ("", "_export", "_finish")], REVIEW),
    "access_review_end": {**REVIEW, "line": "reviewed"},
    **dict.fromkeys(["conflict_agree", "conflict_end"], ACCEPTANCE),
    **dict.fromkeys(["unit", "unit_change"], UNIT),
    "calendar_open": CLOSURE,
    "role": {"role": "=manager"},
    **dict.fromkeys(["layout", "layout_change", "layout_rename", "layout_retire"], LAYOUT),
    "event_subject": {"key": "=finance.invoice", "id": "subject"},
    **dict.fromkeys(["signed_month", "month_remark", "month_reason"], MONTH),
    "period_close": {"period": 202606},
    "relief_event": {"number": "relief"},
    "redaction": {"number": "redaction"},
    "spend_month": {"period": 201904},
    "spend_file": {"period": 201904, "version": 1},
    "board_pack": {"month": "=2026-05", "version": "=1"},
    "indicator": {"code": "=AP-03"},
    **{name: {"code": "=AP-03", **MONTH} for name in ("journey", "api_journey")},
    "api_journey_rows": {"code": "=AP-03", **THIS_MONTH},
    **dict.fromkeys(["figures_of", "api_journey_row", "api_journey_back"], SUBJECT),
    "indicator_csv": {"code": "=AP-03"},
    "api_indicator": {"code": "=AP-03"},
    **dict.fromkeys([f"api_approval{act}" for act in ("", "_decision", "_undoing")], REQUEST),
    "api_approval_withdrawal": REQUEST,
    **dict.fromkeys(["api_run", "api_run_cancellation", "api_run_retry"], RUN),
    **{f"api_month{act}": MONTH for act in ("", "_signature", "_remarks")},
    **dict.fromkeys([f"webhook{act}" for act in ("", "_again", "_end")], HOOK),
    "api_bank_report": {"number": "report"},
    **dict.fromkeys(
        [f"api_reconciliation{act}" for act in ("", "_preparation", "_signature")], SHEET
    ),
    **dict.fromkeys([f"api_payment_run_{act}" for act in ("release", "cancellation")], PROPOSAL),
    **dict.fromkeys(["api_payment_run", "api_payment_run_answer"], PAYMENT_RUN),
    **dict.fromkeys(["api_payment", "api_payment_return"], PAYMENT),
    "api_supplier": SUPPLIER,
    **dict.fromkeys(["supplier_request", "supplier_request_look", "api_supplier_request"], ASKED),
    **dict.fromkeys(["api_supplier_looking"], ASKED),
    "supplier_hold_new": SUPPLIER,
    **{
        f"{of}supplier_hold{act}": {"number": "supplier_hold"}
        for of in ("", "api_")
        for act in ("", "_review", "_release")
    },
    **dict.fromkeys(
        [
            f"api_invoice_{act}"
            for act in ("hold", "release", "dispute", "settlement", "withholding")
        ],
        INVOICE,
    ),
    **dict.fromkeys(["api_invoice_submission", "api_invoice_reversal"], INVOICE),
    **dict.fromkeys(["api_journal", "api_journal_reversal"], JOURNAL),
    **{
        f"api_period{act}": {"period": 202606}
        for act in ("", "_soft_closing", "_closing", "_reopening", "_waivers", "_waiver_agreement")
    },
    **{f"api_recurring_invoice{act}": {"number": "schedule"} for act in ("", "_decision", "_end")},
    **dict.fromkeys(["api_invoice_coding", "api_invoice_owner"], INVOICE),
    "api_credit_match_undoing": {**CREDIT, "match": "credit_match"},
    **dict.fromkeys(["api_document_aside", "api_document_back"], DOCUMENT),
    "api_duplicate_answer": {"number": "duplicate"},
    "api_einvoice_entry": EINVOICE,
    **{f"api_file{act}": FILE for act in ("", "_held_rows", "_columns", "_loading")},
    **dict.fromkeys(["api_layout_changing", "api_layout_naming", "api_layout_retirement"], LAYOUT),
    **{f"api_supplier_statement_{act}": SAID for act in ("columns", "reconciling")},
    **{f"api_supplier_{act}": SUPPLIER for act in ("change", "terms", "bank_proposal")},
    "api_supplier_bank_call": BANK,
    **{f"api_bank_entry{act}": {**STATEMENT, "line": "line"} for act in ("", "_matching")},
    "api_bank_match_undoing": {"number": "match"},
    "api_bank_file_columns": {"number": "bank_file"},
    "api_reconciliation_unsigning": SHEET,
    **{f"api_payment_run_{act}": PROPOSAL for act in ("taking_out", "putting_back")},
    **{f"api_payment_run_{act}": PAYMENT_RUN for act in ("advice", "remittances")},
    **{f"api_payments_notice{act}": {"period": 202604} for act in ("", "_signature")},
    "api_spend_publication_proposal": {"period": 201904},
    "api_redaction_end": {"number": "redaction"},
    "api_month_correction_reasons": MONTH,
    "api_approval_route_proposal": ROUTE,
    **{f"api_webhook_{act}": HOOK for act in ("again", "deliveries")},
    **dict.fromkeys(["api_access_review", "api_access_review_rights"], REVIEW),
    **{f"api_pay_run_{act}": {"period": "pay_period"} for act in ("start", "supplementary")},
    "api_pay_bringing_forward": {"period": "pay_period"},
    "api_pay_run": PAY_RUN,
    **{
        f"api_pay_run_{act}": PAY_RUN
        for act in ("recalculation", "submission", "approval", "sending_back", "payment")
    },
    **{
        f"api_pay_exceptions{act}": {**PAY_RUN, "cause": "=no_ni_number"}
        for act in ("", "_waiver", "_recalculation")
    },
    "api_calendar_opening": CLOSURE,
    "api_delegation_end": {"id": "delegation"},
    "api_staff_request": {"number": "staff_request"},
}
