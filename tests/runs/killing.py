"""Copies of a database in which a worker is killed, and all that it left, to be compared.

A worker is a child of this process: it need not start, and knows the runs that the tests planned.
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg2 import sql

from core.management.commands.init_db import connect
from runs import faults, services
from tests.databases import here
from tests.runs.processes import command, environment, same_database, until

Rows = dict[str, list[str]]
# Starts a worker that dies at a point while the fuse is there; its number.
Start = Callable[[str, Path], int]
# Moments and what is made by chance differ each time, and a lease counts how often it was taken.
BY_CHANCE = ("timestamptz", "uuid", "xid8")
COLUMNS_BY_CHANCE = {
    "finance_chainhead": ["head"],
    "finance_ledgerseal": ["previous", "hash"],
    "runs_chunk": ["attempts", "fence"],
    "events_event": ["transaction_no"],
    "finance_series": ["id"],
    "finance_sourcefile": ["content_sealed"],
    "finance_paymentfilepart": ["content_sealed"],
    "payroll_certificate": ["content_sealed"],
    "payroll_payfilepart": ["content_sealed"],
    "tenants_counter": ["id"],  # asked for with each number, and mostly not needed
}
TABLES = """
SELECT c.relname, array_agg(a.attname::text) FILTER (WHERE t.typname = ANY(%s))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 GROUP BY c.relname ORDER BY c.relname
"""
# Numbers that a killed transaction used up, so that what comes after has the same ones.
GIVE_BACK = """
DO $$ DECLARE one record; BEGIN
  FOR one IN
    SELECT s.oid::regclass AS sequence, d.refobjid::regclass AS owner, a.attname AS name
      FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE s.relkind = 'S' AND d.classid = 'pg_class'::regclass
  LOOP
    EXECUTE format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s',
                   one.sequence, one.name, one.owner);
  END LOOP;
END $$
"""
LEAVE = """
SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def left() -> Rows:
    """Every row of every table, without what differs by chance."""
    with closing(connect(here())) as admin, admin.cursor() as cursor:
        cursor.execute(TABLES, [list(BY_CHANCE)])
        tables = {name: found or [] for name, found in cursor.fetchall()}
        rows: Rows = {}
        for name, chance in tables.items():
            omitted = chance + COLUMNS_BY_CHANCE.get(name, [])
            query = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM {} t ORDER BY 1")
            cursor.execute(query.format(sql.Identifier(name)), [omitted])
            rows[name] = [row[0] for row in cursor.fetchall()]
    return rows


def differences(found: Rows, wanted: Rows) -> dict[str, Any]:
    """By table, the rows that are too many and those that are missing."""
    return {
        name: {
            "too many": sorted(set(found[name]) - set(wanted[name])),
            "missing": sorted(set(wanted[name]) - set(found[name])),
            "rows": (len(found[name]), len(wanted[name])),
        }
        for name in wanted
        if found[name] != wanted[name]
    }


def asked(ask: Callable[[], Any]) -> None:
    """Somebody asks for a run, always at the same moment."""
    ask()
    at_one_moment()


def at_one_moment() -> None:
    """Runs are asked for when all is known that was recorded; bank files tell the moment."""
    with closing(connect(here())) as admin, admin.cursor() as cursor:
        cursor.execute("UPDATE runs_run SET made_at = current_date + 1 WHERE state = 'planned'")


def worker(act: Callable[[], Any], point: str = "", fuse: Path | None = None) -> int:
    """A child of this process that acts, and kills itself at the point; its number."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    # Django finds its connections by whether an event loop runs, as one does here once a browser
    # was started, and none in the child: there it would find those from before. Kept, not closed.
    earlier = connections.all(initialized_only=True)
    for one in earlier:
        del connections[one.alias]
    try:
        setattr(faults, "_ARMED", point)  # noqa: B010 (as the environment arms it)
        setattr(faults, "_FUSE", str(fuse))  # noqa: B010
        act()
        os._exit(0)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)


def started_worker(point: str = "", fuse: Path | None = None) -> int:
    """As `worker` with all runs that wait, in a process that begins from nothing."""
    armed = {"FAULT_POINT": point, "FAULT_FUSE": str(fuse)}
    child = subprocess.Popen(
        command("runs"),
        cwd=settings.BASE_DIR,
        env=environment(**same_database(), **armed),
        stdout=subprocess.DEVNULL,
    )
    return child.pid


def ended(child: int) -> int:
    """How the worker ended: its exit code, or minus the signal that killed it.

    What it asked of the database last is not waited for, and is not there.
    """
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    settle()
    return code


def settle() -> None:
    """After workers died: what they asked last is not there, and what they held is free."""
    connections.close_all()
    with closing(connect(here())) as admin, admin.cursor() as cursor:
        cursor.execute(LEAVE)
        cursor.execute(GIVE_BACK)
        cursor.execute("UPDATE runs_chunk SET lease_until = now() WHERE lease_until > now()")


def give_back() -> None:
    """Numbers go on from the rows that are there, whatever earlier tests used up."""
    with closing(connect(here())) as admin, admin.cursor() as cursor:
        cursor.execute(GIVE_BACK)


def killed_at(point: str, start: Start, folder: Path) -> None:
    """The worker dies at the point; fails when it never gets there."""
    fuse = folder / "fuse"
    fuse.touch()
    code = ended(start(point, fuse))
    assert (code, fuse.exists()) == (-signal.SIGKILL, False), f"the worker never came to {point}"


def finish() -> None:
    """This process is the other worker."""

    def nothing_left() -> bool:
        services.work_all()
        return not services.waiting()

    until(nothing_left, 20, "the run was not finished by another worker")
