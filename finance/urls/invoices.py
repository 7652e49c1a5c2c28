from django.urls import path

from finance.views import (
    credits,
    documents,
    exception,
    exceptions,
    invoice,
    invoice_new,
    invoices,
    recovery,
    recurring,
)

urlpatterns = [
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export/", invoices.export, name="invoices_export"),
    path("invoices/exceptions/", exceptions.exceptions, name="exceptions"),
    path("invoices/exceptions/export/", exceptions.export, name="exceptions_export"),
    path("invoices/exceptions/<int:number>/", exception.exception, name="exception"),
    path("invoices/<int:number>/presence/", exception.presence, name="invoice_presence"),
    path("invoices/credits/", credits.credit_notes, name="credit_notes"),
    path("invoices/credits/<int:number>/", credits.credit_note, name="credit_note"),
    path("invoices/recurring/", recurring.schedules, name="schedules"),
    path("invoices/recurring/<int:number>/", recurring.schedule, name="schedule"),
    path("invoices/documents/", documents.documents, name="documents"),
    path("invoices/documents/<int:number>/", documents.document, name="document"),
    path("invoices/documents/<int:number>/aside/", documents.document_aside, name="document_aside"),
    path("invoices/duplicates/", recovery.duplicates, name="duplicates"),
    path("invoices/duplicates/<int:number>/", recovery.duplicate, name="duplicate"),
    path("invoices/alerts/", recovery.alerts, name="alerts"),
    path("invoices/new/", invoice_new.invoice_new, name="invoice_new"),
    path("invoices/<int:number>/", invoice.invoice, name="invoice"),
    path("invoices/<int:number>/coding/", invoice.coding, name="invoice_coding"),
    path("invoices/<int:number>/reversal/", invoice.reversal, name="invoice_reversal"),
]
