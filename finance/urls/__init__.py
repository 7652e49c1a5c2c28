"""Addresses of the finance app, under /<organisation>/."""

from finance.urls import bank, files, invoices, ledger, payments, reports, suppliers

urlpatterns = [
    *ledger.urlpatterns,
    *invoices.urlpatterns,
    *suppliers.urlpatterns,
    *files.urlpatterns,
    *payments.urlpatterns,
    *bank.urlpatterns,
    *reports.urlpatterns,
]
