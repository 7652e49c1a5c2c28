"""Addresses of the finance app under /api/v1/<organisation>/."""

from django.urls import path

from finance.api_bank import (
    BankAccounts,
    BankFiles,
    BankMatches,
    BankStatementOne,
    BankStatements,
)
from finance.api_documents import (
    DocumentBringingBack,
    Documents,
    DocumentSettingAside,
    DocumentsSent,
)
from finance.api_duplicates import DuplicateAnswer, Duplicates, DuplicateSearch
from finance.api_entry import (
    EInvoiceEntry,
    InvoiceCoding,
    InvoiceEntering,
    InvoiceOwner,
    InvoicesHolding,
    InvoicesReleasing,
    InvoicesSubmitting,
    InvoicesTaking,
)
from finance.api_files import (
    FileColumns,
    FileHeldRows,
    FileLoading,
    FileOne,
    Files,
    FilesSent,
    FileTakingBack,
    LayoutChanging,
    LayoutNaming,
    LayoutRetirement,
    Layouts,
)
from finance.api_holds import (
    SupplierHolding,
    SupplierHoldOne,
    SupplierHoldRelease,
    SupplierHoldReview,
    SupplierHolds,
)
from finance.api_invoices import (
    InvoiceDispute,
    InvoiceDisputeSettlement,
    InvoiceHold,
    InvoiceHoldRelease,
    InvoiceList,
    InvoiceOne,
    InvoiceReversal,
    InvoiceSubmission,
    InvoiceWithholding,
)
from finance.api_journals import JournalOne, JournalReversal, Journals
from finance.api_ledger import LedgerEntries
from finance.api_matching import (
    BankEntryMatching,
    BankEntryOne,
    BankFileColumns,
    BankMatchUndoing,
    ReconciliationUnsigning,
)
from finance.api_onboarding import (
    SupplierAsking,
    SupplierLooking,
    SupplierRequestOne,
    SupplierRequests,
)
from finance.api_paying import (
    BankProfiles,
    BankProfileSetting,
    PaymentRunAdvice,
    PaymentRunRemittances,
    PaymentsNoticeOne,
    PaymentsNotices,
    PaymentsNoticeSignature,
    PaymentsPutBack,
    PaymentsTakenOut,
)
from finance.api_payments import (
    PaymentOne,
    PaymentProposals,
    PaymentReturning,
    PaymentRunAnswer,
    PaymentRunCancellation,
    PaymentRunOne,
    PaymentRunRelease,
    PaymentRuns,
    Payments,
    SupplierOne,
    Suppliers,
)
from finance.api_periods import (
    PeriodClosing,
    PeriodOne,
    PeriodReopening,
    Periods,
    PeriodSoftClosing,
    PeriodWaiverAgreement,
    PeriodWaivers,
)
from finance.api_publications import (
    RedactionAdding,
    RedactionEnd,
    Redactions,
    SpendPublicationProposal,
    SpendPublications,
)
from finance.api_reconciliations import (
    BankReportOne,
    BankReports,
    Reconciliation,
    ReconciliationPreparation,
    ReconciliationSignature,
)
from finance.api_reports import (
    AgedCreditors,
    Discounts,
    InvoiceAlerts,
    LateInterest,
    PromptPayment,
    TrialBalance,
)
from finance.api_responses import InvoiceResponses, InvoiceResponsesHandedOver
from finance.api_schedules import (
    RecurringInvoice,
    RecurringInvoiceDecision,
    RecurringInvoiceEnd,
    RecurringInvoiceProposal,
    RecurringInvoices,
)
from finance.api_suppliers import (
    CoolingOffSetting,
    SupplierBankCall,
    SupplierBankProposal,
    SupplierChange,
    SupplierStatementColumns,
    SupplierStatementReconciling,
    SupplierStatementsSent,
    SupplierTerms,
)
from finance.api_workbench import (
    CreditMatchUndoing,
    CreditNoteMatches,
    CreditNotes,
    SupplierStatementOne,
    SupplierStatements,
)

INVOICE, HOLD = "invoices/<int:number>/", "supplier-holds/<int:number>/"
FILE, DOCUMENT = "files/<int:number>/", "documents/<int:number>/"
SAID, LAYOUT = "supplier-statements/<int:number>/", "layouts/<int:number>/"
PERIOD, JOURNAL = "periods/<int:period>/", "journals/<int:period>/<int:batch>/<int:journal>/"
SCHEDULE = "recurring-invoices/<int:number>/"
ENTRY = "bank-statements/<int:number>/entries/<int:line>/"
RUN = "payment-runs/<int:number>/"
SHEET = "bank-accounts/<int:account>/reconciliations/<int:period>/"

urlpatterns = [
    path("bank-accounts/", BankAccounts.as_view(), name="api_bank_accounts"),
    path("bank-files/", BankFiles.as_view(), name="api_bank_files"),
    path("bank-statements/", BankStatements.as_view(), name="api_bank_statements"),
    path("bank-statements/<int:number>/", BankStatementOne.as_view(), name="api_bank_statement"),
    path("bank-statements/<int:number>/matches/", BankMatches.as_view(), name="api_bank_matches"),
    path("credit-notes/", CreditNotes.as_view(), name="api_credit_notes"),
    path(
        "credit-notes/<int:number>/matches/",
        CreditNoteMatches.as_view(),
        name="api_credit_note_matches",
    ),
    path("recurring-invoices/", RecurringInvoices.as_view(), name="api_recurring_invoices"),
    path(SCHEDULE, RecurringInvoice.as_view(), name="api_recurring_invoice"),
    path(
        f"{SCHEDULE}decision/",
        RecurringInvoiceDecision.as_view(),
        name="api_recurring_invoice_decision",
    ),
    path(f"{SCHEDULE}end/", RecurringInvoiceEnd.as_view(), name="api_recurring_invoice_end"),
    path("journals/", Journals.as_view(), name="api_journals"),
    path(JOURNAL, JournalOne.as_view(), name="api_journal"),
    path(f"{JOURNAL}reversal/", JournalReversal.as_view(), name="api_journal_reversal"),
    path("periods/", Periods.as_view(), name="api_periods"),
    path(PERIOD, PeriodOne.as_view(), name="api_period"),
    path(f"{PERIOD}soft-closing/", PeriodSoftClosing.as_view(), name="api_period_soft_closing"),
    path(f"{PERIOD}closing/", PeriodClosing.as_view(), name="api_period_closing"),
    path(f"{PERIOD}reopening/", PeriodReopening.as_view(), name="api_period_reopening"),
    path(f"{PERIOD}waivers/", PeriodWaivers.as_view(), name="api_period_waivers"),
    path(
        f"{PERIOD}waiver-agreement/",
        PeriodWaiverAgreement.as_view(),
        name="api_period_waiver_agreement",
    ),
    path("supplier-statements/", SupplierStatements.as_view(), name="api_supplier_statements"),
    path(
        "supplier-statements/<int:number>/",
        SupplierStatementOne.as_view(),
        name="api_supplier_statement",
    ),
    path("files/<int:number>/taking-back/", FileTakingBack.as_view(), name="api_file_taking_back"),
    path("invoices/", InvoiceList.as_view(), name="api_invoices"),
    path("invoices/<int:number>/", InvoiceOne.as_view(), name="api_invoice"),
    path("bank-reports/", BankReports.as_view(), name="api_bank_reports"),
    path("bank-reports/<int:number>/", BankReportOne.as_view(), name="api_bank_report"),
    path(SHEET, Reconciliation.as_view(), name="api_reconciliation"),
    path(
        f"{SHEET}preparation/",
        ReconciliationPreparation.as_view(),
        name="api_reconciliation_preparation",
    ),
    path(
        f"{SHEET}signature/", ReconciliationSignature.as_view(), name="api_reconciliation_signature"
    ),
    path("payment-runs/", PaymentRuns.as_view(), name="api_payment_runs"),
    path("payment-runs/proposals/", PaymentProposals.as_view(), name="api_payment_proposals"),
    path(RUN, PaymentRunOne.as_view(), name="api_payment_run"),
    path(f"{RUN}release/", PaymentRunRelease.as_view(), name="api_payment_run_release"),
    path(
        f"{RUN}cancellation/",
        PaymentRunCancellation.as_view(),
        name="api_payment_run_cancellation",
    ),
    path(f"{RUN}answer/", PaymentRunAnswer.as_view(), name="api_payment_run_answer"),
    path("payments/", Payments.as_view(), name="api_payments"),
    path("payments/<int:number>/", PaymentOne.as_view(), name="api_payment"),
    path("payments/<int:number>/return/", PaymentReturning.as_view(), name="api_payment_return"),
    path("spend-publications/", SpendPublications.as_view(), name="api_spend_publications"),
    path(f"{INVOICE}hold/", InvoiceHold.as_view(), name="api_invoice_hold"),
    path(f"{INVOICE}hold-release/", InvoiceHoldRelease.as_view(), name="api_invoice_release"),
    path(f"{INVOICE}dispute/", InvoiceDispute.as_view(), name="api_invoice_dispute"),
    path(f"{INVOICE}withholding/", InvoiceWithholding.as_view(), name="api_invoice_withholding"),
    path(
        f"{INVOICE}dispute-settlement/",
        InvoiceDisputeSettlement.as_view(),
        name="api_invoice_settlement",
    ),
    path(f"{INVOICE}submission/", InvoiceSubmission.as_view(), name="api_invoice_submission"),
    path(f"{INVOICE}reversal/", InvoiceReversal.as_view(), name="api_invoice_reversal"),
    path("supplier-holds/", SupplierHolds.as_view(), name="api_supplier_holds"),
    path("supplier-holds/new/", SupplierHolding.as_view(), name="api_supplier_holding"),
    path(HOLD, SupplierHoldOne.as_view(), name="api_supplier_hold"),
    path(f"{HOLD}review/", SupplierHoldReview.as_view(), name="api_supplier_hold_review"),
    path(f"{HOLD}release/", SupplierHoldRelease.as_view(), name="api_supplier_hold_release"),
    path("supplier-requests/", SupplierRequests.as_view(), name="api_supplier_requests"),
    path("supplier-requests/new/", SupplierAsking.as_view(), name="api_supplier_asking"),
    path(
        "supplier-requests/<int:number>/",
        SupplierRequestOne.as_view(),
        name="api_supplier_request",
    ),
    path(
        "supplier-requests/<int:number>/look-up/",
        SupplierLooking.as_view(),
        name="api_supplier_looking",
    ),
    path("suppliers/", Suppliers.as_view(), name="api_suppliers"),
    path("suppliers/<path:code>/", SupplierOne.as_view(), name="api_supplier"),
    path(
        "credit-notes/<int:number>/matches/<int:match>/undoing/",
        CreditMatchUndoing.as_view(),
        name="api_credit_match_undoing",
    ),
    path("documents/", Documents.as_view(), name="api_documents"),
    path("documents/new/", DocumentsSent.as_view(), name="api_documents_sent"),
    path(f"{DOCUMENT}setting-aside/", DocumentSettingAside.as_view(), name="api_document_aside"),
    path(f"{DOCUMENT}bringing-back/", DocumentBringingBack.as_view(), name="api_document_back"),
    path("aged-creditors/", AgedCreditors.as_view(), name="api_aged_creditors"),
    path("prompt-payment/", PromptPayment.as_view(), name="api_prompt_payment"),
    path("late-interest/", LateInterest.as_view(), name="api_late_interest"),
    path("early-discounts/", Discounts.as_view(), name="api_early_discounts"),
    path("ledger-entries/", LedgerEntries.as_view(), name="api_ledger_entries"),
    path("invoice-alerts/", InvoiceAlerts.as_view(), name="api_invoice_alerts"),
    path("trial-balance/", TrialBalance.as_view(), name="api_trial_balance"),
    path("duplicates/", Duplicates.as_view(), name="api_duplicates"),
    path("duplicates/search/", DuplicateSearch.as_view(), name="api_duplicate_search"),
    path("duplicates/<int:number>/answer/", DuplicateAnswer.as_view(), name="api_duplicate_answer"),
    path("einvoices/<int:number>/entry/", EInvoiceEntry.as_view(), name="api_einvoice_entry"),
    path("invoice-responses/", InvoiceResponses.as_view(), name="api_invoice_responses"),
    path(
        "invoice-responses/handing-over/",
        InvoiceResponsesHandedOver.as_view(),
        name="api_invoice_responses_handing_over",
    ),
    path("files/", Files.as_view(), name="api_files"),
    path("files/new/", FilesSent.as_view(), name="api_files_sent"),
    path(FILE, FileOne.as_view(), name="api_file"),
    path(f"{FILE}held-rows/", FileHeldRows.as_view(), name="api_file_held_rows"),
    path(f"{FILE}columns/", FileColumns.as_view(), name="api_file_columns"),
    path(f"{FILE}loading/", FileLoading.as_view(), name="api_file_loading"),
    path("layouts/", Layouts.as_view(), name="api_layouts"),
    path(f"{LAYOUT}columns/", LayoutChanging.as_view(), name="api_layout_changing"),
    path(f"{LAYOUT}name/", LayoutNaming.as_view(), name="api_layout_naming"),
    path(f"{LAYOUT}retirement/", LayoutRetirement.as_view(), name="api_layout_retirement"),
    path("invoices/new/", InvoiceEntering.as_view(), name="api_invoice_entering"),
    path("invoices/many/hold/", InvoicesHolding.as_view(), name="api_invoices_holding"),
    path("invoices/many/release/", InvoicesReleasing.as_view(), name="api_invoices_releasing"),
    path("invoices/many/submission/", InvoicesSubmitting.as_view(), name="api_invoices_submitting"),
    path("invoices/many/taking/", InvoicesTaking.as_view(), name="api_invoices_taking"),
    path(f"{INVOICE}coding/", InvoiceCoding.as_view(), name="api_invoice_coding"),
    path(f"{INVOICE}owner/", InvoiceOwner.as_view(), name="api_invoice_owner"),
    path(
        "recurring-invoices/new/",
        RecurringInvoiceProposal.as_view(),
        name="api_recurring_invoice_proposal",
    ),
    path(
        "supplier-statements/new/",
        SupplierStatementsSent.as_view(),
        name="api_supplier_statements_sent",
    ),
    path(
        f"{SAID}columns/",
        SupplierStatementColumns.as_view(),
        name="api_supplier_statement_columns",
    ),
    path(
        f"{SAID}reconciling/",
        SupplierStatementReconciling.as_view(),
        name="api_supplier_statement_reconciling",
    ),
    path("cooling-off/", CoolingOffSetting.as_view(), name="api_cooling_off"),
    path("supplier-changes/<path:code>/", SupplierChange.as_view(), name="api_supplier_change"),
    path("supplier-terms/<path:code>/", SupplierTerms.as_view(), name="api_supplier_terms"),
    path(
        "supplier-banks/of/<path:code>/",
        SupplierBankProposal.as_view(),
        name="api_supplier_bank_proposal",
    ),
    path(
        "supplier-banks/<int:bank>/call/",
        SupplierBankCall.as_view(),
        name="api_supplier_bank_call",
    ),
    path(ENTRY, BankEntryOne.as_view(), name="api_bank_entry"),
    path(f"{ENTRY}match/", BankEntryMatching.as_view(), name="api_bank_entry_matching"),
    path(
        "bank-matches/<int:number>/undoing/",
        BankMatchUndoing.as_view(),
        name="api_bank_match_undoing",
    ),
    path(
        "bank-files/<int:number>/columns/", BankFileColumns.as_view(), name="api_bank_file_columns"
    ),
    path(
        f"{SHEET}signature-withdrawal/",
        ReconciliationUnsigning.as_view(),
        name="api_reconciliation_unsigning",
    ),
    path(f"{RUN}taking-out/", PaymentsTakenOut.as_view(), name="api_payment_run_taking_out"),
    path(f"{RUN}putting-back/", PaymentsPutBack.as_view(), name="api_payment_run_putting_back"),
    path(f"{RUN}advice/", PaymentRunAdvice.as_view(), name="api_payment_run_advice"),
    path(f"{RUN}remittances/", PaymentRunRemittances.as_view(), name="api_payment_run_remittances"),
    path("bank-profiles/", BankProfiles.as_view(), name="api_bank_profiles"),
    path("bank-profiles/new/", BankProfileSetting.as_view(), name="api_bank_profile_setting"),
    path("payments-notices/", PaymentsNotices.as_view(), name="api_payments_notices"),
    path("payments-notices/<int:period>/", PaymentsNoticeOne.as_view(), name="api_payments_notice"),
    path(
        "payments-notices/<int:period>/signature/",
        PaymentsNoticeSignature.as_view(),
        name="api_payments_notice_signature",
    ),
    path(
        "spend-publications/<int:period>/proposal/",
        SpendPublicationProposal.as_view(),
        name="api_spend_publication_proposal",
    ),
    path("redactions/", Redactions.as_view(), name="api_redactions"),
    path("redactions/new/", RedactionAdding.as_view(), name="api_redaction_adding"),
    path("redactions/<int:number>/end/", RedactionEnd.as_view(), name="api_redaction_end"),
]
