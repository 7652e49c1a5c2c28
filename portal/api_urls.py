"""The description of the API: a page and the schema itself."""

from django.urls import path

from portal import reference

urlpatterns = [
    path("", reference.api_reference, name="api_reference"),
    path("schema.yaml", reference.api_schema, name="api_schema"),
]
