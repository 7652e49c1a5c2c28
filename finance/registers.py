"""The registers at HMRC and Companies House: is a number known there, and under which name.

Each is off until the operator names its address and key. An answer is kept as it came; that
nobody answered is an answer too, and never taken for «not known there».
"""

import base64
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from core.outside import may_leave
from core.web.outgoing import MayNotBeCalled, fetch

REGISTERED, UNKNOWN, UNANSWERED = "registered", "unknown", "unanswered"
LONGEST = 200
LABELS = {"vat": "HMRC", "company": "Companies House"}


@dataclass(frozen=True)
class Answer:
    """What a register says of a number: whether it is there, under which name, in which state."""

    outcome: str
    name: str = ""
    said: str = ""

    @property
    def words(self) -> str:
        """«registered as Kestrel Ltd (active)»."""
        said = f" ({self.said})" if self.said else ""
        if self.outcome == REGISTERED:
            return f"registered as {self.name}{said}"
        return f"{'not known there' if self.outcome == UNKNOWN else 'no answer'}{said}"


class Register(Protocol):
    """One register that is asked about a number."""

    key: str

    def knows(self, number: str) -> bool:
        """Can it be asked about a number of this form?"""

    def look_up(self, number: str) -> Answer:
        """What it says; whatever goes wrong is UNANSWERED with the reason."""


class _NoAnswer(Exception):
    """The register said nothing that can be read; the message says what it did."""


def _asked(
    url: str, headers: dict[str, str], *, method: str = "GET", body: bytes = b""
) -> tuple[int, dict[str, Any]]:
    """The status and the object of JSON that comes back."""
    try:
        status, content = fetch(
            method, url, body, {"Accept": "application/json", **headers},
            inside=settings.REGISTERS_INSIDE,
        )  # fmt: skip
        found = json.loads(content) if content.strip() else {}
    except MayNotBeCalled as error:
        raise _NoAnswer(str(error)) from None
    except (OSError, http.client.HTTPException):
        raise _NoAnswer("Nobody answered at its address.") from None
    except ValueError:
        raise _NoAnswer("The answer cannot be read.") from None
    if not isinstance(found, dict):
        raise _NoAnswer("The answer cannot be read.")
    return status, found


def _one(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""


def _read(status: int, name: str, said: str = "") -> Answer:
    if status == 404:
        return Answer(UNKNOWN)
    if status != 200 or not name:
        raise _NoAnswer(f"It answered with {status} and no name.")
    return Answer(REGISTERED, name, said)


@dataclass(frozen=True)
class VatRegister:
    """HMRC's check of VAT numbers, version 2: a token for the program, then the number."""

    address: str
    client: str
    secret: str
    key = "vat"

    def knows(self, number: str) -> bool:
        """Numbers of departments and health authorities (GD, HA) are not in it."""
        return number[:2] == "GB" and number[2:].isdigit()

    def look_up(self, number: str) -> Answer:
        try:
            base = self.address.rstrip("/")
            where = f"{base}/organisations/vat/check-vat-number/lookup/{number[2:]}"
            headers = {
                "Authorization": f"Bearer {self._token(base)}",
                "Accept": "application/vnd.hmrc.2.0+json",
            }
            status, found = _asked(where, headers)
            target = found.get("target")
            return _read(status, _one(target, "name") if isinstance(target, dict) else "")
        except _NoAnswer as error:
            return Answer(UNANSWERED, said=str(error))

    def _token(self, base: str) -> str:
        given = {"grant_type": "client_credentials", "client_id": self.client}
        body = urlencode({**given, "client_secret": self.secret}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, found = _asked(f"{base}/oauth/token", headers, method="POST", body=body)
        token = _one(found, "access_token")
        if status != 200 or not token:
            raise _NoAnswer(f"It let nobody in: {status}.")
        return token


@dataclass(frozen=True)
class CompanyRegister:
    """The public register of Companies House; the key is the user of a call without a password."""

    address: str
    secret: str
    key = "company"

    def knows(self, number: str) -> bool:
        return bool(number)

    def look_up(self, number: str) -> Answer:
        try:
            pass_on = base64.b64encode(f"{self.secret}:".encode()).decode()
            where = f"{self.address.rstrip('/')}/company/{number}"
            status, found = _asked(where, {"Authorization": f"Basic {pass_on}"})
            return _read(status, _one(found, "company_name"), _one(found, "company_status"))
        except _NoAnswer as error:
            return Answer(UNANSWERED, said=str(error))


def registers() -> list[Register]:
    """Those that the operator has set up."""
    found: list[Register] = []
    if settings.VAT_REGISTER_AT:
        found.append(
            VatRegister(
                settings.VAT_REGISTER_AT, settings.VAT_REGISTER_ID, settings.VAT_REGISTER_KEY
            )
        )
    if settings.COMPANY_REGISTER_AT:
        found.append(CompanyRegister(settings.COMPANY_REGISTER_AT, settings.COMPANY_REGISTER_KEY))
    return found


def may_be_asked_for(organisation_id: int) -> bool:
    """A rehearsal asks nobody outside."""
    return may_leave(organisation_id, timezone.now())
