from django.urls import URLPattern, path

from finance.views import reports, transparency

urlpatterns: list[URLPattern] = [
    path("reports/aged-creditors/", reports.aged_creditors, name="aged_creditors"),
    path("reports/prompt-payment/", reports.prompt_payment, name="prompt_payment"),
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:number>.csv", transparency.transparency_file, name="transparency_file"),
]
