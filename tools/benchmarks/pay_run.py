"""A monthly pay run from assignments to committed payslips, journal and bank files."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tools.bench import Bench, Result

SINCE = "2020-04-01"
# Everybody has a post, a point of the scale, their own account and a cost centre.
STAFF = """
INSERT INTO tenants_person (email, name, password, is_active)
SELECT %(key)s || n || '@bench.example', 'Person ' || n, '', true
  FROM generate_series(1, %(rows)s) n;
INSERT INTO hr_employment (organisation_id, person_id, number, name, name_norm, from_on,
  leaving_reason, version)
SELECT %(o)s, p.id, row_number() OVER (ORDER BY p.id), p.name, 'PERSON' || p.id, %(since)s, '', 1
  FROM tenants_person p WHERE p.email ^@ %(key)s;
INSERT INTO hr_assignment (organisation_id, employment_id, number)
SELECT %(o)s, id, 1 FROM hr_employment WHERE organisation_id = %(o)s;
INSERT INTO hr_placement (organisation_id, assignment_id, position_id, pay_point_id,
  weekly_minutes, from_on, recorded_at)
SELECT %(o)s, a.id, %(position)s, (%(points)s::bigint[])[1 + a.id %% %(count)s], 2220, %(since)s,
       %(since)s FROM hr_assignment a WHERE a.organisation_id = %(o)s;
INSERT INTO hr_costshare (organisation_id, placement_id, unit_id, ten_thousandths)
SELECT %(o)s, id, %(unit)s, 10000 FROM hr_placement WHERE organisation_id = %(o)s;
"""

MEMBERS = """
INSERT INTO payroll_paymember (organisation_id, employment_id, pay_group_id, letter, loans, scheme,
  half, brought_year, brought_pay_pence, brought_tax_pence)
SELECT %(o)s, id, %(group)s, %(letter)s, 0, %(scheme)s, false, 0, 0, 0
  FROM hr_employment WHERE organisation_id = %(o)s AND number BETWEEN %(first)s AND %(last)s
"""
NATION = (275_000, 380_000)
NATIONAL_FROM = 1_000_000
# Between two looks at what waits, in seconds.
PAUSE = 0.02


def run(bench: Bench) -> Iterator[Result]:
    """A tenth of the rows as people who serve, by one worker and by two.

    Then, of a million rows, all whom a national payroll pays: serving people and pensioners, who
    are a pay group each, paid on the same day. Every line is another organisation.
    """
    people = bench.rows // 10
    yield _measured(bench, "pay run, one worker", (people, 0), workers=1)
    yield _measured(bench, "pay run, two workers", (people, 0), workers=2)
    if bench.rows >= NATIONAL_FROM:
        yield _measured(bench, "pay run of a nation, two workers", NATION, workers=2)


def _measured(bench: Bench, name: str, people: tuple[int, int], workers: int) -> Result:
    by, boss, periods = _employer(name.replace(", ", "-").replace(" ", "-"), people)
    bench.checkpoint()
    with _working(workers):
        seconds = bench.timed(lambda: _pay(by, boss, periods))
    return bench.result(name, sum(people), seconds, _limit(bench, by.organisation_id))


def _employer(slug: str, people: tuple[int, int]) -> tuple[Any, Any, list[Any]]:
    """Who runs the pay, who agrees to it, and the period of each group that has people."""
    from django.db import connection

    from core.actors import Actor, Right, system_actor
    from core.scope import scope
    from finance.services.ledger import install_chart
    from hr.models import PayPoint, Position
    from hr.services.terms import NewPosition, create_positions, install_terms
    from tenants.models import Unit
    from tenants.services import create_organisation, create_units

    here = create_organisation(slug=slug, name=slug, kind="council").pk
    by = system_actor(here)
    with scope(acting=here), connection.cursor() as cursor:
        install_chart(by=by)
        create_units(rows=(("B", "Bench", None),), since=date(2020, 1, 1))
        unit = Unit.objects.get()
        scale = install_terms(template="njc", by=by)
        post = NewPosition("P", "Clerk", unit, scale, "G5", sum(people) * 100)
        create_positions(rows=[post], from_on=date(2020, 4, 1), by=by)
        points = list(PayPoint.objects.filter(grade="G5").values_list("id", flat=True))
        given: dict[str, Any] = {"o": here, "rows": sum(people), "points": points}
        given |= {"unit": unit.pk, "key": f"{slug}-", "since": SINCE}
        given |= {"count": len(points), "position": Position.objects.get().pk}
        cursor.execute(STAFF, given)
        _give_accounts(here)
        periods = _groups(by, people, scale)
    officer = Actor(1, "Officer", here, (Right(here, "payroll_officer"),))
    boss = Actor(2, "Boss", here, (Right(here, "finance_manager"),))
    return officer, boss, periods


def _groups(by: Any, people: tuple[int, int], scale: Any) -> list[Any]:
    """A group for each kind of people, with its members; pensioners pay no contributions."""
    from django.db import connection
    from django.utils import timezone

    from finance.services.payments import create_bank_account
    from payroll.calculator.pension_schemes import Scheme
    from payroll.calculator.periods import Frequency
    from payroll.models import PayPeriod
    from payroll.services.groups import create_pay_group

    first = timezone.localdate().replace(day=1)
    anchor = (first + timedelta(days=62)).replace(day=1) - timedelta(days=1)
    account = create_bank_account(
        name="Payroll", sort_code="089999", account_number="66374958",
        account_name="Bench Council", service_user="654321", by=by,
    )  # fmt: skip
    kinds = (
        ("SERVING", "A", Scheme.LGPS.value, 20, None),
        ("PENSION", "X", Scheme.NONE.value, 0, scale),
    )
    found, before = [], 0
    for (code, letter, scheme, rate, of), count in zip(kinds, people, strict=True):
        if not count:
            continue
        group = create_pay_group(
            code=code, name=code.title(), frequency=Frequency.MONTHLY, anchor_on=anchor,
            bank_account=account, scheme=scheme, employer_rate_percent=Decimal(rate), scale=of,
            by=by,
        )  # fmt: skip
        given = {"o": by.organisation_id, "group": group.pk, "letter": letter, "scheme": scheme}
        with connection.cursor() as cursor:
            cursor.execute(MEMBERS, {**given, "first": before + 1, "last": before + count})
        before += count
        found.append(PayPeriod.objects.filter(pay_group=group).order_by("pays_on")[0])
    return found


def _give_accounts(here: int) -> None:
    """Private details of everybody, sealed for their rows."""
    from django.utils import timezone

    from core.vault import next_ids
    from hr.models import Employment, PrivateDetails
    from hr.services.private import Details

    people = list(Employment.objects.values_list("id", "number", "name"))
    ids = next_ids(PrivateDetails, len(people))
    PrivateDetails.objects.bulk_create(
        (
            PrivateDetails(
                organisation_id=here,
                employment_id=employment,
                from_on=date.fromisoformat(SINCE),
                recorded_at=timezone.now(),
                **Details(
                    ni_number="AB123456C",
                    born_on=date(1980, 1, 1),
                    tax_code="BR",
                    sort_code="200415",
                    account_number=f"{number:08d}",
                    account_name=name,
                ).columns(here, row),
            )
            for row, (employment, number, name) in zip(ids, people, strict=True)
        ),
        batch_size=5_000,
    )


@contextmanager
def _working(workers: int) -> Iterator[None]:
    """So many processes that do whatever waits, as workers of Celery do when a bell rings."""
    fresh = multiprocessing.get_context("spawn")
    ready, end = fresh.Barrier(workers + 1), fresh.Event()
    processes = [fresh.Process(target=_worker, args=(ready, end)) for _ in range(workers)]
    for process in processes:
        process.start()
    ready.wait(60)
    try:
        yield
    finally:
        end.set()
        for process in processes:
            process.join(60)


def _worker(ready: Any, end: Any) -> None:
    import django
    from django.db import connection

    from tools.bench import DATABASE

    django.setup()
    connection.settings_dict["NAME"] = DATABASE
    from runs.services import waiting, work_all

    waiting()
    ready.wait(60)
    while not end.is_set():
        if not work_all():
            end.wait(PAUSE)


def _pay(by: Any, boss: Any, periods: Sequence[Any]) -> None:
    """What people do: they start the run of each group, and take each on as far as it has come."""
    from core.scope import scope
    from payroll.services.runs import start_pay_run

    waiting = []
    for period in periods:
        with scope(acting=by.organisation_id):
            waiting.append(start_pay_run(period=period, by=by))
    while waiting:
        time.sleep(PAUSE)
        with scope(acting=by.organisation_id):
            waiting = [pay_run for pay_run in waiting if not _taken_on(pay_run, by, boss)]


def _taken_on(pay_run: Any, by: Any, boss: Any) -> bool:
    """One step further, if it waits for people; whether it is paid."""
    from payroll.models import PayRun
    from payroll.services.paying import PAY, order_payment
    from payroll.services.runs import approve, submit
    from runs.selectors import run_by_id

    pay_run.refresh_from_db()
    run = run_by_id(by.organisation_id, pay_run.run_id)
    assert run is not None
    assert run.state != run.State.HELD, run.problem
    if pay_run.state == PayRun.State.CALCULATED:
        sent = submit(pay_run=pay_run, version=pay_run.version, by=by)
        net = sent.results["net"]
        approve(pay_run=sent, typed_total_pence=net, version=sent.version, by=boss)
    elif pay_run.state == PayRun.State.COMMITTED and run.kind != PAY:
        order_payment(pay_run=pay_run, by=by)
    return bool(pay_run.state == PayRun.State.PAID)


def _limit(bench: Bench, organisation_id: int) -> float:
    mine = f"organisation_id = {organisation_id}"
    tables = ("payslip", "payslipline", "paycost", "paypayment", "payfilepart")
    return bench.limit_seconds(
        [*((f"payroll_{name}", mine) for name in tables), ("finance_journalline", mine)]
    )
