from django.urls import URLPattern, path

from finance.views import (
    discounts,
    late_interest,
    payments_notices,
    publications,
    reports,
    transparency,
)

urlpatterns: list[URLPattern] = [
    path("reports/aged-creditors/", reports.aged_creditors, name="aged_creditors"),
    path("reports/prompt-payment/", reports.prompt_payment, name="prompt_payment"),
    path("reports/late-interest/", late_interest.late_interest, name="late_interest"),
    path(
        "reports/late-interest/export/",
        late_interest.late_interest_export,
        name="late_interest_export",
    ),
    path("reports/discounts/", discounts.discounts, name="discounts"),
    path("reports/payments-notices/", payments_notices.payments_notices, name="payments_notices"),
    path(
        "reports/payments-notices/<int:period>/",
        payments_notices.payments_notice,
        name="payments_notice",
    ),
    path(
        "reports/payments-notices/<int:period>/<int:version>.pdf",
        payments_notices.payments_notice_pdf,
        name="payments_notice_pdf",
    ),
    path(
        "reports/payments-notices/<int:period>/<int:version>.csv",
        payments_notices.payments_notice_csv,
        name="payments_notice_csv",
    ),
    path("transparency/months/", publications.spend_months, name="spend_months"),
    path("transparency/months/<int:period>/", publications.spend_month, name="spend_month"),
    path(
        "transparency/months/<int:period>/<int:version>.csv",
        publications.spend_file,
        name="spend_file",
    ),
    path("transparency/redactions/", publications.redactions, name="redactions"),
    path("transparency/redactions/<int:number>/", publications.redaction, name="redaction"),
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:number>.csv", transparency.transparency_file, name="transparency_file"),
]
