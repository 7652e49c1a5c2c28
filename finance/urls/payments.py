from django.urls import URLPattern, path

from finance.views import bank_profiles, payment_runs, payments, remittances

urlpatterns: list[URLPattern] = [
    path("payment-runs/", payment_runs.payment_runs, name="payment_runs"),
    path("payment-runs/new/", payment_runs.payment_run_new, name="payment_run_new"),
    path("payment-runs/<int:number>/", payment_runs.payment_run, name="payment_run"),
    path(
        "payment-runs/<int:number>/change/",
        payment_runs.payment_run_change,
        name="payment_run_change",
    ),
    path(
        "payment-runs/<int:number>/cancel/",
        payment_runs.payment_run_cancel,
        name="payment_run_cancel",
    ),
    path(
        "payment-runs/<int:number>/release/",
        payment_runs.payment_run_release,
        name="payment_run_release",
    ),
    path(
        "payment-runs/<int:number>/files/<slug:format>/",
        payment_runs.payment_file,
        name="payment_file",
    ),
    path("payment-runs/<int:number>/remittances/", remittances.remittances, name="remittances"),
    path("payments/", payments.payments, name="payments"),
    path("payments/export/", payments.payments_export, name="payments_export"),
    path("payments/<int:number>/", payments.payment, name="payment"),
    path("payments/<int:number>/remittance.pdf", remittances.remittance_pdf, name="remittance_pdf"),
    path("payments/<int:number>/remittance.csv", remittances.remittance_csv, name="remittance_csv"),
    path("bank-accounts/", payments.bank_accounts, name="bank_accounts"),
    path("bank-accounts/profiles/", bank_profiles.bank_profiles, name="bank_profiles"),
]
