"""Addresses of the finance app under /api/v1/<organisation>/."""

from django.urls import path

from finance.api import InvoiceList, InvoiceOne
from finance.api_files import FileTakingBack

urlpatterns = [
    path("files/<int:number>/taking-back/", FileTakingBack.as_view(), name="api_file_taking_back"),
    path("invoices/", InvoiceList.as_view(), name="api_invoices"),
    path("invoices/<int:number>/", InvoiceOne.as_view(), name="api_invoice"),
]
