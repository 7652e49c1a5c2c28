"""An organisation with so many of everything that a page can show, down to rows within rows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from access.models import ApiToken
from access.services.grants import grant_right
from access.services.providers import claim_domain
from access.services.tokens import make_token
from approvals.models import Notice, Request
from approvals.services import decide, set_routes
from approvals.services.clock import keep_time_here
from approvals.services.delegations import delegate
from approvals.services.notices import link_token
from benchmarking.services import make_pack
from core.actors import Actor, system_actor
from core.scope import scope
from core.sealing import seal
from events.models import Delivery, Event, Webhook, WebhookDelivery
from events.services import record, record_about
from finance.models import ColumnMapping, DuplicateCase, Invoice, Payment, Supplier
from finance.paying.compliance import HalfYear
from finance.selectors.payments_notices import figures_of
from finance.selectors.responses import responses_of
from finance.services import invoices as invoice_services
from finance.services.cooling import set_cooling_off
from finance.services.credits import match_credit, undo_match
from finance.services.documents import keep_document
from finance.services.einvoices import receive_einvoice
from finance.services.files import receive_file
from finance.services.invoices import LineEntry
from finance.services.layouts import change_layout, keep_layout
from finance.services.ledger import (
    NewJournal,
    NewLine,
    coding_ids,
    ensure_periods,
    post_journals,
    reverse_journal,
)
from finance.services.payments import create_bank_account, take_out_payments
from finance.services.payments_notices import sign_notice
from finance.services.recovery import find_duplicates
from finance.services.recurring import (
    Plan,
    decide_schedule,
    end_schedule,
    propose_schedule,
)
from finance.services.remittances import write_advice
from finance.services.supplier_statements import choose_statement_columns, receive_statement
from finance.services.suppliers import change_supplier, propose_bank
from hr.models import Employment, PayScale
from hr.services.codes import CodeFacts, keep_codes
from hr.services.requests import request_secondment
from hr.services.terms import NewPosition, create_positions, install_terms
from runs.services import make_run, work_all
from sla.services import remark, set_target
from tenants.models import ClosureDay, Person
from tenants.roles import Role
from tenants.selectors import actor_for
from tenants.services import add_closure_days, affiliate, create_person, give_role
from tenants.services.place import change_organisation
from tenants.services.units import UnitFacts, keep_units
from tests.access.reviewed import begun_reviews
from tests.access.two_hats import accepted_conflict
from tests.benchmarking.test_views_boards import months_of
from tests.events.sealing import seal_everything
from tests.finance import bank_books, payables, payment_books, ubl_documents
from tests.finance.files_in import HEADINGS, load
from tests.finance.ledger_books import DAY
from tests.finance.publications_in import published
from tests.hr.allowed import allowance
from tests.hr.record import FIRST, absences, agree, ask_starter, award, employer, hire, post
from tests.hr.record import load as load_staff
from tests.hr.record import row as staff_row
from tests.payroll import pay_runs
from tests.runs import kinds as _kinds  # noqa: F401 (registers the runs of the tests)
from tests.sla.relief_in import claimed
from tests.world import SINCE, TODAY, World

ACCOUNTS = ("52000", "54300", "54000")


class Sized:
    """Fills one organisation with `many` of each thing; `keys` are those of the fullest ones."""

    def __init__(self, world: World, slug: str, many: int) -> None:
        self.world, self.slug, self.many = world, slug, many
        self.officer = payment_books.books(world, slug)
        self.boss = world.actor(f"finance_manager@{slug}")
        self.here = self.officer.organisation_id
        self.keys: dict[str, Any] = {}
        payables.prepare(world, slug)

    def fill(self) -> dict[str, Any]:
        parts = (
            *(self._people, self._invoices, self._payments, self._books),
            *(
                self._pairs,
                self._credits,
                self._files,
                self._work,
                self._staff,
                self._approvals,
                self._webhooks,
            ),
        )
        for part in (*parts, self._said, self._schedules):
            part()
        self.keys |= bank_books.fill(self.officer, self._came_back(), many=self.many)
        months_of(self.here, [90] * self.many)
        self._packs()
        for number in range(self.many):
            with scope(acting=self.here):
                for by in (self.officer, self.world.actor("centre_agent@centre", self.slug)):
                    record("finance.invoice.released", self._held(), by=by, number=number)
            self._looked_at_home()
            seal_everything()
            given = {"name": f"Hats {number}", "times": self.many}
            accepted = accepted_conflict(self.world, self.slug, **given)
            self.keys |= {"acceptance": accepted.pk, "conflicted": accepted.person_id}
        self.keys |= begun_reviews(self.world, self.slug, self.many)
        return self.keys

    def _people(self) -> None:
        """Colleagues with a second factor each, beside those of the world."""
        for number in range(self.many):
            one = create_person(email=f"c{number}@{self.slug}.example", name=f"Colleague {number}")
            TOTP.activate(one, "JBSWY3DPEHPK3PXP")
            self.keys["person"] = one.pk
            given = {"purpose": f"Purpose {number}", "held_by": "IT", "scopes": ["finance:read"]}
            ends = timezone.localdate() + timedelta(days=9)
            with scope(acting=self.here):
                make_token(**given, expires_on=ends, by=self.officer, at=timezone.now())
                domain = claim_domain(
                    domain=f"d{number}.{self.slug}.example", by=self.officer, at=timezone.now()
                )
                self.keys["domain"] = domain.pk
                self.keys["token"] = ApiToken.objects.order_by("-pk")[0].pk
                affiliate(person=one, job_title="Clerk", since=SINCE)
                self._rights(one)
        self._units()

    def _units(self) -> None:
        """As many units within one, with a right for it each, and as many changes of its name."""
        by, today = self.world.actor(f"administrator@{self.slug}"), timezone.localdate()
        given = {"reason": "Reorganised", "by": by, "today": today}
        with scope(acting=self.here):
            outer = keep_units(wanted=[UnitFacts("300", "Works")], **given)[0].kept
            parts = [UnitFacts(f"31{one}", f"Depot {one}", "300") for one in range(self.many)]
            keep_units(wanted=parts, **given)
            for number in range(self.many):
                keep_units(wanted=[UnitFacts("300", f"Works {number}")], **given)
                one = create_person(
                    email=f"u{number}@{self.slug}.example", name=f"Foreman {number}"
                )
                give_role(person=one, role=Role.MANAGER, since=SINCE, unit=outer)
        self.keys["unit"] = outer.pk
        self._place(by, today)

    def _place(self, by: Actor, today: date) -> None:
        """As many closed days of this year, and as many changes of the organisation."""
        name = self.world.organisations[self.slug].name
        given = {"standing": "partner", "brand_colour": "#1f4e5f", "reason": "Renamed", "by": by}
        with scope(acting=self.here):
            for number in range(self.many):
                add_closure_days(days=[(date(today.year, 1, 2 + number), f"Closed {number}")])
                held = ["booked_on", "amount", "text", "name"][: self.many + 1]
                places = {role: place for place, role in enumerate(held)}
                named = {"signature": f"sized {number}", "name": f"Layout {number}"}
                keep_layout(**named, mapping={"bank": places}, by=by)
                self.keys["layout"] = self._dated(places, today, by)
                change_organisation(name=name, short_name=f"Short {number}", **given)
            self.keys["closure"] = ClosureDay.objects.order_by("-pk")[0].pk

    def _dated(self, places: dict[str, int], today: date, by: Actor) -> int:
        """As many versions of the layout that came last."""
        layout: ColumnMapping = ColumnMapping.objects.order_by("-pk")[0]
        for number in range(1, self.many):
            columns = {**places, "amount": 10 + number}
            given = {"columns": columns, "from_on": today + timedelta(days=number)}
            change_layout(number=layout.pk, **given, reason="Moved", by=by, today=today)
        return layout.pk

    def _rights(self, person: Person) -> None:
        """As many rights as there are people, each given with a reason."""
        by, today = self.world.actor(f"administrator@{self.slug}"), timezone.localdate()
        for role in (Role.MANAGER, Role.AUDITOR, Role.BOARD_MEMBER)[: self.many]:
            given = {"role": role, "from_on": today, "today": today, "reason": "Cover"}
            self.keys["right"] = grant_right(person=person, **given, by=by).pk

    def _pairs(self) -> None:
        """As many pairs that may be one invoice."""
        for number in range(self.many):
            firm = payables.supplier(self.world, f"Twin {number}", self.slug)
            for ref in ("M1", "N77"):
                payables.invoice(self.world, firm, ref, self.slug, net=777_700 + number)
        with scope(acting=self.here):
            find_duplicates(by=self.officer, as_of=TODAY)
            self.keys["duplicate"] = DuplicateCase.objects.order_by("-id")[0].pk

    def _credits(self) -> None:
        """As many credit notes, one of them matched to as many invoices and undone as often."""
        firm = payables.supplier(self.world, "Credit", self.slug)
        rows = [
            payables.invoice(self.world, firm, f"K{n}{n}{n}", self.slug, net=60_000 + n)
            for n in range(self.many)
        ]
        for number in range(self.many):
            credit = payables.invoice(self.world, firm, f"CN{number}", self.slug, net=-9_000)
        given = {"credit": credit, "pence": 500, "reason": "Returned", "by": self.officer}
        with scope(acting=self.here):
            for row in rows:
                for _ in range(2):
                    version = payables.again(credit).version
                    match = match_credit(invoice=row, version=version, **given)
                undo_match(match=match, reason="Twice", by=self.officer)
        self.keys |= {"credit": credit.number, "credit_match": match.pk}

    def _looked_at_home(self) -> None:
        """Something that happens at the centre itself, so that it has seals as well."""
        by = self.world.actor("centre_manager@centre")
        with scope(acting=by.organisation_id):
            record_about("payroll.orders.seen", "tenants.organisation", by.organisation_id, by=by)

    def _said(self) -> None:
        """As many statements of a supplier, the last of as many lines and columns."""
        firm = payables.supplier(self.world, "Says", self.slug)
        for number in range(self.many):
            heads = "".join(f",X{n}" for n in range(self.many))
            lines = "".join(f"S{number}{n},1/6/2026,{n + 1}.00\n" for n in range(self.many))
            data = f"Ref,Date,Amount{heads}\n{lines}".encode()
            given = {"supplier": firm, "statement_on": TODAY, "by": self.officer}
            with scope(acting=self.here):
                said = receive_statement(name="june.csv", data=data, **given)
                if said.state == "waiting":
                    columns = {"columns": said.mapping, "version": 1, "by": self.officer}
                    choose_statement_columns(statement=said, **columns)
        self.keys["said"] = said.number

    def _schedules(self) -> None:
        """As many schedules with as many days each, one of them with an invoice for each day."""
        by, days = self.officer, [TODAY - timedelta(days=7 * n) for n in range(self.many, 0, -1)]
        for number in range(self.many):
            firm = payables.supplier(self.world, f"Weekly {number}", self.slug)
            plan = Plan("Weekly", 120, 0, "weekly", days[0], None, "54300", None, by.person_id or 0)
            with scope(acting=self.here):
                row = propose_schedule(supplier=firm, plan=plan, by=by, as_of=TODAY)
                decide_schedule(schedule=row, version=1, agree=True, by=self.boss)
        for on in days:
            payables.invoice(self.world, firm, f"W{on:%m%d}", self.slug, net=100, invoice_on=on)
        with scope(acting=self.here):
            row.refresh_from_db()
            end = {"version": row.version, "last_on": TODAY, "reason": "Over", "by": by}
            end_schedule(schedule=row, **end)
        self.keys["schedule"] = row.number

    def _held(self) -> Invoice:
        return Invoice.objects.get(organisation_id=self.here, number=self.keys["invoice"])

    def _invoices(self) -> None:
        """In every state before paying, with their lines, rounds of approval and events."""
        owner = payables.supplier(self.world, "Harrow Paper", self.slug)
        self.keys["supplier"] = owner.code
        for number in range(self.many):
            self._invoices_of_each_state(owner, number)
            extra = payables.supplier(self.world, f"Firm {number}", self.slug)
            self._bank_details(owner, extra, number)
            with scope(acting=self.here):
                facts = {"town": f"Town {number}"}
                change_supplier(supplier=owner, version=number + 1, facts=facts, by=self.officer)

    def _invoices_of_each_state(self, owner: Supplier, number: int) -> None:
        by, boss, do = self.officer, self.boss, invoice_services
        lines = [
            LineEntry("Paper", "54300", None, "SR-IN", 5_000 + n, coding_reason="Chosen")
            for n in range(self.many)
        ]
        held, disputed, waits, decided, received = (
            payables.invoice(self.world, owner, f"{letter}-{number}", self.slug, lines=lines)
            for letter in "HDWAR"
        )
        with scope(acting=self.here):
            do.dispute(invoice=disputed, version=1, text="Too much", by=by)
            do.submit_for_approval(invoice=waits, version=1, by=by)
            for round_ in range(number + 1):
                decided = payables.again(decided)
                do.submit_for_approval(invoice=decided, version=decided.version, by=by)
                about = {"subject_key": "finance.invoice", "subject_id": decided.pk}
                request = Request.objects.get(**about, state="waiting")
                given = {"comment": f"Round {round_}", "by": boss, "as_of": timezone.now()}
                decide(request=request, decision="return", **given)
                self.keys["request"] = request.pk
            for _ in range(self.many):
                held = payables.again(held)
                do.hold(invoice=held, version=held.version, cause="vat", by=by, as_of=TODAY)
                held = payables.again(held)
                do.release_hold(invoice=held, version=held.version, by=by)
            held = payables.again(held)
            do.hold(invoice=held, version=held.version, cause="vat", by=by, as_of=TODAY)
        self.keys |= {"invoice": held.number, "subject": held.pk, "received": received.number}

    def _bank_details(self, owner: Supplier, extra: Supplier, number: int) -> None:
        """Of each firm some wait, and the first firm's history of refused ones grows."""
        given = {"sort_code": "200415", "account_name": "Firm", "from_on": TODAY}
        given |= {"by": self.officer, "account_number": f"1234567{number}"}
        decider = self._decider(number)
        stopped = payables.supplier(self.world, f"Stopped {number}", self.slug)
        with scope(acting=self.here):
            bank = propose_bank(supplier=owner, **given)
            request = Request.objects.get(subject_key="finance.supplier_bank", subject_id=bank.pk)
            decide(request=request, decision="reject", comment="No", by=decider,
                   as_of=timezone.now())  # fmt: skip
            propose_bank(supplier=extra, **given)
            asked = payables.ask(self.officer, f"New firm {number}")
            self.keys["supplier_hold"] = payables.held(self.officer, stopped).number
            admin, now = self.world.actor(f"administrator@{self.slug}"), timezone.now()
            later = timezone.localdate(now) + timedelta(days=1 + number)
            set_cooling_off(days=number, from_on=later, reason="Risk", by=admin, at=now)
            payment_books.terms(self.officer, owner, later)
            payment_books.terms(self.officer, extra, SINCE)
        payables.invoice(self.world, extra, f"EARLY-{number}", self.slug)
        self.keys["supplier_request"] = asked.number
        self.keys["bank"] = bank.pk

    def _payments(self) -> None:
        """Released runs with files, one proposal with payments taken out, accounts to pay from."""
        for number in range(self.many):
            with scope(acting=self.here):
                self._due(f"R{number}")
                run = payment_books.propose(self.officer)
                run = payment_books.release(run, self.boss)
                Supplier.objects.update(email="accounts@firm.example")
                write_advice(run=run, by=self.officer)
                self.keys |= {"payment_run": run.number}
                self.keys |= {"payment": run.items.order_by("id")[0].number}
                account = {"sort_code": "089999", "account_number": f"6637495{number}"}
                create_bank_account(name=f"Account {number}", account_name="Council",
                                    service_user="654321", by=system_actor(self.here),
                                    **account)  # fmt: skip
        with scope(acting=self.here):
            self._due("P")
            self._due("T")
            run = payment_books.propose(self.officer)
            out = run.items.filter(supplier__code__startswith="T").values_list("number", flat=True)
            take_out_payments(run=run, numbers=list(out), version=1, by=self.officer)
            self._due("N")
            for number in range(self.many):
                payment_books.profile(self.world, self.slug, from_on=TODAY + timedelta(days=number))
            period = HalfYear(date(2026, 4, 1))
            for number in range(self.many):
                seen = figures_of(self.here, period).digest
                given = {"job_title": "Head of Finance", "seen": seen, "by": self.boss}
                sign_notice(period=period, reason=f"Reason {number}", **given)
        self.keys["proposal"] = run.number

    def _came_back(self) -> Payment:
        """A payment of a run of its own: what is reversed counts as paid no more."""
        with scope(acting=self.here):
            self._due("B")
            run = payment_books.propose(self.officer, due_to=payment_books.DUE)
            payment_books.release(run, self.boss)
            self._due("M")
            return run.items.order_by("id")[0]

    def _due(self, key: str) -> None:
        """Suppliers with invoices due, and as many with nothing to pay to."""
        for number in range(self.many):
            firm = payment_books.supplier(self.officer, f"{key}{number}")
            for pence in range(self.many):
                payment_books.invoice(self.officer, firm, 10_000 + pence)
        for number in range(self.many):
            unbanked = payment_books.supplier(self.officer, f"U{key}{number}", banked=False)
            payment_books.invoice(self.officer, unbanked, 500)

    def _books(self) -> None:
        """Journals of many lines on many accounts in many periods, each one reversed."""
        days = [date(2026, 6 - number, 15) for number in range(self.many)]
        with scope(acting=self.here):
            ensure_periods(days=days, by=self.officer)
            pairs = [(account, None) for account in ACCOUNTS[: self.many]]
            ids = list(coding_ids(pairs=pairs, by=self.officer).values())
            (payable,) = coding_ids(pairs=[("21000", None)], by=self.officer).values()
            lines = [NewLine(coding, 700, "Gas") for coding in ids]
            lines.append(NewLine(payable, -700 * len(ids)))
            journals = [NewJournal(day, f"Gas of {day:%B}", lines) for day in days]
            refs = post_journals(journals=journals, source="test", key="sized", series="GJ",
                                 by=self.officer)  # fmt: skip
            self.keys |= {"batch": refs[0].batch_id}
            for ref in refs:
                where = {"period": ref.period, "batch_id": ref.batch_id}
                reverse_journal(**where, journal_id=ref.journal_id, on=DAY, reason="Twice",
                                by=self.boss)  # fmt: skip

    def _files(self) -> None:
        """Files loaded with rows that are held, files that wait for their columns, documents."""
        for number in range(self.many):
            good = "".join(
                f"Parks,Trees,30/04/2019,G{number}-{n},12.50,77,Green Ltd\n"
                for n in range(self.many)
            )
            bad = "".join(
                f"Care,Widgets,2019-05-02,B{number}-{n},25.00,12,\n" for n in range(self.many)
            )
            text = HEADINGS + good + bad
            file = load(self.world, text, name=f"{number}.csv", slug=self.slug)
            self.keys["file"] = file.number
            document = ubl_documents.invoice().replace(b"2041", f"2{number}41".encode())
            with scope(acting=self.here):
                later = text.replace("G", "W").encode()
                waits = receive_file(name=f"W{number}.csv", data=later, purpose="published",
                                     by=self.officer)  # fmt: skip
                self.keys["unconfirmed"] = waits.file.number
                sent, _ = receive_einvoice(name=f"{number}.xml", data=document, by=self.officer)
                self.keys["einvoice"] = sent.number
                self.keys["response"] = responses_of(sent)[0].pk
                paper = f"%PDF-{number}".encode()
                kept = keep_document(name=f"{number}.pdf", data=paper, by=self.officer)
                self.keys["document"] = kept[0].pk

    def _approvals(self) -> None:
        """Delegations of the officer one after the other, versions of a route, notices."""
        system, now = system_actor(self.here), timezone.now()
        today = timezone.localdate(now)
        to = self.world.people[f"payroll_officer@{self.slug}"].pk
        with scope(acting=self.here):
            for number in range(self.many):
                day = today + timedelta(days=number)
                made = delegate(to_person_id=to, first_on=day, last_on=day, by=self.officer,
                                as_of=now)  # fmt: skip
                bands = [(0, None, Role.FINANCE_MANAGER)]
                set_routes(subject_key="finance.invoice", bands=bands, from_on=day,
                           by=system)  # fmt: skip
            keep_time_here(by=system, as_of=now)
            notice = Notice.objects.filter(person_id=self.officer.person_id, kind="ended")[0]
        token = link_token(notice)
        self.keys |= {"delegation": made.pk, "decider": self.boss.person_id, "letter": token}

    def _decider(self, number: int) -> Actor:
        """Another person who decides, for each round after the first."""
        if not number:
            return self.boss
        name = f"Decider {number} of {self.slug}"
        person = create_person(email=f"decider{number}@{self.slug}.example", name=name)
        with scope(acting=self.here):
            give_role(person=person, role=Role.FINANCE_MANAGER, since=SINCE)
        return actor_for(person.pk, person.name, self.slug, TODAY)[0]

    def _packs(self) -> None:
        """A board pack for each thing that was said of the last month."""
        with scope(acting=self.here):
            for number in range(self.many):
                said = {"indicator_code": "AP-03", "month": date(2026, 5, 1), "by": self.boss}
                remark(**said, text=f"Said {number}")
                make_pack(month=date(2026, 5, 1), by=self.boss)

    def _work(self) -> None:
        """Runs of many parts with exceptions, deliveries that are stuck, targets of months."""
        with scope(acting=self.here):
            for number in range(self.many):
                inputs = {"parts": 2 * self.many}
                run = make_run(kind="tests.short", key=f"{number}", inputs=inputs, by=self.officer)
                self.keys["run"] = run.number
                self._stuck()
                lines = (Decimal(95), Decimal(90), Decimal(80))
                month = DAY.replace(day=1) - timedelta(days=31 * number)
                by = system_actor(self.here)
                set_target(indicator_code="AP-03", valid_from=month, lines=lines, by=by)
                rule, _row = published(self.officer, self.boss, f"Law {number}")
                self.keys["redaction"] = rule.pk
                self.keys["relief"] = claimed(self.officer).pk
        work_all()

    def _staff(self) -> None:
        """Scales, posts and people; one of them, who signs in, has jobs, changes and a request."""
        by, hr = employer(self.world, self.slug), self.world.people[f"hr_officer@{self.slug}"]
        with scope(acting=self.here):
            for template in ("afc", "police", "local")[: self.many]:
                install_terms(template=template, by=by)
                award(by, scale=template)
            for number in range(self.many):
                new = [staff_row(post=f"none {n}") for n in range(number + 1)]
                refused = load_staff(by, *new, name=f"staff {number}.csv")
                email = f"new{number}@{self.slug}.example"
                ask_starter(by, f"New {number}", email=email)
                name = f"Old {'abcdefgh'[number]}"
                old = hire(by, self.world, self.slug, name=name, email=f"old.{email}")
                self._lend(by, old)
                more = [
                    NewPosition(f"M{number}", "More", post("P1").unit, post("P1").scale, "G2", 5)
                ]
                create_positions(rows=more, from_on=FIRST, by=by)
            codes = [CodeFacts("job_role", f"{n}", "More", "Ours", FIRST) for n in range(self.many)]
            keep_codes(wanted=codes, reason="Ours", by=by, today=FIRST)
            facts = {"email": hr.email, "name": hr.name, "employee": "500"}
            allowance(by)
            facts["allowances"] = "SHARE"
            jobs = [staff_row(**facts, job=str(n + 1)) for n in range(self.many)]
            load_staff(by, *jobs, name="own.csv")
            away = absences(by, 500, words="Away", many=self.many)
            self.keys |= {"absence": away, "own_absence": away}
            self.keys |= {"staff_file": refused.number, "employment": 500, "staff_request": 1}
            self.keys["own_employment"] = 500
        self._pay()

    def _lend(self, by: Actor, someone: Employment) -> None:
        """Works for the other organisation, from next year on."""
        other = self.world.id("northdale" if self.slug == "eastmere" else "eastmere")
        asked = request_secondment(
            assignment=someone.assignments.get(), host_id=other, ten_thousandths=5_000,
            from_on=date(2030, 1, 1), last_on=date(2030, 12, 31), reason="Lent", by=by,
        )  # fmt: skip
        agree(asked, self.world, self.slug)

    def _pay(self) -> None:
        """Pay groups, one of them with a run that pays everybody."""
        self.keys |= pay_runs.fill(self.world, self.slug, months=self.many + 1)
        own = self.world.actor(f"hr_officer@{self.slug}")
        with scope(acting=self.here):
            self.keys["pay_claim"] = pay_runs.claims(
                self.world, own, 500, words="Own", many=self.many
            )
        by = self.world.actor(f"payroll_officer@{self.slug}")
        with scope(acting=self.here):
            for scale in PayScale.objects.exclude(code="njc").order_by("code"):
                pay_runs.group(by, code=scale.code, name=scale.name, scale=scale)

    def _webhooks(self) -> None:
        """Webhooks, and what waits to be sent to one of them."""
        now = timezone.now()
        with scope(acting=self.here):
            for number in range(self.many):
                hook = Webhook.objects.create(
                    organisation_id=self.here,
                    url=f"https://one{number}.example",
                    purpose="Warehouse",
                    verbs="finance",
                    secret=seal("secret"),
                    told_to=1,
                    made_by_name="Ada",
                    made_at=now,
                )
            for event in Event.objects.order_by("pk")[: self.many]:
                WebhookDelivery.objects.create(
                    organisation_id=self.here, webhook=hook, event_id=event.pk, run_at=now
                )
            self.keys["webhook"] = hook.pk

    def _stuck(self) -> None:
        event = record("finance.invoice.held", self._held(), by=self.officer, cause="vat")
        Delivery.objects.create(
            organisation_id=self.here,
            event_id=event.pk,
            handler="sized",
            subject_key=event.subject_key,
            subject_id=event.subject_id,
            state=Delivery.State.STUCK,
            attempts=8,
            run_at=timezone.now(),
            error="Not reached",
        )
