"""The law as dated figures: one YAML file for each parameter, every value with its source.

A calculator declares what it needs and asks for it by date:

    BANDS = Parameter("income_tax_bands_scotland", Bands)
    BANDS.on(date(2026, 4, 30)).bands[0].rate

The dataclass is the schema of the file. Exact numbers only: money is written in pounds and held
in whole pence, rates are written as `8%` and held in hundredths of one per cent.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Any,
    Generic,
    Literal,
    NewType,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import yaml

from core.money import InexactMoney, to_pence
from payroll.rules import PRL01

T = TypeVar("T")

FOLDER = Path(__file__).parent / "parameters"

Pence = NewType("Pence", int)
Rate = NewType("Rate", int)  # hundredths of one per cent: 1.85% is 185

# What one whole is in the units of `Rate`.
RATE_ONE = 10_000


class Status(StrEnum):
    """How sure a value is; only published ones are used unless the caller allows others."""

    PUBLISHED = "published"
    PROVISIONAL = "provisional"  # announced, not yet in force, or agreed and not yet issued
    DERIVED = "derived"  # worked out by us from a published rule, not seen on a page


CONFIRMED = frozenset({Status.PUBLISHED})


class Unusable(Exception):
    """A file of figures that breaks its schema; names the file, the place and the remedy."""


@dataclass(frozen=True)
class Span(Generic[T]):
    """One value and the days on which it holds: from `starts_on`, before `ends_on`."""

    starts_on: date
    ends_on: date
    status: Status
    source: str
    value: T


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """A parameter of the law: the file of that name, read as `shape`."""

    name: str
    shape: type[T]

    def __post_init__(self) -> None:
        if DECLARED.setdefault(self.name, self) != self:
            raise TypeError(f"There are two parameters called {self.name}.")

    def on(self, day: date, allow: Collection[Status] = CONFIRMED) -> T:
        """The value that holds on `day`. PRL01 when there is none that the caller allows."""
        return self.span(day, allow).value

    def span(self, day: date, allow: Collection[Status] = CONFIRMED) -> Span[T]:
        """The value with its days, status and source. PRL01 as in `on`."""
        label, spans = self.loaded()
        first, last = spans[0].starts_on, spans[-1].ends_on - timedelta(days=1)
        found = next((span for span in spans if span.starts_on <= day < span.ends_on), None)
        if found is None:
            raise PRL01.refuse(
                f"{day:%-d %B %Y}: “{label}” is known from {first:%-d %B %Y} to {last:%-d %B %Y}."
                f" Add the figures of that date, with their source, to {self.name}.yaml."
            )
        if found.status not in allow:
            raise PRL01.refuse(
                f"{day:%-d %B %Y}: “{label}” is only {found.status} ({found.source})."
                f" Confirm it in {self.name}.yaml, or allow {found.status} figures here."
            )
        return found

    def loaded(self) -> tuple[str, tuple[Span[T], ...]]:
        """(label, spans in order of time), read once in the life of the process."""
        return cast(tuple[str, tuple[Span[T], ...]], load(self.name, cast(Hashable, self.shape)))


DECLARED: dict[str, Parameter[Any]] = {}


@cache
def load(name: str, shape: Any) -> tuple[str, tuple[Span[Any], ...]]:
    """The file of a parameter, read once. `Unusable` as in `read`."""
    path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise Unusable(f"{path.name}: there is no such file in {FOLDER.name}/. Add it.")
    return read(path.name, path.read_text(encoding="utf-8"), shape)


def read(file: str, text: str, shape: type[T]) -> tuple[str, tuple[Span[T], ...]]:
    """(label, spans) of a file's text. `Unusable` for anything but the whole schema."""
    try:
        # The loader is a SafeLoader: it makes plain values and nothing else.
        raw = yaml.load(text, Loader=_ExactLoader)  # noqa: S506  # nosec B506
    except yaml.YAMLError as error:
        raise Unusable(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    top = _keys(raw, {"label", "values"}, {"note"}, file)
    label = _text(top["label"], f"{file}, label")
    if not isinstance(top["values"], list) or not top["values"]:
        raise Unusable(f"{file}, values: give at least one dated value.")
    spans = [
        _span(one, shape, f"{file}, value {number}")
        for number, one in enumerate(top["values"], start=1)
    ]
    for earlier, later in pairwise(spans):
        if earlier.ends_on != later.starts_on:
            wrong = "overlap" if earlier.ends_on > later.starts_on else "leave a gap"
            raise Unusable(
                f"{file}: the values before and from {later.starts_on} {wrong}:"
                f" the earlier one ends on {earlier.ends_on}. Let each begin where the last ends."
            )
    return label, tuple(spans)


def _span(raw: object, shape: type[T], where: str) -> Span[T]:
    given = _keys(raw, {"from", "until", "status", "source", "value"}, set(), where)
    for key in ("from", "until"):
        if type(given[key]) is not date:
            raise Unusable(f"{where}, {key}: {given[key]!r} is not a date like 2026-04-06.")
    if given["from"] >= given["until"]:
        raise Unusable(f"{where}: it ends on {given['until']}, before it has begun.")
    if given["status"] not in list(Status):
        known = ", ".join(Status)
        raise Unusable(f"{where}, status: {given['status']!r} is none of {known}.")
    return Span(
        starts_on=given["from"],
        ends_on=given["until"],
        status=Status(given["status"]),
        source=_text(given["source"], f"{where}, source"),
        value=cast(T, _built(given["value"], shape, f"{where}, value")),
    )


def _built(raw: object, wanted: Any, where: str) -> object:
    """`raw` as what the annotation says, through lists, mappings and dataclasses."""
    if wanted in _SCALARS:
        return _SCALARS[wanted](raw, where)
    arguments = get_args(wanted)
    kind = get_origin(wanted)
    if kind in (UnionType, Union):
        (inner,) = [one for one in arguments if one is not NoneType]
        return None if raw is None else _built(raw, inner, where)
    if kind is Literal:
        if raw not in arguments:
            raise Unusable(f"{where}: {raw!r} is none of {', '.join(map(str, arguments))}.")
        return raw
    if kind is tuple and isinstance(raw, list) and raw:
        return tuple(_built(one, arguments[0], f"{where}[{n}]") for n, one in enumerate(raw))
    if kind is Mapping and isinstance(raw, dict) and raw:
        made = {_text(k, where): _built(v, arguments[1], f"{where}.{k}") for k, v in raw.items()}
        return MappingProxyType(made)
    if is_dataclass(wanted):
        hints = get_type_hints(wanted)
        given = _keys(raw, {field.name for field in fields(wanted)}, set(), where)
        return cast(Any, wanted)(
            **{key: _built(one, hints[key], f"{where}.{key}") for key, one in given.items()}
        )
    raise Unusable(f"{where}: {raw!r} is not what belongs here ({wanted}).")


def _keys(raw: object, needed: set[str], optional: set[str], where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Unusable(f"{where}: {raw!r} where {', '.join(sorted(needed))} belong.")
    if missing := needed - raw.keys():
        raise Unusable(f"{where}: {', '.join(sorted(missing))} missing. Add it.")
    if strange := {str(key) for key in raw} - needed - optional:
        raise Unusable(f"{where}: {', '.join(sorted(strange))} not known here. Remove it.")
    return raw


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise Unusable(f"{where}: {raw!r} where words belong.")
    return " ".join(raw.split())


def _count(raw: object, where: str) -> int:
    if type(raw) is not int:
        raise Unusable(f"{where}: {raw!r} is not a whole number.")
    return raw


def _flag(raw: object, where: str) -> bool:
    if type(raw) is not bool:
        raise Unusable(f"{where}: {raw!r} is neither true nor false.")
    return raw


def _pence(raw: object, where: str) -> Pence:
    try:
        return Pence(to_pence(cast(Decimal, raw)))
    except (TypeError, InexactMoney) as error:
        raise Unusable(f"{where}: {raw!r} is not pounds and whole pence.") from error


def _rate(raw: object, where: str) -> Rate:
    if isinstance(raw, str) and raw.endswith("%") and raw[:-1].replace(".", "", 1).isdigit():
        hundredths = Decimal(raw[:-1]) * 100
        if hundredths == int(hundredths):
            return Rate(int(hundredths))
    raise Unusable(f"{where}: {raw!r} is not a rate like 8% or 1.85%.")


_SCALARS: dict[Any, Callable[[object, str], object]] = {
    Pence: _pence, Rate: _rate, int: _count, str: _text, bool: _flag,
}  # fmt: skip


class _ExactLoader(yaml.CSafeLoader):
    """Plain YAML whose fractions are exact and whose keys may not be given twice."""


def _decimal(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


def _mapping(loader: yaml.CSafeLoader, node: yaml.MappingNode) -> Iterator[dict[object, object]]:
    made: dict[object, object] = {}
    yield made
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            raise yaml.YAMLError(f"{key} stands there twice")
        made[key] = loader.construct_object(value_node, deep=True)


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
_ExactLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
