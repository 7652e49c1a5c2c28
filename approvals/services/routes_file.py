"""Routes from a file, a step a row: proposed together, and each agreed by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from approvals.bands import Band, Patience, banded, bands_of, check_bands, patience_of
from approvals.models import Route
from approvals.permissions import SET_ROUTES
from approvals.rules import APR02, APR19, APR20, APR22, APR23
from approvals.selectors.routes import KindRoutes, routes_by_kind
from approvals.services.requests import COMMENT_LENGTH
from approvals.services.routes import propose_route
from core.actors import Actor, require
from core.errors import Refused
from core.plans import Plan


@dataclass(frozen=True)
class StepFacts:
    """One step of the route of a kind; its band of amounts ends where the next one begins."""

    key: str
    from_on: date | None
    from_pence: int
    number: int
    role: str
    escalates_to: str = ""
    patience: Patience = Patience()  # noqa: RUF009 (a tuple)


@dataclass
class PlannedStep(Plan):
    """What would become of the route of one row; all rows of a kind share its fate."""

    facts: StepFacts
    label: str
    acts: bool = False


@dataclass
class _Group:
    """The rows of one kind, as one route."""

    kind: KindRoutes | None
    rows: list[StepFacts]
    today: date

    @property
    def begins(self) -> date:
        return self.rows[0].from_on or self.today

    @property
    def bands(self) -> list[Band]:
        steps = [(row.from_pence, row.role, row.number, row.escalates_to) for row in self.rows]
        return sorted(banded(steps), key=lambda band: (band.from_pence, band.number, band.role))

    @property
    def acts(self) -> bool:
        """Is it another one than is in force on its day?"""
        now = self.kind.on(self.begins) if self.kind else None
        return now is None or (bands_of(now), patience_of(now)) != (
            self.bands,
            self.rows[0].patience,
        )

    def check(self) -> None:
        """The first rule that it breaks."""
        APR23.check(self.kind, self.rows[0].key)
        same = {(row.from_on, row.patience) for row in self.rows}
        APR22.check(len(same) == 1)
        patience = self.rows[0].patience
        APR20.check(self.begins >= self.today and patience.escalate > patience.remind)
        check_bands(self.bands)
        APR02.check(self.kind is None or self.kind.proposed is None)


def plan_route_steps(*, wanted: Sequence[StepFacts], by: Actor, today: date) -> list[PlannedStep]:
    """What would become of the route of each of these steps, in order; nothing is changed.

    A route that is in force on its day already stays as it is.
    """
    groups = _groups(wanted, by, today)
    refusals: dict[str, list[Refused]] = {}
    for key, group in groups.items():
        try:
            if group.acts:
                group.check()
        except Refused as refused:
            refusals[key] = [refused]
    return [
        PlannedStep(
            one,
            str(kind.label) if (kind := groups[one.key].kind) else one.key,
            acts=groups[one.key].acts,
            refusals=refusals.get(one.key, []),
        )
        for one in wanted
    ]


@transaction.atomic
def propose_routes(
    *, wanted: Sequence[StepFacts], reason: str, by: Actor, today: date
) -> list[Route]:
    """Proposes those of these routes that are not in force, all of them or none.

    As `propose_route`, one by one: a kind has at most one proposal, so they are at most as many
    as the kinds of things that are decided on.
    """
    APR19.check(len(reason) <= COMMENT_LENGTH)
    acting = [group for group in _groups(wanted, by, today).values() if group.acts]
    for group in acting:
        group.check()
    return [
        propose_route(
            subject_key=group.rows[0].key,
            bands=group.bands,
            patience=group.rows[0].patience,
            from_on=group.begins,
            reason=reason,
            by=by,
            as_of=timezone.now(),
        )
        for group in acting
    ]


def _groups(wanted: Sequence[StepFacts], by: Actor, today: date) -> dict[str, _Group]:
    require(by, SET_ROUTES)
    known = {kind.key: kind for kind in routes_by_kind(by.organisation_id, today)}
    groups: dict[str, _Group] = {}
    for one in wanted:
        groups.setdefault(one.key, _Group(known.get(one.key), [], today)).rows.append(one)
    return groups
