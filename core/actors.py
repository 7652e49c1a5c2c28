"""Who does something, for which organisation, with which rights."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import NotAllowed
from core.permissions import PERMISSIONS


@dataclass(frozen=True)
class Right:
    """One grant as it stands now: a role in a subtree of units up to a limit (None: no limit)."""

    organisation_id: int
    role: str
    unit_path: str = ""
    limit_pence: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person, or the system itself, acting for one organisation."""

    person_id: int | None
    name: str
    organisation_id: int
    rights: tuple[Right, ...] = ()
    readable: frozenset[int] = frozenset()
    system: bool = False

    def rights_here(self) -> Iterable[Right]:
        return (r for r in self.rights if r.organisation_id == self.organisation_id)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(r.role for r in self.rights_here())


def system_actor(organisation_id: int, name: str = "Commonwell") -> Actor:
    """The product itself: runs and rules, never an approver."""
    return Actor(None, name, organisation_id, system=True)


def may(actor: Actor, verb: str, *, unit_path: str | None = None, amount_pence: int = 0) -> bool:
    """The one question: may this actor do this here, to this unit, for this amount?

    Without a unit it asks whether the actor may do it anywhere in the organisation.
    """
    if actor.system:
        return True
    roles = PERMISSIONS[verb].roles
    return any(
        right.role in roles
        and (unit_path is None or unit_path.startswith(right.unit_path))
        and (right.limit_pence is None or abs(amount_pence) <= right.limit_pence)
        for right in actor.rights_here()
    )


def places_where(actor: Actor, verb: str) -> frozenset[int]:
    """Of the organisations that this actor looks at, those where they hold `verb`: for lists."""
    roles = PERMISSIONS[verb].roles
    held = frozenset(right.organisation_id for right in actor.rights if right.role in roles)
    return held & (actor.readable | {actor.organisation_id})


def paths_where(actor: Actor, verb: str) -> dict[int, tuple[str, ...]]:
    """Of `places_where`, those where `verb` is held for subtrees of units only: their paths."""
    places = places_where(actor, verb)
    roles = PERMISSIONS[verb].roles
    held: dict[int, list[str]] = {}
    for right in actor.rights:
        if right.role in roles and right.organisation_id in places:
            held.setdefault(right.organisation_id, []).append(right.unit_path)
    return {place: tuple(paths) for place, paths in held.items() if all(paths)}


def require(
    actor: Actor, verb: str, *, unit_path: str | None = None, amount_pence: int = 0
) -> None:
    """Raises NotAllowed, naming what is missing and who has it, unless `may`."""
    if not may(actor, verb, unit_path=unit_path, amount_pence=amount_pence):
        permission = PERMISSIONS[verb]
        holders = ", ".join(sorted(role.replace("_", " ") for role in permission.roles))
        raise NotAllowed(f"You cannot {permission.label}. These roles can: {holders}.")
