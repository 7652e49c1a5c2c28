"""From which address the mail of an organisation comes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from access.forms import MailAddress
from access.permissions import KEEP_PROVIDER
from access.selectors.mail import mail_sender, sender_of
from access.services.mail import set_mail_sender
from core.web.pages import page
from core.web.refusals import refusals_on


@page(KEEP_PROVIDER, bank=True)
def mail_address(request: Any) -> HttpResponse:
    """Sets the address, which has to lie in a verified domain."""
    here = request.organisation
    row = mail_sender(here.id)
    now = {"address": row.address, "reply_to": row.reply_to} if row else {}
    form = MailAddress(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "address"):
            set_mail_sender(**form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, "Mail comes from there from now on.")
            return redirect("mail_address", organisation=here.slug)
    context = {"form": form, "row": row, "sender": sender_of(here.id, here.name)}
    return render(request, "access/mail.html", context, status=422 if form.errors else 200)
