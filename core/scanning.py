"""Files looked at by a scanner of viruses that the operator runs: clamd, in its own protocol."""

import socket
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 30
PIECE = 64 * 1024
FOUND = "FOUND"
CLEAN = "stream: OK"


class NotLookedAt(OSError):
    """The scanner did not answer, or not about the file."""


def finding(file: IO[bytes]) -> str:
    """What the scanner calls what it found in the file, read from its start; empty for nothing.

    Empty too where no scanner is set up. NotLookedAt where there is one that says neither, as for
    a file beyond its own limit: such a file is not known to be clean.
    """
    if not settings.VIRUS_SCANNER_AT:
        return ""
    try:
        with _connected() as scanner:
            said = _asked(scanner, file)
    except OSError as error:
        raise NotLookedAt(str(error)) from error
    if said == CLEAN:
        return ""
    if not said.endswith(FOUND):
        raise NotLookedAt(said)
    return said.removeprefix("stream: ").removesuffix(FOUND).strip()


def _connected() -> socket.socket:
    """A connection to `unix:///run/clamd.sock` or `tcp://scanner:3310`."""
    where = urlsplit(settings.VIRUS_SCANNER_AT)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname, where.port or 3310), PATIENCE)
    scanner = socket.socket(socket.AF_UNIX)
    scanner.settimeout(PATIENCE)
    try:
        scanner.connect(where.path)
    except OSError:
        scanner.close()
        raise
    return scanner


def _asked(scanner: socket.socket, file: IO[bytes]) -> str:
    """INSTREAM: pieces with their lengths before them, a length of nothing, then one answer."""
    scanner.sendall(b"zINSTREAM\0")
    while piece := file.read(PIECE):
        scanner.sendall(len(piece).to_bytes(4, "big") + piece)
    scanner.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and (more := scanner.recv(PIECE)):
        answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
