"""The two walls between organisations, opened together and only here.

Wall one: `TenantModel.objects` raises unless a scope is open, and filters by it.
Wall two: PostgreSQL row security reads `app.tenants` (readable) and `app.tenant` (acting), which
are set here with SET LOCAL semantics in the transaction that the scope itself opens.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import django_scopes
from django.db import connection, transaction

from core.rules import Rule


class ScopeError(RuntimeError):
    """A scope was opened inside another one, or work was tried outside any."""


class SCO01(Rule):
    """This organisation has left the service. Its books can be read, not changed."""


@dataclass(frozen=True)
class Scope:
    """Organisations one may read, and the one that is acted for (None: read only)."""

    readable: frozenset[int]
    acting: int | None


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
_together: ContextVar[bool] = ContextVar("together", default=False)


def current_scope() -> Scope | None:
    """The open scope, or None."""
    return _current.get()


def acting_organisation() -> int:
    """The organisation that writes go to. Raises ScopeError without one."""
    open_scope = _current.get()
    if open_scope is None or open_scope.acting is None:
        raise ScopeError("No organisation is being acted for: open a scope with acting=….")
    return open_scope.acting


@contextmanager
def scope(*, acting: int | None = None, readable: Collection[int] = ()) -> Iterator[Scope]:
    """Opens a transaction in which the given organisations can be read and one written.

    Nobody acts for an organisation that has left the service (SCO01): it is only read.
    Refuses to nest: what an organisation sees may never depend on who called. Deferred constraints
    are checked before the end, so a refusal of the database surfaces inside the block.
    """
    if _current.get() is not None:
        raise ScopeError("A scope is already open; scopes do not nest.")
    everything = frozenset(readable) | ({acting} if acting is not None else frozenset())
    opened = Scope(everything, acting)
    token = _current.set(opened)
    try:
        with transaction.atomic(durable=not _together.get()):
            _set(opened)
            with django_scopes.scope(organisation_id=_filter_value(opened)):
                yield opened
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if connection.in_atomic_block:
            # Inside `together` or a test's own transaction: any other has ended, and its settings
            # with it.
            _set(Scope(frozenset(), None))
    finally:
        _current.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """What the scopes inside write, one after the other, is there whole or not at all.

    Refused inside a scope: what an organisation sees may never depend on who called.
    """
    if _current.get() is not None:
        raise ScopeError("A scope is already open; scopes do not nest.")
    token = _together.set(True)
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        _together.reset(token)


def _filter_value(opened: Scope) -> int | list[int]:
    """A single organisation becomes an equality, which the planner likes best."""
    return next(iter(opened.readable)) if len(opened.readable) == 1 else sorted(opened.readable)


def _set(opened: Scope) -> None:
    listed = ",".join(map(str, sorted(opened.readable)))
    tenants = f"{{{listed}}}" if listed else ""
    acting = str(opened.acting) if opened.acting is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctx.has_left(%s), set_config('app.tenants', %s, true),"
            " set_config('app.tenant', %s, true)",
            [opened.acting, tenants, acting],
        )
        SCO01.check(not cursor.fetchone()[0])
