"""Registry of verbs: an event whose verb nobody declared is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verb:
    """`wording` is a sentence with the event's data in braces: «Paid {amount} to {supplier}»."""

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


def handler(verb: str, name: str) -> Callable[[Handler], Handler]:
    """Registers a function to be called with every event of `verb`, at least once."""

    def register(function: Handler) -> Handler:
        HANDLERS.setdefault(verb, {})[name] = function
        return function

    return register


def sentence(verb: str, data: Mapping[str, Any]) -> str:
    """The event in words; data that is missing shows as an ellipsis."""

    class Gap:
        def __format__(self, how: str) -> str:
            return "…"

    class Missing(dict[str, Any]):
        def __missing__(self, key: str) -> Gap:
            return Gap()

    return VERBS[verb].wording.format_map(Missing(data)) if verb in VERBS else verb
