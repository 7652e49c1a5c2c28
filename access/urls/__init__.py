"""Addresses of the ways in, under /<organisation>/."""

from django.urls import path

from access.views import coverage, tokens

urlpatterns = [
    path("second-factors/", coverage.factors, name="factors"),
    path("second-factors/<int:person>/reset/", coverage.factors_reset, name="factors_reset"),
    path("api-tokens/", tokens.tokens, name="tokens"),
    path("api-tokens/new/", tokens.token_new, name="token_new"),
    path("api-tokens/<int:number>/end/", tokens.token_end, name="token_end"),
]
