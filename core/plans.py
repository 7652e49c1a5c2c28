"""What would become of one row of a file, or why it would not: shown first, then done."""

from dataclasses import dataclass, field

from core.errors import Refused
from core.rules import Rule


@dataclass(kw_only=True)
class Plan:
    """What stands against it, of which anything leaves all of the file undone."""

    refusals: list[Refused] = field(default_factory=list)

    def check(self, rule: type[Rule], holds: object, detail: str = "") -> None:
        """Keeps the refusal that `Rule.check` would raise."""
        if not holds:
            self.refusals.append(rule.refuse(detail))


@dataclass(kw_only=True)
class ChangePlan(Plan):
    """Of something that may be there: what would change of it, as (what, before, now)."""

    changes: list[tuple[str, str, str]] = field(default_factory=list)

    def said(self) -> str:
        """The changes in words."""
        return "; ".join(f"{what} before: {old}, now: {new}" for what, old, new in self.changes)


def changed(*pairs: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Those of which now is another than before."""
    return [(what, before, now) for what, before, now in pairs if before != now]
