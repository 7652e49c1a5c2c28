"""The error of the writers: a file that would be wrong is not written."""

from __future__ import annotations


class Unwritable(ValueError):
    """The file asked for breaks the format; `problems` says each way, in plain words."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))
