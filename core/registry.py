"""Subjects: how lower apps speak of things that upper apps own, without importing them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Subject:
    """A kind of thing that approvals, timelines and runs can point at.

    `link(organisation_slug, row)` is its page; `name(row)` what people call it, behind the label:
    its model says that itself or the subject does; `summary(row)` one line; `card(row)` the facts
    to decide on as (label, value) pairs; `warnings(row)` what to check before saying yes;
    `reading(rows)` adds to the query what all of them read, so that many cost one query;
    `gather(rows)` adds to rows that were read what no such query can say, in one more for all. The
    callbacks run in the transaction of the decision. `on_undone(row, by, outcome)` takes back what
    the decision of that outcome did; without it a decision on this kind is final. To decide on a
    `bank` subject one proves after a pause who one is, as on bank pages. Where it has no route, it
    is `agreed_between` these roles: the first of them that who asks does not hold decides.
    `papers(slug, row)` are the documents and journals beneath it, as (label, address) pairs.
    """

    key: str
    model: type[models.Model]
    label: str
    link: Callable[[str, Any], str]
    summary: Callable[[Any], str]
    name: Callable[[Any], str] = str
    card: Callable[[Any], list[tuple[str, str]]] = lambda row: []
    warnings: Callable[[Any], list[str]] = lambda row: []
    reading: Callable[[models.QuerySet[Any]], models.QuerySet[Any]] = lambda rows: rows
    gather: Callable[[Sequence[Any]], None] = lambda rows: None
    papers: Callable[[str, Any], list[tuple[str, str]]] = lambda slug, row: []
    bank: bool = False
    agreed_between: tuple[str, ...] = ()
    on_approved: Callable[..., None] = lambda row, by: None
    on_returned: Callable[..., None] = lambda row, by, comment: None
    on_rejected: Callable[..., None] = lambda row, by, comment: None
    on_undone: Callable[..., None] | None = None


SUBJECTS: dict[str, Subject] = {}
_BY_MODEL: dict[type[models.Model], str] = {}


def register(subject: Subject) -> Subject:
    SUBJECTS[subject.key] = subject
    _BY_MODEL[subject.model] = subject.key
    return subject


def subject_of(row: models.Model) -> str:
    """The key under which the row's kind is registered."""
    try:
        return _BY_MODEL[type(row)]
    except KeyError:
        raise LookupError(f"{type(row).__name__} is not registered as a subject.") from None


def find(key: str, organisation_id: int, subject_id: int | None) -> models.Model | None:
    """The row that a key and an id point at, as far as the open scope shows it."""
    subject = SUBJECTS.get(key)
    if subject is None or subject_id is None:
        return None
    rows = subject.model._default_manager.filter(organisation_id=organisation_id, pk=subject_id)
    return subject.reading(rows).first()
