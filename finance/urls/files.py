from django.urls import URLPattern, path

from finance.views import einvoices, layouts, layouts_file, responses
from finance.views import files as views

urlpatterns: list[URLPattern] = [
    path("files/", views.files, name="files"),
    path("files/layouts/", layouts.listed, name="layouts"),
    path("files/layouts/load/", layouts_file.load, name="layouts_load"),
    path("files/layouts/export/", layouts_file.export, name="layouts_export"),
    path("files/layouts/<int:number>/columns/", layouts.change, name="layout_change"),
    path("files/layouts/<int:number>/", layouts.one, name="layout"),
    path("files/layouts/<int:number>/rename/", layouts.rename, name="layout_rename"),
    path("files/layouts/<int:number>/retire/", layouts.retire, name="layout_retire"),
    path("files/upload/", views.file_upload, name="file_upload"),
    path("files/<int:number>/", views.file, name="file"),
    path("files/<int:number>/progress/", views.file_progress, name="file_progress"),
    path("files/<int:number>/taking-back/", views.file_taking_back, name="file_taking_back"),
    path("files/<int:number>/columns/", views.file_preview, name="file_preview"),
    path("files/<int:number>/einvoice/", einvoices.einvoice, name="einvoice"),
    path("files/<int:number>/einvoice.xml", einvoices.einvoice_document, name="einvoice_document"),
    path("files/responses/", responses.responses, name="invoice_responses"),
    path("files/responses/<int:number>.xml", responses.invoice_response, name="invoice_response"),
    path("files/<int:number>/held.csv", views.file_held, name="file_held"),
]
