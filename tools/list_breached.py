"""Breached passwords that our rule of length lets through, from lists of one password a line.

.venv/bin/python tools/list_breached.py LIST… > access/breached/passwords.txt.gz

In small letters, as they are compared, and each once; without addresses of people. What the lists
are and what their licence asks for stands in access/breached/README.txt.
"""

import gzip
import re
import sys
from pathlib import Path

SHORTEST = 12
ADDRESS = re.compile(r"\S+@\S+\.[a-z]{2,}")


def breached(texts: list[str]) -> list[str]:
    """Those that somebody could still choose, sorted."""
    said = {line.strip().lower() for text in texts for line in text.splitlines()}
    return sorted(one for one in said if len(one) >= SHORTEST and not ADDRESS.fullmatch(one))


def packed(passwords: list[str]) -> bytes:
    """The same bytes for the same passwords."""
    return gzip.compress("\n".join([*passwords, ""]).encode(), mtime=0)


if __name__ == "__main__":
    lists = [Path(name).read_text(encoding="utf-8", errors="replace") for name in sys.argv[1:]]
    sys.stdout.buffer.write(packed(breached(lists)))
