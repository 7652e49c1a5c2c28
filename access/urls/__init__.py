"""Addresses of the ways in, under /<organisation>/."""

from django.urls import path

from access.views import coverage, provider, tokens

urlpatterns = [
    path("second-factors/", coverage.factors, name="factors"),
    path("second-factors/<int:person>/reset/", coverage.factors_reset, name="factors_reset"),
    path("api-tokens/", tokens.tokens, name="tokens"),
    path("api-tokens/new/", tokens.token_new, name="token_new"),
    path("api-tokens/<int:number>/end/", tokens.token_end, name="token_end"),
    path("provider/", provider.provider, name="provider"),
    path("provider/domains/", provider.domain_claim, name="domain_claim"),
    path("provider/domains/<int:number>/verify/", provider.domain_verify, name="domain_verify"),
    path("provider/domains/<int:number>/drop/", provider.domain_drop, name="domain_drop"),
]
