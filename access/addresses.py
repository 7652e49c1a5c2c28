"""Addresses that this server asks because somebody typed them: only ones that everybody can ask."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from core.web.outgoing import is_listed

TIMEOUT_SECONDS = 5
MOST_BYTES = 200_000


def may_be_asked(url: str) -> bool:
    """https, a machine that the operator allows, and every address behind it is a public one."""
    parts = urlsplit(url)
    if not is_listed(parts.hostname or "", settings.PROVIDER_HOSTS):
        return False
    if settings.PROVIDERS_INSIDE:
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        return False
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one[4][0])).is_global for one in found)


class Careful(requests.Session):
    """Asks only such addresses, follows no redirection, waits five seconds, reads no flood."""

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        if not may_be_asked(str(url)):
            raise requests.exceptions.InvalidURL(f"{url} may not be asked.")
        kwargs |= {"timeout": TIMEOUT_SECONDS, "allow_redirects": False, "stream": True}
        answer = super().request(method, url, *args, **kwargs)
        content = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(content) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError(f"{url} answers too much.")
        answer._content = content
        return answer
