"""Strict readers of the environment: a wrong value stops the start, it is never guessed."""

import os
import secrets
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
