"""The order in which the demonstration comes into being, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
from django.db import connections
from django.utils import timezone

from benchmarking.services import publish_comparison
from core.actors import Actor
from core.scope import scope
from sharedservices.demo.accounts import leave_account_changes, record_costs
from sharedservices.demo.away import be_away
from sharedservices.demo.bank import send_statements, sign_last_month
from sharedservices.demo.books import Books
from sharedservices.demo.cast import CLIENTS, HARROWMERE, MEREFORD, PARTNERS
from sharedservices.demo.claims import leave_award, leave_claims, leave_regrading
from sharedservices.demo.closing import waive_one
from sharedservices.demo.electronic import receive_electronic
from sharedservices.demo.figures import PACKS, make_latest_pack, sign_figures
from sharedservices.demo.history import fortnights, invoices_of
from sharedservices.demo.lent import lend_people
from sharedservices.demo.mistakes import find_out
from sharedservices.demo.openwork import (
    leave_open,
    reorganise,
    set_approval_routes,
)
from sharedservices.demo.owed import pay_what_was_due, tell_hmrc
from sharedservices.demo.parallel import leave_parallel
from sharedservices.demo.pay import month_to_run, months_before, pay_people
from sharedservices.demo.people import Place, make_centre, make_place
from sharedservices.demo.processes import side_by_side
from sharedservices.demo.relief import give_relief
from sharedservices.demo.rights import (
    double_up,
    give_cover,
    invite_again,
    look_into_bank,
    review_rights,
)
from sharedservices.demo.staff import employ
from sharedservices.demo.suppliers import make_suppliers
from sharedservices.demo.targets import agree_targets, change_targets
from sla.services import compute_measures
from tenants.roles import Role
from tenants.selectors import actor_for, all_organisations, is_demonstration
from tenants.services import mark_demonstration

SEED = 20_261_124
# Eighteen months that are measured, after two in which the first invoices run in.
HISTORY_DAYS = 610
RUN_IN = timedelta(days=62)
STEP = 5_000_000
# Fortnights; measured: without it the checks of a release take five times as long.
REFRESHED_AFTER = (2, 12)
# What a fortnight's statements join, and what those of a payroll do.
BOUGHT = (
    *("finance_supplier", "finance_supplierbank", "finance_invoice", "finance_invoiceline"),
    *("finance_payment", "finance_allocation", "approvals_request"),
)
EMPLOYED = ("hr_position", "hr_paypoint", "hr_payvalue")
# 300 times as many rows of each table are looked at: enough to tell the partners apart.
ROUGHLY = 15
Say = Callable[[str], None]


class NotEmpty(RuntimeError):
    """The database holds organisations that are not the demonstration's."""


class HalfMade(RuntimeError):
    """Making the demonstration was interrupted; it has to begin again."""


def generate_once(*, say: Say, today: date | None = None) -> bool:
    """Fills an empty database and marks it; False if it holds the whole demonstration already.

    NotEmpty if it holds anything else, HalfMade if making it was interrupted. The mark is set
    first, so that a half-made database never passes for one in earnest; the centre comes last,
    so that its presence says the making was finished.
    """
    present = {organisation.slug for organisation in all_organisations()}
    if present and not is_demonstration():
        raise NotEmpty("This database holds organisations that are not the demonstration's.")
    if MEREFORD.slug in present:
        return False
    if present:
        raise HalfMade("Making the demonstration was interrupted.")
    mark_demonstration()
    generate(say=say, today=today or timezone.localdate())
    return True


def generate(*, say: Say, today: date) -> None:
    """Everything, in an empty database."""
    first = today - timedelta(days=HISTORY_DAYS)
    since = first.replace(day=1)
    places = [make_place(one, since=since, today=today) for one in (*PARTNERS, *CLIENTS)]

    months = ((first + RUN_IN).replace(day=1), today.replace(day=1))

    def history(number: int) -> str:
        place, rng = places[number], np.random.default_rng([SEED, number])
        live_through(place, first=first, today=today, rng=rng)
        compute_measures([place.organisation_id], months=months)
        sign_figures(place, today=today)
        return place.partner.name

    for name in side_by_side(history, len(places)):
        say(f"Eighteen months of {name}.")
    refresh_statistics()
    say("The centre, and how its partners compare.")
    for place in places:
        if place.partner.slug == HARROWMERE.slug:
            give_cover(place, today=today)
            review_rights(place, today=today)
            double_up(place, today=today)
            invite_again(place, today=today)
            reorganise(place, today=today)
    centre = make_centre(places, since=since, today=today)
    manager = next(m for m in MEREFORD.people if m.role == Role.CENTRE_MANAGER)
    for place in places:
        sign_last_month(place, centre.people[manager.name], today=today)
        if place.partner.slug == HARROWMERE.slug:
            by = _of_the_centre(Role.CENTRE_MANAGER, centre, place, today)
            change_targets(place, manager=by, today=today)
            give_relief(place, manager=by, today=today)
            look_into_bank(place, _of_the_centre(Role.CENTRE_AGENT, centre, place, today))
            waive_one(place, today=today)
    publish_comparison(organisation_id=centre.organisation_id)
    # Not side by side: what makes PDFs has threads of its own, which no fork takes along.
    for place in places[:PACKS]:
        make_latest_pack(place, today=today)


def _of_the_centre(role: Role, centre: Place, place: Place, today: date) -> Actor:
    """Who has that role at the centre, acting for one of its partners."""
    person = centre.people[next(m.name for m in MEREFORD.people if m.role == role)]
    return actor_for(person.pk, person.name, place.partner.slug, today)[0]


def live_through(place: Place, *, first: date, today: date, rng: np.random.Generator) -> None:
    """One partner's history, a fortnight after the other, and what is left open of it.

    History ends with yesterday, for its hours are those of a whole day: of today some would still
    lie ahead.
    """
    last = today - timedelta(days=1)
    made_at = datetime.combine(first.replace(day=1), time(9), UTC)
    with scope(acting=place.organisation_id):
        suppliers = make_suppliers(place, made_at=made_at, rng=rng)
    set_approval_routes(place, since=first.replace(day=1), today=today)
    books = Books(place, suppliers, today)
    books.open(first=first)
    invoices = invoices_of(place.partner, first=first, today=last, rng=rng)
    approved = invoices["approved_on"].dt.date
    before = first - timedelta(days=1)
    for number, until in enumerate([*fortnights(first, last), last]):
        books.fortnight(invoices[(approved > before) & (approved <= until)], until=until)
        before = until
        if number in REFRESHED_AFTER:
            refresh_statistics(*BOUGHT)
    books.received(invoices[approved > last])
    books.fund(months=grants(invoices, today))
    leave_open(place, today=today, suppliers=suppliers)
    mine = place.partner.slug == HARROWMERE.slug
    if mine:
        receive_electronic(place, today=today)
    send_statements(place, today=today)
    agree_targets(place, since=first)
    if place.partner.staff:
        employ(place, today=today, rng=rng)
        refresh_statistics(*EMPLOYED)
        paid = months_before(month_to_run(today), 1).replace(day=1)
        lend_people(place, from_on=paid, today=today)
        leave_claims(place, today=today)
        be_away(place, today=today)
        pay_people(place, today=today, paid_before=mine)
        if mine:
            leave_account_changes(place, today=today)
            record_costs(place, today=today)
            leave_award(place, today=today)
            leave_regrading(place, today=today)
            leave_parallel(place, today=today)
            find_out(place, today=today)
            tell_hmrc(place, today=today)
            pay_what_was_due(place, today=today)


def refresh_statistics(*tables: str) -> None:
    """Tells the planner how much there is now: a year's growth in seconds outruns autovacuum.

    Of some tables roughly, as more is to come; without names of all there is.
    """
    with connections["owner"].cursor() as cursor:
        if tables:
            cursor.execute("SET default_statistics_target = %s", [ROUGHLY])
        cursor.execute(f"ANALYZE {', '.join(tables)}")
    connections["owner"].close()


def grants(invoices: pd.DataFrame, today: date) -> dict[date, int]:
    """Pence by the first working days of the months: what was bought, to the next £50,000."""
    month = invoices["invoice_on"].dt.to_period("M")
    spent = invoices.groupby(month)["gross"].sum()
    return {
        max(period.start_time.date(), invoices["invoice_on"].min().date()): -(-int(pence) // STEP)
        * STEP
        for period, pence in spent.items()
        if period.start_time.date() <= today
    }
