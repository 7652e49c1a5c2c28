"""Registry of verbs: an event whose verb nobody declared is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any


@dataclass(frozen=True)
class Verb:
    """`wording` is a sentence with the event's data in braces: «Paid {amount} to {supplier}».

    A noun behind a colon counts: «{rows:row}» becomes «1 row», «2 rows» or «1,054 rows».
    """

    key: str
    wording: str


VERBS: dict[str, Verb] = {}
Handler = Callable[[Any], None]
HANDLERS: dict[str, dict[str, Handler]] = {}


def declare(**wordings: str) -> None:
    """Declares verbs; dots in a key are written as double underscores."""
    for key, wording in wordings.items():
        name = key.replace("__", ".")
        VERBS[name] = Verb(name, wording)


def is_look(verb: str) -> bool:
    """Does it say that somebody looked at something sensitive, and changed nothing?"""
    return verb.endswith("seen")


def looks() -> list[str]:
    """Every verb of a look."""
    return [verb for verb in VERBS if is_look(verb)]


def wording(verb: str) -> str:
    """What a verb says, its data in braces; the verb itself if nobody declares it any more."""
    return VERBS[verb].wording if verb in VERBS else verb


def handler(verb: str, name: str) -> Callable[[Handler], Handler]:
    """Registers a function to be called with every event of `verb`, at least once."""

    def register(function: Handler) -> Handler:
        HANDLERS.setdefault(verb, {})[name] = function
        return function

    return register


def counted(count: Any, noun: str) -> str:
    """«1 row», «1,054 rows»; a text is a count that was written with its commas already."""
    said = f"{count:,}" if isinstance(count, int) else str(count)
    return f"{said} {noun}" if said == "1" else f"{said} {noun}s"


class _Words(Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "…")

    def format_field(self, value: Any, format_spec: str) -> str:
        return counted(value, format_spec) if format_spec else str(value)


def sentence(verb: str, data: Mapping[str, Any]) -> str:
    """The event in words; data that is missing shows as an ellipsis."""
    return _Words().vformat(VERBS[verb].wording, (), data) if verb in VERBS else verb
