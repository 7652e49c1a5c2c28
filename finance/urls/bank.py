from django.urls import URLPattern, path

from finance.views import bank, bank_reconciliations, bank_returns, bank_statements

SHEET = "bank/accounts/<int:account>/<int:period>"
urlpatterns: list[URLPattern] = [
    path("bank/", bank.bank, name="bank"),
    path("bank/upload/", bank.bank_upload, name="bank_upload"),
    path("bank/files/<int:number>/", bank.bank_file, name="bank_file"),
    path("bank/accounts/<int:account>/", bank.bank_account, name="bank_account"),
    path("bank/statements/<int:number>/", bank_statements.bank_statement, name="bank_statement"),
    path("bank/statements/<int:number>/accept/", bank_statements.bank_accept, name="bank_accept"),
    path("bank/statements/<int:number>/<int:line>/", bank_statements.bank_line, name="bank_line"),
    path("bank/matches/<int:number>/", bank_statements.bank_match, name="bank_match"),
    path("bank/reports/<int:number>/", bank_returns.bank_report, name="bank_report"),
    path(f"{SHEET}/", bank_reconciliations.reconciliation, name="reconciliation"),
    path(f"{SHEET}.csv", bank_reconciliations.reconciliation_csv, name="reconciliation_csv"),
    path(f"{SHEET}.pdf", bank_reconciliations.reconciliation_pdf, name="reconciliation_pdf"),
    path(
        f"{SHEET}/prepare/",
        bank_reconciliations.reconciliation_prepare,
        name="reconciliation_prepare",
    ),
    path(f"{SHEET}/sign/", bank_reconciliations.reconciliation_sign, name="reconciliation_sign"),
    path("payments/<int:number>/return/", bank_returns.payment_return, name="payment_return"),
    path(
        "payment-runs/<int:number>/answer/",
        bank_returns.payment_run_answer,
        name="payment_run_answer",
    ),
]
