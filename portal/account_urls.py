"""Sign-in and what belongs to it. Of allauth's addresses only these exist: nobody signs up."""

from allauth.account import views
from django.contrib.auth.decorators import login_required
from django.urls import path

from core.web.pages import open_page
from portal import accounts

own = open_page("concerns the signed-in person alone")
entry = open_page("everybody may try to sign in")

urlpatterns = [
    path("login/", entry(views.login), name="account_login"),
    path("logout/", entry(views.logout), name="account_logout"),
    path("inactive/", entry(views.account_inactive), name="account_inactive"),
    path("signup/", entry(accounts.no_sign_up), name="account_signup"),
    path("reauthenticate/", own(views.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/",
        own(login_required(accounts.password_change)),
        name="account_change_password",
    ),
    path("send-again/", own(login_required(accounts.send_again)), name="send_again"),
    path("sessions/", own(login_required(accounts.sessions)), name="usersessions_list"),
    path(
        "sessions/<int:number>/end/",
        own(login_required(accounts.end_session)),
        name="end_session",
    ),
    path(
        "sessions/end-others/",
        own(login_required(accounts.end_other_sessions)),
        name="end_other_sessions",
    ),
]
