"""Registry of permissions: each app declares its verbs and the roles that hold them."""

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
