"""Addresses of payroll under /api/v1/<organisation>/."""

from django.urls import path

from payroll.api import PayAnswer
from payroll.api_claims import Claim, Claims, ClaimsMade
from payroll.api_orders import OrderEnded, OrderEntered, OrderRead, Orders
from payroll.api_questions import (
    PayQuestionAnswer,
    PayQuestionClosing,
    PayQuestionRead,
    PayQuestions,
)
from payroll.api_recovery import (
    RecoveryPlanEnded,
    RecoveryPlanEntered,
    RecoveryPlanRead,
    RecoveryPlans,
)

urlpatterns = [
    path("claims/", Claims.as_view(), name="api_claims"),
    path("claims/new/", ClaimsMade.as_view(), name="api_claims_made"),
    path("claims/<int:number>/", Claim.as_view(), name="api_claim"),
    path("pay-orders/", Orders.as_view(), name="api_pay_orders"),
    path("pay-orders/new/", OrderEntered.as_view(), name="api_pay_order_new"),
    path("pay-orders/<int:number>/", OrderRead.as_view(), name="api_pay_order"),
    path("pay-orders/<int:number>/ending/", OrderEnded.as_view(), name="api_pay_order_ending"),
    path("recovery-plans/", RecoveryPlans.as_view(), name="api_recovery_plans"),
    path("recovery-plans/new/", RecoveryPlanEntered.as_view(), name="api_recovery_plan_new"),
    path("recovery-plans/<int:number>/", RecoveryPlanRead.as_view(), name="api_recovery_plan"),
    path(
        "recovery-plans/<int:number>/ending/",
        RecoveryPlanEnded.as_view(),
        name="api_recovery_plan_ending",
    ),
    path("pay-questions/", PayQuestions.as_view(), name="api_pay_questions"),
    path("pay-questions/<int:number>/", PayQuestionRead.as_view(), name="api_pay_question"),
    path(
        "pay-questions/<int:number>/answer/",
        PayQuestionAnswer.as_view(),
        name="api_pay_question_answer",
    ),
    path(
        "pay-questions/<int:number>/closing/",
        PayQuestionClosing.as_view(),
        name="api_pay_question_closing",
    ),
    path("pay-answers/", PayAnswer.as_view(), name="api_pay_answer"),
]
