"""Every address of the product. Pages of an organisation begin with its name."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("access.urls.account")),
    path("api/v1/", include("portal.api_urls")),
    path("api/v1/<slug:organisation>/", include("access.api_urls")),
    path("api/v1/<slug:organisation>/", include("approvals.api_urls")),
    path("api/v1/<slug:organisation>/", include("benchmarking.api_urls")),
    path("api/v1/<slug:organisation>/", include("events.api_urls")),
    path("api/v1/<slug:organisation>/", include("runs.api_urls")),
    path("api/v1/<slug:organisation>/", include("finance.api_urls")),
    path("api/v1/<slug:organisation>/", include("payroll.api_urls")),
    path("api/v1/<slug:organisation>/", include("hr.api_urls")),
    path("api/v1/<slug:organisation>/", include("sla.api_urls")),
    path("api/v1/<slug:organisation>/", include("tenants.api_urls")),
    path("", include("portal.urls")),
    path("<slug:organisation>/", include("tenants.urls")),
    path("<slug:organisation>/", include("access.urls")),
    path("<slug:organisation>/", include("approvals.urls")),
    path("<slug:organisation>/", include("runs.urls")),
    path("<slug:organisation>/", include("events.urls")),
    path("<slug:organisation>/", include("finance.urls")),
    path("<slug:organisation>/", include("payroll.urls")),
    path("<slug:organisation>/", include("hr.urls")),
    path("<slug:organisation>/", include("sla.urls")),
    path("<slug:organisation>/", include("benchmarking.urls")),
]

handler400 = "portal.views.bad_request"
handler404 = "portal.views.not_found"
handler500 = "portal.views.broken"
handler403 = "portal.views.forbidden"
handler429 = "portal.views.too_many"
