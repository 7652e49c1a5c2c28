"""Payments that apps above make by files of their own, such as net pay.

What a bank says of these comes in here, in one report with what it says of suppliers, and is put
to whoever made them: they say which payment an answer is about, and take back what did not arrive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.actors import Actor
from finance.formats.bank_reports import BankReport as Report
from finance.models import BankReport


@dataclass(frozen=True)
class Known:
    """A payment that left, as an answer names it: `key` is the maker's own, `back` came before."""

    key: int
    pence: int
    same_file: bool
    back: bool


@dataclass(frozen=True)
class Answer:
    """One payment that did not arrive: `returned` ones had left, the others never did."""

    key: int
    returned: bool
    code: str
    reason: str


class TakeBack(Protocol):
    """As a service is called, in the transaction that takes the report in."""

    def __call__(
        self, *, answers: Sequence[Answer], report: BankReport, by: Actor, at: datetime
    ) -> int: ...


@dataclass(frozen=True)
class Maker:
    """An app that makes payments, in one word for their list, and what it answers.

    `known(references, report, by)` finds payments of its own by what answers call them;
    `of_file(reference, by)` has (reference, pence) of each that a file carried;
    `take_back(answers=, report=, by=, at=)` reverses them, each once, and returns how many.
    """

    name: str
    known: Callable[[Sequence[str], Report, Actor], dict[str, Known]]
    of_file: Callable[[str, Actor], list[tuple[str, int]]]
    take_back: TakeBack


MAKERS: dict[str, Maker] = {}


def register(maker: Maker) -> Maker:
    MAKERS[maker.name] = maker
    return maker
