from django.urls import URLPattern, path

from finance.views import late_interest, reports, transparency

urlpatterns: list[URLPattern] = [
    path("reports/aged-creditors/", reports.aged_creditors, name="aged_creditors"),
    path("reports/prompt-payment/", reports.prompt_payment, name="prompt_payment"),
    path("reports/late-interest/", late_interest.late_interest, name="late_interest"),
    path(
        "reports/late-interest/export/",
        late_interest.late_interest_export,
        name="late_interest_export",
    ),
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:number>.csv", transparency.transparency_file, name="transparency_file"),
]
