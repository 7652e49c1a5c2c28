"""Addresses of the finance app under /api/v1/<organisation>/."""

from django.urls import path

from finance.api import InvoiceList, InvoiceOne
from finance.api_bank import (
    BankAccounts,
    BankFiles,
    BankMatches,
    BankStatementOne,
    BankStatements,
)
from finance.api_files import FileTakingBack

urlpatterns = [
    path("bank-accounts/", BankAccounts.as_view(), name="api_bank_accounts"),
    path("bank-files/", BankFiles.as_view(), name="api_bank_files"),
    path("bank-statements/", BankStatements.as_view(), name="api_bank_statements"),
    path("bank-statements/<int:number>/", BankStatementOne.as_view(), name="api_bank_statement"),
    path("bank-statements/<int:number>/matches/", BankMatches.as_view(), name="api_bank_matches"),
    path("files/<int:number>/taking-back/", FileTakingBack.as_view(), name="api_file_taking_back"),
    path("invoices/", InvoiceList.as_view(), name="api_invoices"),
    path("invoices/<int:number>/", InvoiceOne.as_view(), name="api_invoice"),
]
