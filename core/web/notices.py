"""The cookie of short notices, as strict as those of session and form."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookie(CookieStorage):
    cookie_name = "__Host-messages" if settings.HTTPS else "messages"


class Notices(FallbackStorage):
    """In the cookie, and in the session what is too long for it."""

    storage_classes = (HostCookie, SessionStorage)
