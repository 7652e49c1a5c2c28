"""Addresses of payroll under /api/v1/<organisation>/."""

from django.urls import path

from payroll.api import PayAnswer
from payroll.api_claims import Claim, Claims, ClaimsMade

urlpatterns = [
    path("claims/", Claims.as_view(), name="api_claims"),
    path("claims/new/", ClaimsMade.as_view(), name="api_claims_made"),
    path("claims/<int:number>/", Claim.as_view(), name="api_claim"),
    path("pay-answers/", PayAnswer.as_view(), name="api_pay_answer"),
]
