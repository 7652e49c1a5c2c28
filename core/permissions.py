"""Registry of permissions: each app declares its verbs, the roles that hold them, and duties that
nobody holds together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """`label` completes the sentence «You cannot …»."""

    verb: str
    label: str
    roles: frozenset[str]


PERMISSIONS: dict[str, Permission] = {}


def declare(verb: str, label: str, *roles: str) -> str:
    """Registers a permission once and returns its verb."""
    if verb in PERMISSIONS and PERMISSIONS[verb].roles != frozenset(roles):
        raise ValueError(f"Permission {verb} is declared twice.")
    PERMISSIONS[verb] = Permission(verb, label, frozenset(roles))
    return verb


@dataclass(frozen=True)
class Conflict:
    """Duties that one person does not hold at once: any of `first` together with any of `second`.

    `label` completes «The same person …»; `risk` is a sentence that says what they could do then.
    """

    key: str
    label: str
    risk: str
    first: tuple[str, ...]
    second: tuple[str, ...]

    @property
    def roles(self) -> tuple[frozenset[str], frozenset[str]]:
        """The roles that hold one of the first duties, and those that hold one of the second."""
        return _holders(self.first), _holders(self.second)


CONFLICTS: dict[str, Conflict] = {}


def _holders(verbs: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(PERMISSIONS[verb].roles for verb in verbs))


def keep_apart(
    key: str, *, first: tuple[str, ...], second: tuple[str, ...], label: str, risk: str
) -> Conflict:
    """Declares duties that conflict. A role that holds both by itself is refused: split it."""
    made = Conflict(key, label, risk, first, second)
    left, right = made.roles
    if left & right:
        raise ValueError(f"The conflict {key} is within one role: {sorted(left & right)}.")
    if CONFLICTS.get(key, made) != made:
        raise ValueError(f"The conflict {key} is declared twice.")
    CONFLICTS[key] = made
    return made
