"""Work side by side, in a process without other threads as `make demo` is."""

import os
import subprocess
import sys
import threading

from django.conf import settings

from sharedservices.demo.processes import side_by_side
from tests.runs.processes import same_database

PROGRAM = """
import os, django
django.setup()
from django.db import connection
from sharedservices.demo.processes import side_by_side

def ask(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), %s * %s", [number, number])
        backend, square = cursor.fetchone()
    return os.getpid(), backend, square

mine = ask(1)
found = list(side_by_side(ask, 6))
again = ask(7)
assert os.getpid() not in {pid for pid, _, _ in found}
assert mine[1] not in {backend for _, backend, _ in found} and again[2] == 49
assert sorted(square for _, _, square in found) == [0, 1, 4, 9, 16, 25]
try:
    list(side_by_side(lambda number: 1 // number, 3))
except ZeroDivisionError:
    print("as it should be")
"""


def test_each_process_has_a_connection_of_its_own(committed: None) -> None:
    environment = {**os.environ, **same_database()}
    environment["DJANGO_SETTINGS_MODULE"] = "sharedservices.settings"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "as it should be\n"


def test_beside_other_threads_one_comes_after_the_other() -> None:
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        assert list(side_by_side(lambda number: (number, os.getpid()), 3)) == [
            (number, os.getpid()) for number in range(3)
        ]
    finally:
        ended.set()
        other.join()
