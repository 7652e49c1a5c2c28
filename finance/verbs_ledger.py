"""What happens in the ledger, in words."""

from events.verbs import declare

declare(
    finance__batch__posted="{journals:journal} posted from {source} into period {period}",
    finance__journal__reversed="Journal {journal} reversed",
    finance__period__soft_closed="{period} soft closed",
    finance__period__closed="{period} closed",
    finance__period__reopened="{period} reopened",
    finance__period__waiver_asked="Asked to close {period} although not: {what}",
    finance__period__waiver_agreed="Agreed to close {period} although not: {what}",
)
