"""Matching entries of the bank with the books, and undoing it, both through the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from events.services import record
from finance.banking import parts, passes
from finance.banking.accounts import lock_account, signed_until
from finance.models import (
    BankAccount,
    BankMatch,
    MatchedItem,
    MatchedLine,
    Period,
    StatementLine,
)
from finance.permissions import MATCH_BANK
from finance.rules_bank import BNK05, BNK06, BNK08, BNK09, BNK14
from finance.services import ledger
from finance.services.periods import period_of
from tenants.services import next_number

TRANSIT = "16100"
SERIES = "BK"
# Their balances follow from rows of the product, which a coding by hand would contradict.
KEPT_BY_THE_PRODUCT = ("16000", "16100", "21000")


@dataclass(frozen=True)
class Coded:
    """A part of an entry that is coded to an account: pence as on the statement."""

    account_code: str
    pence: int
    unit_id: int | None = None


@dataclass(frozen=True)
class NewMatch:
    """Entries of the bank and what they are in the books, with the reason in words."""

    line_ids: tuple[int, ...]
    way: str
    why: str
    runs: tuple[int, ...] = ()
    payments: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()
    ledger: tuple[tuple[int, ...], ...] = ()
    coded: tuple[Coded, ...] = ()


def make_matches(
    *,
    account: BankAccount,
    wanted: Sequence[NewMatch],
    by: Actor,
    automatic: bool = False,
    at: datetime | None = None,
) -> list[BankMatch]:
    """Explains entries, posts what is not in the ledger yet, each match a journal of one batch.

    A single entry may be explained in part. Refused: BNK05 (sums), BNK06 (signed), BNK08 (matched
    before), BNK14 (account); Clash when something chosen is open no more. Event
    finance.bank_match.made.
    """
    require(by, MATCH_BANK)
    if not wanted:
        return []
    at = at or timezone.now()
    lock_account(account)
    lines = _open_lines(account, [line for new in wanted for line in new.line_ids])
    _check_accounts(wanted)
    made = _write_matches(account, wanted, lines, by, automatic, at)
    ids = [match.pk for match in made]
    added = parts.sums(account.organisation_id, ids)
    for match, new in zip(made, wanted, strict=True):
        _check_all_there(new, added[match.pk])
        match.amount_pence = sum(one.pence for one in added[match.pk])
    _explain(made, wanted, lines)
    _post(account, made, added, by)
    parts.clear_payments(account.organisation_id, ids, step=1)
    for match in made:
        record("finance.bank_match.made", match, by=by, at=at, why=match.why)
    return made


def _open_lines(account: BankAccount, line_ids: Collection[int]) -> dict[int, StatementLine]:
    rows = StatementLine.objects.filter(
        organisation_id=account.organisation_id, bank_account=account, pk__in=line_ids
    ).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update()}
    whole = len(set(line_ids)) == len(line_ids) == len(found)
    BNK08.check(whole and all(row.matched_pence != row.amount_pence for row in found.values()))
    return found


def _check_accounts(wanted: Sequence[NewMatch]) -> None:
    codes = {coded.account_code for new in wanted for coded in new.coded}
    BNK14.check(not codes & set(KEPT_BY_THE_PRODUCT), ", ".join(sorted(codes)))


def _write_matches(
    account: BankAccount,
    wanted: Sequence[NewMatch],
    lines: dict[int, StatementLine],
    by: Actor,
    automatic: bool,
    at: datetime,
) -> list[BankMatch]:
    first = next_number("bank_match", by=by, count=len(wanted))
    days = _posting_days(account, wanted, lines, by, at)
    made = BankMatch.objects.bulk_create(
        [
            BankMatch(
                organisation_id=account.organisation_id,
                number=first + place,
                bank_account=account,
                matched_on=days[place],
                way=new.way,
                why=new.why[:300],
                automatic=automatic,
                amount_pence=0,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=at,
            )
            for place, new in enumerate(wanted)
        ]
    )
    pairs = list(zip((match.pk for match in made), wanted, strict=True))
    parts.write_items(
        account,
        passes.values(account),
        runs=[(key, one) for key, new in pairs for one in new.runs],
        payments=[(key, one) for key, new in pairs for one in new.payments],
        returns=[(key, one) for key, new in pairs for one in new.returns],
        ledger=[(key, one) for key, new in pairs for one in new.ledger],
    )
    _write_coded(pairs, by)
    return made


def _write_coded(pairs: Sequence[tuple[int, NewMatch]], by: Actor) -> None:
    coded = [(key, one) for key, new in pairs for one in new.coded]
    if not coded:
        return
    codings = ledger.coding_ids(pairs=[(one.account_code, one.unit_id) for _, one in coded], by=by)
    MatchedItem.objects.bulk_create(
        [
            MatchedItem(
                organisation_id=by.organisation_id,
                bank_match_id=key,
                kind=MatchedItem.Kind.CODED,
                amount_pence=one.pence,
                coding_id=codings[one.account_code, one.unit_id],
            )
            for key, one in coded
        ]
    )


def _posting_days(
    account: BankAccount,
    wanted: Sequence[NewMatch],
    lines: dict[int, StatementLine],
    by: Actor,
    at: datetime,
) -> list[date]:
    """The day of the last entry, or today where its period is closed or signed already."""
    booked = [max(lines[line].booked_on for line in new.line_ids) for new in wanted]
    today = timezone.localdate(at)
    signed = signed_until(account)
    ledger.ensure_periods(days={*booked, today}, by=by)
    status = dict(
        Period.objects.filter(
            organisation_id=by.organisation_id, period__in={period_of(day) for day in booked}
        ).values_list("period", "status")
    )
    usable = [
        status[period_of(day)] == Period.Status.OPEN and (signed is None or day > signed)
        for day in booked
    ]
    days = [day if ok else today for day, ok in zip(booked, usable, strict=True)]
    BNK06.check(signed is None or all(day > signed for day in days))
    return days


def _check_all_there(new: NewMatch, found: Sequence[parts.Sum]) -> None:
    """Clash unless everything that was chosen was still open."""
    count = {kind: sum(one.count for one in found if one.kind == kind) for kind in
             MatchedItem.Kind.values}  # fmt: skip
    whole = (
        count["return"] == len(new.returns)
        and count["ledger"] == len(new.ledger)
        and (count["payment"] == len(new.payments) or (new.runs and count["payment"]))
    )
    if not whole:
        raise Clash()


def _explain(
    made: Sequence[BankMatch], wanted: Sequence[NewMatch], lines: dict[int, StatementLine]
) -> None:
    """How much of each entry its match explains: all that is left, of a single one also a part."""
    rows = []
    for match, new in zip(made, wanted, strict=True):
        left = {key: lines[key].amount_pence - lines[key].matched_pence for key in new.line_ids}
        if len(left) == 1:
            ((only, pence),) = left.items()
            within = 0 < match.amount_pence <= pence or pence <= match.amount_pence < 0
            BNK05.check(within)
            left = {only: match.amount_pence}
        BNK05.check(sum(left.values()) == match.amount_pence)
        for key, pence in left.items():
            lines[key].matched_pence += pence
            rows.append(
                MatchedLine(
                    organisation_id=match.organisation_id,
                    bank_match=match,
                    line_id=key,
                    amount_pence=pence,
                )
            )
    MatchedLine.objects.bulk_create(rows)
    StatementLine.objects.bulk_update(lines.values(), ["matched_pence"])


def _post(
    account: BankAccount, made: Sequence[BankMatch], added: dict[int, list[parts.Sum]], by: Actor
) -> None:
    """The bank against payments in transit and what was coded. What the ledger has stands."""
    transit = ledger.coding_ids(pairs=[(TRANSIT, None)], by=by)[TRANSIT, None]
    posted = []
    for match in made:
        against = [one for one in added[match.pk] if one.kind != MatchedItem.Kind.LEDGER]
        lines = [ledger.NewLine(one.coding_id or transit, -one.pence) for one in against]
        total = -sum(line.amount_pence for line in lines)
        if lines:
            lines.insert(0, ledger.NewLine(account.coding_id, total))
            posted.append((match, lines))
    if posted:
        refs = ledger.post_journals(
            journals=[
                ledger.NewJournal(m.matched_on, m.why[:200], lines, "finance.bank_match", m.pk)
                for m, lines in posted
            ],
            source="finance.bank_match",
            key=str(made[0].number),
            series=SERIES,
            by=by,
        )
        for (match, _), ref in zip(posted, refs, strict=True):
            match.period, match.batch_id, match.journal_id = (
                ref.period, ref.batch_id, ref.journal_id,
            )  # fmt: skip
    fields = ["amount_pence", "period", "batch_id", "journal_id"]
    BankMatch.objects.bulk_update(made, fields)


def match_exact(*, account: BankAccount, by: Actor) -> list[BankMatch]:
    """Matches all that is certain: exact, and the only possibility both ways."""
    found = passes.suggestions(account).values()
    signed = signed_until(account)
    open_lines = StatementLine.objects.filter(
        organisation_id=account.organisation_id, pk__in=[s.line_id for s in found if s.exact]
    )
    if signed is not None:
        open_lines = open_lines.filter(booked_on__gt=signed)
    usable = set(open_lines.values_list("pk", flat=True))
    wanted = [_as_match(s) for s in found if s.exact and s.line_id in usable]
    return make_matches(account=account, wanted=wanted, by=by, automatic=True)


def _as_match(found: passes.Suggestion, pence: int = 0) -> NewMatch:
    """A suggestion as what is to be matched; `pence` of the entry where it is coded."""
    kind = found.kind
    return NewMatch(
        line_ids=(found.line_id,),
        way=found.way,
        why=found.why,
        runs=found.ids if kind == "run" else (),
        payments=found.ids if kind == "payment" else (),
        returns=found.ids if kind == "return" else (),
        ledger=(found.ids,) if kind == "ledger" else (),
        coded=(Coded(str(found.ids[0]), pence),) if kind == "coded" else (),
    )


def accept_suggestions(
    *, account: BankAccount, line_ids: Collection[int], by: Actor
) -> list[BankMatch]:
    """Matches the entries as they are suggested now; BNK08 where nothing is suggested any more."""
    require(by, MATCH_BANK)
    lock_account(account)
    found = passes.suggestions(account)
    BNK08.check(set(line_ids) <= set(found))
    left = {
        row.pk: row.amount_pence - row.matched_pence
        for row in StatementLine.objects.filter(
            organisation_id=account.organisation_id, pk__in=list(line_ids)
        )
    }
    wanted = [_as_match(found[line], left[line]) for line in sorted(set(line_ids))]
    return make_matches(account=account, wanted=wanted, by=by)


def undo_match(*, match: BankMatch, reason: str, by: Actor, at: datetime | None = None) -> None:
    """Takes a match back: its journal is reversed, its entries and payments are open again.

    BNK06 where a signed reconciliation rests on it, BNK08 when undone before, BNK09 without a
    reason. Event finance.bank_match.undone.
    """
    require(by, MATCH_BANK)
    BNK09.check(reason.strip())
    account = match.bank_account
    lock_account(account)
    match.refresh_from_db()
    BNK08.check(match.undone_on is None)
    signed = signed_until(account)
    BNK06.check(signed is None or match.matched_on > signed)
    match.undone_on = _reverse(match, reason, by, at or timezone.now())
    match.undone_by_name, match.undone_reason = by.name, reason[:200]
    match.save(update_fields=["undone_on", "undone_by_name", "undone_reason"])
    parts.clear_payments(match.organisation_id, [match.pk], step=-1)
    here = {"organisation_id": match.organisation_id, "bank_match": match}
    MatchedItem.objects.filter(**here).update(live=False)
    taken = dict(MatchedLine.objects.filter(**here).values_list("line_id", "amount_pence"))
    MatchedLine.objects.filter(**here).update(live=False)
    rows = list(StatementLine.objects.filter(organisation_id=match.organisation_id, pk__in=taken))
    for row in rows:
        row.matched_pence -= taken[row.pk]
    StatementLine.objects.bulk_update(rows, ["matched_pence"])
    record("finance.bank_match.undone", match, by=by, at=at, comment=reason)


def _reverse(match: BankMatch, reason: str, by: Actor, at: datetime) -> date:
    """On the day of the match while its period is open, so that it is as if it had not been."""
    still_open = Period.objects.filter(
        organisation_id=match.organisation_id,
        period=period_of(match.matched_on),
        status=Period.Status.OPEN,
    ).exists()
    day = match.matched_on if still_open else timezone.localdate(at)
    if match.batch_id is not None:
        ledger.ensure_periods(days=[day], by=by)
        ledger.reverse_journal(
            period=match.period or 0,
            batch_id=match.batch_id,
            journal_id=match.journal_id or 0,
            on=day,
            reason=reason[:200],
            by=by,
        )
    return day
