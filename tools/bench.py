"""Measures the bulk work against the fastest load that the same server allows.

    make bench                         everything in tools/benchmarks/, each in a process of its own
    .venv/bin/python tools/bench.py ledger_posting --rows 100000

Prints a table and writes build/bench.json: name, rows, seconds, rate (rows a second), limit_rate
(COPY of the very rows that were made into bare tables with the same primary keys, in the same
run), ratio (limit_rate / rate: how many times slower than that limit) and peak_mb (Python's).
Work that reads much and writes little has rows of what it reads, and one plain pass over them is
part of its limit. docs/performance.md says what each line means.

A benchmark is a module tools/benchmarks/<name>.py with `run(bench: Bench) -> Iterable[Result]`.
It works in the database bench_commonwell, which is made for it and dropped after it.
"""

import argparse
import importlib
import json
import os
import pkgutil
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "bench.json"
DATABASE = "bench_commonwell"
# This process, and the largest of those that it started and that have ended.
OURS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


@dataclass(frozen=True)
class Result:
    """One line of the table; `limit_rate` and `ratio` are None where no COPY is comparable."""

    name: str
    rows: int
    seconds: float  # a duration, not money
    rate: int
    limit_rate: int | None
    ratio: float | None
    peak_mb: int


class Bench:
    """What a benchmark works with: rows asked for, a folder, a clock and the limit."""

    def __init__(self, rows: int, folder: Path) -> None:
        self.rows, self.folder = rows, folder

    def timed(self, work: Callable[[], object]) -> float:
        """Seconds that `work` takes."""
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    def limit_seconds(self, outputs: Sequence[tuple[str, str]]) -> float:
        """Seconds to COPY the rows (table, SQL condition) into bare tables with their keys only."""
        from core.management.commands.init_db import connect

        seconds = 0.0
        with closing(connect(DATABASE)) as connection, connection.cursor() as cursor:
            for table, condition in outputs:
                path = self.folder / f"{table}.copy"
                rows = f"SELECT * FROM {table} WHERE {condition}"  # noqa: S608 (of the benchmark)
                with path.open("wb") as file:
                    cursor.copy_expert(f"COPY ({rows}) TO STDOUT", file)
                self._bare(cursor, table)
                cursor.execute("CHECKPOINT")
                with path.open("rb") as file:
                    start = time.perf_counter()
                    cursor.copy_expert(f"COPY bare_{table} FROM STDIN", file)
                    seconds += time.perf_counter() - start
                cursor.execute(f"DROP TABLE bare_{table}")
                path.unlink()
        return seconds

    def pass_seconds(self, queries: Sequence[str]) -> float:
        """Seconds to answer plain aggregates, by the owner: no row security, no second query."""
        from core.management.commands.init_db import connect

        with closing(connect(DATABASE)) as connection, connection.cursor() as cursor:
            return sum(self.timed(partial(cursor.execute, query)) for query in queries)

    def _bare(self, cursor: Any, table: str) -> None:
        """The table without its secondary indexes, checks, policies and triggers."""
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'p'",
            [table],
        )
        (key,) = cursor.fetchone()
        cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
        cursor.execute(f"ALTER TABLE bare_{table} ADD {key}")

    def checkpoint(self) -> None:
        """Leaves no unwritten pages of the preparation to the measured part."""
        from core.management.commands.init_db import connect

        with closing(connect(DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def result(
        self, name: str, rows: int, seconds: float, limit_seconds: float | None = None
    ) -> Result:
        """The line of the table; call it when all is done, as it reads the peak of memory."""
        return Result(
            name=name,
            rows=rows,
            seconds=round(seconds, 3),
            rate=round(rows / seconds),
            limit_rate=round(rows / limit_seconds) if limit_seconds else None,
            ratio=round(seconds / limit_seconds, 2) if limit_seconds else None,
            peak_mb=max(resource.getrusage(of).ru_maxrss for of in OURS) // 1024,
        )


@contextmanager
def database(name: str = DATABASE) -> Iterator[None]:
    """A fresh database with all migrations, used as the application role, dropped at the end."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from core.management.commands.init_db import connect, create

    def drop() -> None:
        with closing(connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    drop()
    create(name)
    os.environ["COMMONWELL_DATABASE"] = name
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        connections["owner"].close()
        yield
    finally:
        connections.close_all()
        drop()


def names() -> list[str]:
    """The benchmarks there are."""
    folder = ROOT / "tools" / "benchmarks"
    return sorted(module.name for module in pkgutil.iter_modules([str(folder)]))


def measure(name: str, rows: int) -> list[Result]:
    """Runs one benchmark in this process."""
    module = importlib.import_module(f"tools.benchmarks.{name}")
    with tempfile.TemporaryDirectory() as folder, database():
        found: Iterable[Result] = module.run(Bench(rows, Path(folder)))
        return list(found)


def _in_own_process(name: str, rows: int) -> list[dict[str, Any]]:
    """A process each, so that the peak of memory is that of one benchmark."""
    command = [sys.executable, __file__, name, "--rows", str(rows), "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return list(json.loads(done.stdout))


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results as aligned columns."""
    # Some benchmarks say more than the others; a line leaves empty what it does not say.
    heads = list(dict.fromkeys(head for row in results for head in row))
    cells = [heads] + [
        [
            "" if row.get(head) is None else f"{row[head]:,}" if head != "name" else row[head]
            for head in heads
        ]
        for row in results
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the bulk work.")
    parser.add_argument("names", nargs="*", help="benchmarks; all without any")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="one benchmark in this process")
    options = parser.parse_args()
    if options.json:
        found = [asdict(one) for one in measure(options.names[0], options.rows)]
        sys.stdout.write(json.dumps(found))
        return
    results: list[dict[str, Any]] = []
    for name in options.names or names():
        results += _in_own_process(name, options.rows)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(table(results) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    # The benchmarks import this file by its name: one and the same Result and Bench.
    sys.modules["tools.bench"] = sys.modules["__main__"]
    main()
