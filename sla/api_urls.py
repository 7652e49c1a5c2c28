"""Addresses of measures under /api/v1/<organisation>/."""

from django.urls import path

from sla.api import Figures, IndicatorOne, Indicators
from sla.api_journeys import Journey, JourneyBack, JourneyRow, JourneyRows
from sla.api_months import MonthCorrectionReasons, MonthOne, MonthRemarks, Months, MonthSignature
from sla.api_targets import Relief, ReliefClaim, TargetProposal, Targets

FIGURE = "indicators/<str:code>/months/<str:month>/"
ROW = "figure-rows/<str:key>/<int:number>/"

urlpatterns = [
    path("figures/", Figures.as_view(), name="api_figures"),
    path("indicators/", Indicators.as_view(), name="api_indicators"),
    path("indicators/<str:code>/", IndicatorOne.as_view(), name="api_indicator"),
    path(f"{FIGURE}journey/", Journey.as_view(), name="api_journey"),
    path(f"{FIGURE}rows/", JourneyRows.as_view(), name="api_journey_rows"),
    path(ROW, JourneyRow.as_view(), name="api_journey_row"),
    path(f"{ROW}figures/", JourneyBack.as_view(), name="api_journey_back"),
    path("months/", Months.as_view(), name="api_months"),
    path("months/<str:month>/", MonthOne.as_view(), name="api_month"),
    path("months/<str:month>/signature/", MonthSignature.as_view(), name="api_month_signature"),
    path("months/<str:month>/remarks/", MonthRemarks.as_view(), name="api_month_remarks"),
    path(
        "months/<str:month>/correction-reasons/",
        MonthCorrectionReasons.as_view(),
        name="api_month_correction_reasons",
    ),
    path("targets/", Targets.as_view(), name="api_targets"),
    path("targets/new/", TargetProposal.as_view(), name="api_target_proposal"),
    path("relief/", Relief.as_view(), name="api_relief"),
    path("relief/new/", ReliefClaim.as_view(), name="api_relief_claim"),
]
