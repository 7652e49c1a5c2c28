"""Strict readers of the environment: a wrong value stops the start, it is never guessed."""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class BadEnvironment(Exception):
    """A variable of the environment cannot be used; the message names it and the remedy."""


def flag(name: str, default: bool = False) -> bool:
    """True or False, written exactly so."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("True", "False"):
        raise BadEnvironment(f"{name} must be True or False, not {value!r}.")
    return value == "True"


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within its bounds."""
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadEnvironment(
            f"{name} must be a whole number from {least} to {most}, not {value!r}."
        )
    return int(value)


def hosts(name: str) -> list[str]:
    """Names of machines with commas between them; with a dot before it one stands for a domain."""
    found = [one.strip().lower() for one in text(name).split(",") if one.strip()]
    for one in found:
        if not re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*", one):
            raise BadEnvironment(
                f"{name} must name machines like hooks.example.org or domains like .example.org,"
                f" with commas between them, not {one!r}."
            )
    return found


def scanner(name: str) -> str:
    """Where a scanner listens: a socket on this machine, or a machine and a port."""
    found = text(name)
    if found and not re.fullmatch(r"unix:///.+|tcp://[A-Za-z0-9.-]+(:[0-9]{1,5})?", found):
        raise BadEnvironment(
            f"{name} must be like unix:///run/clamav/clamd.ctl or tcp://scanner:3310,"
            f" not {found!r}."
        )
    return found


def readable(path: str) -> Path:
    """The path of a file that is there."""
    if not Path(path).is_file():
        raise BadEnvironment(f"There is no file {path}.")
    return Path(path)


def text(name: str, default: str = "") -> str:
    """The value, or the content of the file that NAME_FILE points at."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def secret(name: str, keep_in: Path) -> str:
    """A secret from the environment, else one made once and kept in a private file."""
    value = text(name)
    if value:
        return value
    if not keep_in.exists():
        keep_in.parent.mkdir(parents=True, exist_ok=True)
        keep_in.touch(mode=0o600)
        keep_in.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return keep_in.read_text(encoding="utf-8")


def keys(name: str, keep_in: Path, *, may_be_made: bool) -> dict[str, bytes]:
    """Keys by their names, the one in use first, from name:base64 with commas between them.

    Only where `may_be_made` one is made and kept in a private file; else there must be some.
    """
    given = text(name)
    if not given and not may_be_made:
        raise BadEnvironment(
            f"{name} is missing: k1: and the answer of `openssl rand -base64 32` (docs/keys.md)."
        )
    if not given:
        made = base64.b64encode(hashlib.sha256(secret(name, keep_in).encode()).digest())
        given = f"local:{made.decode()}"
    found = dict(_key(name, part) for part in given.split(","))
    if len(found) != len(given.split(",")):
        raise BadEnvironment(f"{name} names a key twice.")
    return found


def _key(name: str, part: str) -> tuple[str, bytes]:
    label, _, encoded = part.strip().partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not re.fullmatch(r"[a-z0-9]{1,8}", label) or len(key) != 32:
        raise BadEnvironment(
            f"{name} must be keys like k1:… with commas between them: a name of at most eight small"
            " letters and digits, a colon, and 32 bytes as base64 (docs/keys.md)."
        )
    return label, key


def database(url: str) -> dict[str, Any]:
    """Django's database dictionary from postgresql://user:password@host:port/name?host=/socket."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadEnvironment("A database address must begin with postgresql://.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def written(keys: Mapping[str, bytes]) -> str:
    """Keys as `keys` reads them: for a process that shall have those of this one."""
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items())
