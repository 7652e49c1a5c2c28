"""Sign-in and what belongs to it. Of allauth's addresses only these exist: nobody signs up."""

from typing import Any

from allauth.account import views
from django.contrib.auth.decorators import login_required
from django.urls import path

from access.views import accounts, factors, invitations, sign_in
from core.web.pages import View, open_page

everybody = open_page("everybody may try to sign in")


def own(view: View, kind: str = "person") -> View:
    """A page that concerns the signed-in person alone, behind the gate like all others."""
    guarded: Any = open_page("concerns the signed-in person alone")(login_required(view))
    guarded.own = kind
    return guarded


def entry(view: View) -> View:
    """One of those pages that lead to a second factor: open to whoever has none yet."""
    return own(view, "entry")


urlpatterns = [
    path("login/", everybody(views.login), name="account_login"),
    path("login/passkey/", everybody(factors.log_in_with_passkey), name="mfa_login_webauthn"),
    path("login/code/", everybody(factors.authenticate), name="mfa_authenticate"),
    path("organisation/", everybody(sign_in.start), name="sign_in_at_organisation"),
    path(
        "organisation/<slug:provider_id>/callback/",
        everybody(sign_in.callback),
        name="openid_connect_callback",
    ),
    path("logout/", everybody(views.logout), name="account_logout"),
    path("inactive/", everybody(views.account_inactive), name="account_inactive"),
    path("signup/", everybody(accounts.no_sign_up), name="account_signup"),
    path("prove/", entry(factors.prove_again), name="prove_again"),
    path("prove/password/", entry(views.reauthenticate), name="account_reauthenticate"),
    path("prove/code/", entry(factors.with_code), name="mfa_reauthenticate"),
    path("prove/passkey/", entry(factors.with_passkey), name="mfa_reauthenticate_webauthn"),
    path("second-factor/", entry(factors.index), name="mfa_index"),
    path("second-factor/app/", entry(factors.set_up_app), name="mfa_activate_totp"),
    path("second-factor/app/remove/", own(factors.remove_app), name="mfa_deactivate_totp"),
    path("second-factor/passkey/", entry(factors.set_up_passkey), name="mfa_add_webauthn"),
    path(
        "second-factor/passkey/<int:pk>/remove/",
        own(factors.remove_passkey),
        name="mfa_remove_webauthn",
    ),
    path("second-factor/codes/", entry(factors.codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", own(factors.new_codes), name="mfa_generate_recovery_codes"),
    path(
        "invitation/<slug:slug>/<int:person>/<str:token>/",
        open_page("whoever has the link, which works once")(invitations.choose_password),
        name="invitation",
    ),
    path("password/change/", own(accounts.password_change), name="account_change_password"),
    path("send-again/", own(accounts.send_again), name="send_again"),
    path("sessions/", own(accounts.sessions), name="usersessions_list"),
    path("sessions/<int:number>/end/", own(accounts.end_session), name="end_session"),
    path("sessions/end-others/", own(accounts.end_other_sessions), name="end_other_sessions"),
    path("sessions/end-all/", own(accounts.end_every_session), name="end_every_session"),
]
