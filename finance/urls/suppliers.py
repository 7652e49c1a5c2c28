from django.urls import path

from finance.views import (
    cooling,
    discounts,
    onboarding,
    recurring,
    supplier_holds,
    supplier_statements,
    suppliers,
)

urlpatterns = [
    path("suppliers/", suppliers.suppliers, name="suppliers"),
    path("suppliers/export/", suppliers.export, name="suppliers_export"),
    path("suppliers/new/", onboarding.supplier_new, name="supplier_new"),
    path("suppliers/requests/", onboarding.supplier_requests, name="supplier_requests"),
    path("suppliers/requests/<int:number>/", onboarding.supplier_request, name="supplier_request"),
    path(
        "suppliers/requests/<int:number>/look-up/",
        onboarding.supplier_request_look,
        name="supplier_request_look",
    ),
    path("suppliers/statements/", supplier_statements.statements, name="supplier_statements"),
    path(
        "suppliers/statements/<int:number>/",
        supplier_statements.statement,
        name="supplier_statement",
    ),
    path(
        "suppliers/statements/<int:number>/columns/",
        supplier_statements.columns,
        name="supplier_statement_columns",
    ),
    path(
        "suppliers/statement/<path:code>/",
        supplier_statements.statement_new,
        name="supplier_statement_new",
    ),
    path("suppliers/schedule/<path:code>/", recurring.schedule_new, name="schedule_new"),
    path("suppliers/bank/<path:code>/", suppliers.supplier_bank, name="supplier_bank"),
    path("suppliers/look/<int:bank>/", suppliers.supplier_bank_look, name="supplier_bank_look"),
    path("suppliers/call/<int:bank>/", suppliers.supplier_bank_call, name="supplier_bank_call"),
    path("suppliers/terms/<path:code>/", discounts.supplier_terms, name="supplier_terms"),
    path("suppliers/change/<path:code>/", suppliers.supplier_change, name="supplier_change"),
    path("suppliers/holds/", supplier_holds.supplier_holds, name="supplier_holds"),
    path("suppliers/holds/<int:number>/", supplier_holds.supplier_hold, name="supplier_hold"),
    path(
        "suppliers/holds/<int:number>/review/",
        supplier_holds.supplier_hold_review,
        name="supplier_hold_review",
    ),
    path(
        "suppliers/holds/<int:number>/release/",
        supplier_holds.supplier_hold_release,
        name="supplier_hold_release",
    ),
    path("suppliers/hold/<path:code>/", supplier_holds.supplier_hold_new, name="supplier_hold_new"),
    path("suppliers/cooling-off/", cooling.cooling_off, name="cooling_off"),
    # Codes come from files and may hold a slash.
    path("suppliers/of/<path:code>/", suppliers.supplier, name="supplier"),
]
