"""Founding an organisation at the centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from access.forms import FoundingForm
from access.services.invitations import found_and_invite
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.services.founding import NewOrganisation


@page(FOUND_ORGANISATIONS, bank=True)
def organisation_new(request: Any) -> HttpResponse:
    """What it is, and who looks after it first: they are sent a link to choose a password."""
    slug = request.organisation.slug
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = NewOrganisation(**form.cleaned_data)
        with refusals_on(form, TEN01="slug", TEN02="slug", TEN19="slug"):
            made, who = found_and_invite(new=new, by=request.actor, at=timezone.now())
            messages.success(request, f"{made.name} is founded. {who.name} is sent a link.")
            return redirect("organisation", organisation=slug)
    words = {"title": "Found an organisation", "button": "Found it"}
    context = {"form": form, "back": reverse("organisation", args=[slug]), **words}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)
