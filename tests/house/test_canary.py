"""A short load on the real web server; `make canary` is the long one."""

import secrets
import time
from pathlib import Path

from django.db import connection

from tests.house.canary import WEB_SERVER, acts_of_strangers, load, served

# Two processes of four threads (the programs of the demonstration).
MOST_CONNECTIONS = 8
PATIENCE_SECONDS = 5

CONNECTIONS = """
SELECT usename, backend_start, query_start, left(query, 200)
  FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = %s
"""


def test_nothing_crosses_between_members_who_share_connections(
    committed: None, tmp_path: Path
) -> None:
    seed = secrets.randbelow(10**6)
    with served(tmp_path) as place:
        report = load(place, requests=600, seed=seed, threads=8)
        kept = _connections_kept()
        strange = acts_of_strangers(place)
    assert (report.good, report.asked) == (True, 600), "\n".join(report.lines())
    assert strange == []
    # It would have been seen: many answers hold the words of those who asked.
    assert report.own_words > 100
    assert report.hung_up > 10
    assert report.sent["as they were shown"] > 5 and report.sent["across"] > 2, report.sent
    # A connection for each thread of the server, however many requests there were.
    assert 0 < len(kept) <= MOST_CONNECTIONS, kept


def _connections_kept() -> list[tuple[object, ...]]:
    """The connections of the web server once it is at rest: one that was closed takes a moment."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute(CONNECTIONS, [WEB_SERVER])
            kept: list[tuple[object, ...]] = cursor.fetchall()
        if len(kept) <= MOST_CONNECTIONS or time.monotonic() > until:
            return kept
        time.sleep(0.1)
