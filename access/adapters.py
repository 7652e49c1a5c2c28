"""How the sign-in library behaves here: invited people only, our words, no way around a factor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from access import known, proofs
from access.rules import ACC01
from core.sealing import seal, unseal
from tenants.selectors import standing_of

# Of what the library would say we say this; signing in and out are seen on the page itself.
SAID = {
    "account/messages/password_changed.txt": "Your password is changed.",
    "mfa/messages/totp_deactivated.txt": "The authenticator app is removed.",
    "mfa/messages/webauthn_added.txt": "The passkey is set up.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed.",
    "mfa/messages/totp_activated.txt": "The authenticator app is set up.",
}
RECENT_SECONDS = 300
# Five wrong passwords from one address, and this many from everywhere, shut an account.
ACCOUNT_ATTEMPTS = "login_account"
EVERYWHERE = {ACCOUNT_ATTEMPTS: "25/5m/key"}


class InvitedOnly(DefaultAccountAdapter):
    """People are made by an administrator of their organisation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Check your email address and password and try again",
        "too_many_login_attempts": (
            "There were too many attempts with a wrong password. Wait 5 minutes, then try again"
        ),
        "enter_current_password": "Enter the password you use now",
        "rate_limited": "There were too many attempts. Wait 5 minutes, then try again",
    }

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of an account at an address, or in a browser where its owner signed in before: who
        guesses elsewhere does not lock them out."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        browser = known.browser_of(request, credentials.get("email", ""))
        return f"{key}|{browser or truncate_ip(self.get_client_ip(request))}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Besides, all addresses together have a limit of attempts on one account. It does not hold
        in a browser where its owner signed in before."""
        super().pre_authenticate(request, **credentials)
        if known.browser_of(request, credentials.get("email", "")):
            return
        key = super()._get_login_attempts_cache_key(request, **credentials)
        given = {"app": "allauth.account", "action": ACCOUNT_ATTEMPTS, "key": key}
        all_together = ratelimit.consume(request, config=EVERYWHERE, **given)
        if not all_together:
            raise self.validation_error("too_many_login_attempts")
        # An attempt that succeeds is counted nowhere.
        self._login_failed_rl_usage.usage += all_together.usage

    def post_login(self, request: HttpRequest, user: Any, **given: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **given)
        known.note(answer, user.email)
        return answer

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        proofs.begin(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: Any = None,
        *args: Any,
        **more: Any,
    ) -> None:
        if message_template in SAID:
            messages.success(request, SAID[message_template])
        elif more.get("message"):
            messages.error(request, more["message"])

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes stand in the audit trail."""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("usersessions_list")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of those who showed the strongest thing they have a moment ago."""
        second = is_mfa_enabled(context.request.user)
        return not proofs.proved_within(context.request, RECENT_SECONDS, second_factor=second)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A password is not enough of those who have more; a passkey first where it is alone."""
        found = super().get_reauthentication_methods(user)
        strong = [one for one in found if one["id"] != "reauthenticate"]
        if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            strong.reverse()
        return strong or found


class SecondFactors(DefaultMFAAdapter):
    """Seeds are sealed in the table, and nobody loses the last factor that their role needs."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Check the code and try again. Each code works once",
        "cannot_delete_authenticator": " ".join((ACC01.__doc__ or "").split()),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "Commonwell"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        kept = Authenticator.objects.filter(user_id=authenticator.user_id)
        kept = kept.exclude(pk=authenticator.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        standing = standing_of(authenticator.user_id, timezone.localdate())
        return kept.exists() or not standing.needs_second_factor
