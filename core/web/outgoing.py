"""Calls to addresses that somebody typed: to public machines only, and to no other on the way.

A name is asked once, every address behind it is looked at, and the call goes to the very address
that was looked at: a name that answers differently a moment later leads nowhere else.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

from django.http.request import validate_host

TIMEOUT_SECONDS = 5
MOST_BYTES = 200_000
DEFAULT_PORTS = {"https": 443, "http": 80}


class MayNotBeCalled(Exception):
    """The address is not one that everybody may call; the message says why, in words."""


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at; the name is only said and verified."""

    def __init__(self, parts: SplitResult, address: str, port: int) -> None:
        super().__init__(parts.hostname or "", port, timeout=TIMEOUT_SECONDS)
        self._address, self._secret = address, parts.scheme == "https"

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secret:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def is_listed(host: str, hosts: Sequence[str]) -> bool:
    """Is a machine one of those that the operator names? Every one is while none is named.

    A name with a dot before it stands for all machines of that domain.
    """
    return not hosts or validate_host(host.lower(), hosts)


def checked_address(
    url: str, *, inside: bool, hosts: Sequence[str] = ()
) -> tuple[SplitResult, str, int]:
    """The parts of an address, and the machine and port behind it. MayNotBeCalled otherwise.

    With `inside` machines of one's own network count as well, and plain http does; with `hosts`
    no other machine does.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        raise MayNotBeCalled("The address cannot be read.") from None
    if parts.scheme not in (("https", "http") if inside else ("https",)):
        raise MayNotBeCalled("The address has to begin with https://.")
    if not parts.hostname or parts.username or parts.password:
        raise MayNotBeCalled("The address has to name a machine, and no user or password.")
    if not is_listed(parts.hostname, hosts):
        raise MayNotBeCalled(f"The operator of the service allows no calls to {parts.hostname}.")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise MayNotBeCalled("The name of the machine is not known.") from None
    addresses = [str(one[4][0]) for one in found]
    if not inside and not all(_is_public(one) for one in addresses):
        raise MayNotBeCalled("The address leads into a private network.")
    return parts, addresses[0], port


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    inside: bool,
    hosts: Sequence[str] = (),
) -> int:
    """Sends it and returns the status; follows no redirection, and does not read what comes back.

    MayNotBeCalled, OSError or http.client.HTTPException if nobody answers.
    """
    with _answered("POST", url, body, headers, inside=inside, hosts=hosts) as answer:
        return answer.status


def fetch(
    method: str, url: str, body: bytes, headers: dict[str, str], *, inside: bool
) -> tuple[int, bytes]:
    """As `post`, with what came back; HTTPException for more than anybody needs."""
    with _answered(method, url, body, headers, inside=inside) as answer:
        content = answer.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise http.client.HTTPException("The answer is too long.")
        return answer.status, content


@contextmanager
def _answered(
    method: str,
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    inside: bool,
    hosts: Sequence[str] = (),
) -> Iterator[http.client.HTTPResponse]:
    parts, address, port = checked_address(url, inside=inside, hosts=hosts)
    connection = _Pinned(parts, address, port)
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(method, path, body or None, headers)
        yield connection.getresponse()
    finally:
        connection.close()
