"""What the ledger shows to approvals, timelines and runs: periods and batches."""

from django.urls import reverse

from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from events.verbs import counted
from finance.models import Batch, Period
from finance.permissions import SEE_LEDGER


def _period_link(slug: str, row: Period) -> str:
    return f"{reverse('periods', kwargs={'organisation': slug})}?year={row.year}"


def _batch_name(row: Batch) -> str:
    first, last = row.first_no, row.first_no + row.journals - 1
    return f"{row.series}-{row.year}-{first}{f' to {last}' if last > first else ''}"


def _batch_link(slug: str, row: Batch) -> str:
    return f"{reverse('ledger_enquiry', kwargs={'organisation': slug})}?batch={row.pk}"


PERIOD = register(
    Subject(
        key="finance.period",
        model=Period,
        label="Period",
        link=_period_link,
        summary=lambda row: f"{row}: {row.get_status_display().lower()}",
    )
)
BATCH = register(
    Subject(
        key="finance.batch",
        model=Batch,
        label="Batch of journals",
        link=_batch_link,
        summary=lambda row: f"{counted(row.journals, 'journal')} of {row.source} in {row.period}",
        name=_batch_name,
    )
)
add_entry(Entry("Trial balance", "trial_balance", SEE_LEDGER, 55, group="Ledger"))
add_entry(Entry("Ledger enquiry", "ledger_enquiry", SEE_LEDGER, 56, group="Ledger"))
add_entry(Entry("Periods", "periods", SEE_LEDGER, 57, group="Ledger"))
