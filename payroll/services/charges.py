"""What a committed run changes of the levy, the employment allowance and what HMRC gives back."""

from core.actors import Actor
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from payroll.calculator.periods import year_start
from payroll.models import CreditorKind, DueWhat, PayDue, PayRun
from payroll.owing import month_of
from payroll.selectors.charges import charged, charges_to_date, last_month

# Where it is owed, and where its cost, or what lowers a cost, stands.
ACCOUNTS = {
    DueWhat.LEVY: ("21510", "51400"),
    DueWhat.ALLOWANCE: ("21511", "51100"),
    DueWhat.RECOVERED: ("21511", "51000"),
}


def charge(*, pay_run: PayRun, series: str, by: Actor) -> None:
    """Posts what the tax year comes to now that this run is committed, less what was posted.

    Worked out on the year to date, so a later run puts right what an earlier one could not know.
    PRL01 without the figures of the law.
    """
    here, day = pay_run.organisation_id, pay_run.pays_on
    year = year_start(day).year
    to_date = charges_to_date(here, year, last_month(here, year), unsure=True).dues
    before = charged(here, year)
    changed = {what: pence for what, now in to_date.items() if (pence := now - before.get(what, 0))}
    if not changed:
        return
    pairs = [(code, None) for what in changed for code in ACCOUNTS[DueWhat(what)]]
    codings = ledger.coding_ids(pairs=pairs, by=by)
    lines = []
    for what, pence in changed.items():
        owed, cost = ACCOUNTS[DueWhat(what)]
        lines += [NewLine(codings[cost, None], pence, DueWhat(what).label),
                  NewLine(codings[owed, None], -pence, DueWhat(what).label)]  # fmt: skip
    words = f"{pay_run}: levy, allowance and recovered pay of the tax year"
    journal = NewJournal(day, words, lines, "payroll.run", pay_run.pk)
    ledger.post_journals(
        journals=[journal], source="payroll.charges", key=str(pay_run.number), series=series, by=by
    )
    PayDue.objects.bulk_create(
        PayDue(
            organisation_id=here, pay_run=pay_run, kind=CreditorKind.HMRC, what=what,
            account=ACCOUNTS[DueWhat(what)][0], month_on=month_of(CreditorKind.HMRC, day),
            amount_pence=pence,
        )
        for what, pence in changed.items()
    )  # fmt: skip
