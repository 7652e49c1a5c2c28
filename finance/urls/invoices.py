from django.urls import path

from finance.views import invoice, invoice_new, invoices

urlpatterns = [
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export/", invoices.export, name="invoices_export"),
    path("invoices/new/", invoice_new.invoice_new, name="invoice_new"),
    path("invoices/<int:number>/", invoice.invoice, name="invoice"),
    path("invoices/<int:number>/coding/", invoice.coding, name="invoice_coding"),
    path("invoices/<int:number>/reversal/", invoice.reversal, name="invoice_reversal"),
]
