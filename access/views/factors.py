"""Second factors of one's own: setting up, using and removing them."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter as get_factors
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone

from access import proofs
from access.rules import ACC01
from access.selectors import factors_of
from access.services.factors import note_change
from core.actors import Actor
from tenants.selectors import standing_of

# Where somebody was going who was sent to set up a second factor first.
AFTERWARDS = "after_second_factor"

authenticate = AuthenticateView.as_view()
log_in_with_passkey = LoginWebAuthnView.as_view()
with_code = ReauthenticateView.as_view(template_name="mfa/reauthenticate.html")
with_passkey = ReauthenticateWebAuthnView.as_view(template_name="mfa/reauthenticate_passkey.html")


def index(request: Any) -> HttpResponse:
    """What this person has, what they could add, and whether their role needs one."""
    standing = standing_of(request.user.pk, timezone.localdate())
    found = factors_of(request.user.pk)
    if get_next_redirect_url(request):
        request.session[AFTERWARDS] = get_next_redirect_url(request)
    context = {
        "found": found,
        "app": any(one.kind == Authenticator.Type.TOTP for one in found),
        "needed": standing.needs_second_factor,
        "any": any(one.kind != Authenticator.Type.RECOVERY_CODES for one in found),
    }
    return render(request, "mfa/index.html", context)


def prove_again(request: Any) -> HttpResponse:
    """To the best way of proving who one is, and from there back."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        # Nothing to prove it by but the provider of their organisation: sign in anew.
        return redirect("account_logout")
    query = urlencode({"next": request.GET.get("next", "")})
    return HttpResponseRedirect(f"{methods[0]['url']}?{query}")


def note_everywhere(request: Any, verb: str, kind: str) -> None:
    """A line in the trail of each organisation in which the person holds a role."""
    standing = standing_of(request.user.pk, timezone.localdate())
    for place in standing.memberships:
        by = Actor(request.user.pk, request.user.name, place.id)
        note_change(verb=verb, kind=kind, by=by)


class SetUpApp(ActivateTOTPView):
    """A code of the app shows that it works, and counts as the first use."""

    template_name = "mfa/app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        proofs.note_second_factor(self.request, "totp")
        note_everywhere(self.request, "access.factor.added", "authenticator app")
        return answer


class RemoveApp(DeactivateTOTPView):
    template_name = "mfa/remove_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        note_everywhere(self.request, "access.factor.removed", "authenticator app")
        return answer


class SetUpPasskey(AddWebAuthnView):
    """Kept by the device, which asks for a finger, a face or a PIN: two factors in one."""

    template_name = "mfa/passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        proofs.note_second_factor(self.request, "webauthn")
        note_everywhere(self.request, "access.factor.added", "passkey")
        return answer


class RemovePasskey(RemoveWebAuthnView):
    template_name = "mfa/remove_passkey.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        ACC01.check(get_factors().can_delete_authenticator(self.get_object()))
        answer: HttpResponse = super().form_valid(form)
        note_everywhere(self.request, "access.factor.removed", "passkey")
        return answer


class NewCodes(GenerateRecoveryCodesView):
    template_name = "mfa/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        note_everywhere(self.request, "access.factor.codes_made", "recovery codes")
        return answer


class Codes(ViewRecoveryCodesView):
    """Shown once; from there on to where the person was going."""

    template_name = "mfa/codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"onwards": self.request.session.pop(AFTERWARDS, "/")}


codes = Codes.as_view()
set_up_app, remove_app = SetUpApp.as_view(), RemoveApp.as_view()
set_up_passkey, remove_passkey = SetUpPasskey.as_view(), RemovePasskey.as_view()
new_codes = NewCodes.as_view()
