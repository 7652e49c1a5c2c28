"""The provider of an organisation, and the email domains for which it speaks."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.forms import ClaimDomain, Provider, VerifyDomain
from access.permissions import KEEP_PROVIDER, SEE_PROVIDER, VERIFY_DOMAINS
from access.selectors import domains_of, provider_of
from access.services.providers import claim_domain, drop_domain, set_provider, verify_domain
from core.actors import may
from core.errors import NotFound
from core.web.pages import page
from core.web.refusals import refusals_on


def _context(request: Any, **forms: Any) -> dict[str, Any]:
    row = provider_of(request.organisation.id)
    now = {"issuer": row.issuer, "client_id": row.client_id, "enabled": row.enabled} if row else {}
    callback = f"/account/organisation/{request.organisation.slug}/callback/"
    return {
        "row": row,
        "form": Provider(initial=now or {"enabled": True}),
        "claim": ClaimDomain(),
        "domains": domains_of(request.organisation.id),
        "may_keep": may(request.actor, KEEP_PROVIDER),
        "may_verify": may(request.actor, VERIFY_DOMAINS),
        "callback": request.build_absolute_uri(callback),
    } | forms


@page(SEE_PROVIDER, unsafe=KEEP_PROVIDER, bank=True)
def provider(request: Any) -> HttpResponse:
    """Shows the provider and the domains; sets the provider."""
    form = Provider(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        with refusals_on(form, "issuer"):
            set_provider(**form.cleaned_data, by=request.actor)
            messages.success(request, "The provider is set.")
            return redirect("provider", organisation=request.organisation.slug)
    context = _context(request, **({"form": form} if form else {}))
    return render(request, "access/provider.html", context, status=422 if form else 200)


@page(KEEP_PROVIDER, bank=True)
@require_POST
def domain_claim(request: Any) -> HttpResponse:
    """Claims a domain, which then has to be verified."""
    claim = ClaimDomain(request.POST)
    if claim.is_valid():
        with refusals_on(claim, "domain"):
            claim_domain(domain=claim.cleaned_data["domain"], by=request.actor, at=timezone.now())
            return redirect("provider", organisation=request.organisation.slug)
    return render(request, "access/provider.html", _context(request, claim=claim), status=422)


@page(VERIFY_DOMAINS, bank=True)
def domain_verify(request: Any, number: int) -> HttpResponse:
    """Notes who saw that a domain belongs to the organisation, when and how."""
    rows = {row.pk: row for row in domains_of(request.organisation.id)}
    if number not in rows:
        raise NotFound()
    form = VerifyDomain(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        row = verify_domain(number=number, reason=reason, by=request.actor, at=timezone.now())
        messages.success(request, f"The provider speaks for {row.domain} from now on.")
        return redirect("provider", organisation=request.organisation.slug)
    context = {"form": form, "row": rows[number]}
    return render(request, "access/verify.html", context, status=422 if form.errors else 200)


@page(KEEP_PROVIDER, bank=True)
@require_POST
def domain_drop(request: Any, number: int) -> HttpResponse:
    """Gives a domain up at once."""
    domain = drop_domain(number=number, by=request.actor)
    messages.success(request, f"The provider no longer speaks for {domain}.")
    return redirect("provider", organisation=request.organisation.slug)
