"""Seals while other test processes hold transactions open on the same server."""

import time

from django.db import connection

from core.management.commands.init_db import connect
from events.services import seal_all

PATIENCE_SECONDS = 300  # the longest test of another process, on a slow machine

UNSEALED = """
SELECT count(*) FROM events_event e WHERE e.transaction_no >= coalesce(
  (SELECT max(s.to_transaction) FROM events_seal s WHERE s.organisation_id = e.organisation_id), 0)
"""


def wait_until_older_ones_end() -> None:
    """Waits until every transaction of the server that is open now has ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.transaction_no(pg_current_xact_id())")
        (newest,) = cursor.fetchone()
        while time.monotonic() < until:
            cursor.execute("SELECT ctx.transaction_no(pg_snapshot_xmin(pg_current_snapshot()))")
            if cursor.fetchone()[0] > newest:
                return
            time.sleep(0.05)
    raise AssertionError("An older transaction never ended.")


def seal_everything() -> int:
    """Seals until no event is left unsealed; returns the new seals.

    Only transactions older than every open one are sealed, and those of the other test
    processes' databases count: one pass may seal nothing.
    """
    made, until = 0, time.monotonic() + PATIENCE_SECONDS
    admin = connect(connection.settings_dict["NAME"])
    with admin.cursor() as cursor:
        while time.monotonic() < until:
            made += seal_all()
            cursor.execute(UNSEALED)
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.05)
        else:
            raise AssertionError("Events were left unsealed.")
    admin.close()
    return made
