"""Addresses of the finance app under /api/v1/<organisation>/."""

from django.urls import path

from finance.api import InvoiceList, InvoiceOne

urlpatterns = [
    path("invoices/", InvoiceList.as_view(), name="api_invoices"),
    path("invoices/<int:number>/", InvoiceOne.as_view(), name="api_invoice"),
]
