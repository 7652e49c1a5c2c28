"""Answers to calls with an idempotency key (core.web.repeats): kept for a day, given again.

An answer may show a secret or an account, so it is kept sealed.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from access.models import ApiAnswer
from access.rules import ACC09
from core.actors import Actor
from core.sealing import seal, unseal
from core.web.repeats import AnswerBefore

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """A call that is answered for the first time."""

    key: str
    digest: str
    holder: str
    by: Actor

    def keep(self, status: int, body: str) -> None:
        """Notes the answer, and forgets those of the organisation whose day is over."""
        here, now = self.by.organisation_id, timezone.now()
        ApiAnswer.objects.filter(organisation_id=here, expires_at__lte=now).delete()
        ApiAnswer.objects.create(
            organisation_id=here,
            holder=self.holder,
            key=self.key,
            digest=self.digest,
            status=status,
            body=seal(body),
            expires_at=now + KEPT,
        )


def begin(*, key: str, digest: str, holder: str, by: Actor) -> Kept:
    """AnswerBefore if this very call was answered within the day; ACC09 if another one was.

    Two at once wait for each other: the second one finds what the first was answered.
    """
    told = hashlib.sha256(f"{by.organisation_id}/{holder}/{key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        lock = int.from_bytes(told, signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    found = ApiAnswer.objects.filter(
        organisation_id=by.organisation_id, holder=holder, key=key, expires_at__gt=timezone.now()
    ).first()
    if found is None:
        return Kept(key, digest, holder, by)
    ACC09.check(found.digest == digest)
    raise AnswerBefore(found.status, unseal(found.body))
