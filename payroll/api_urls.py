"""Addresses of payroll under /api/v1/<organisation>/."""

from django.urls import path

from payroll.api import PayAnswer

urlpatterns = [path("pay-answers/", PayAnswer.as_view(), name="api_pay_answer")]
