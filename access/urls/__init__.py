"""Addresses of the ways in, under /<organisation>/."""

from django.urls import path

from access.views import (
    centre,
    conflicts,
    coverage,
    provider,
    reviews,
    rights,
    rights_file,
    roles,
    tokens,
)

urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("roles/<slug:role>/", roles.one_role, name="role"),
    path("rights/", rights.rights, name="rights"),
    path("rights/export/", rights.export, name="rights_export"),
    path("rights/conflicts/", conflicts.conflicts, name="conflicts"),
    path("rights/conflicts/export/", conflicts.export, name="conflicts_export"),
    path("rights/conflicts/<int:person>/<slug:key>/", conflicts.conflict, name="conflict"),
    path("rights/acceptances/<int:number>/agree/", conflicts.agree, name="conflict_agree"),
    path("rights/acceptances/<int:number>/end/", conflicts.end, name="conflict_end"),
    path("rights/reviews/", reviews.reviews, name="access_reviews"),
    path("rights/reviews/<int:number>/", reviews.review, name="access_review"),
    path("rights/reviews/<int:number>/export/", reviews.export, name="access_review_export"),
    path("rights/reviews/<int:number>/finish/", reviews.finish, name="access_review_finish"),
    path("rights/reviews/<int:number>/<int:line>/end/", reviews.end, name="access_review_end"),
    path("rights/load/", rights_file.load, name="rights_load"),
    path("rights/new/", rights.newcomer, name="rights_new"),
    path("rights/<int:person>/", rights.person_page, name="rights_person"),
    path("rights/<int:person>/give/", rights.give, name="right_give"),
    path("rights/<int:person>/<int:number>/change/", rights.change, name="right_change"),
    path("rights/<int:person>/<int:number>/end/", rights.end, name="right_end"),
    path("trail/centre/", centre.centre_work, name="centre_work"),
    path("trail/centre/export/", centre.centre_export, name="centre_export"),
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
