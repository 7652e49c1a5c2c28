"""The modulus check of accounts that are kept, again after new tables."""

from collections import Counter
from typing import Any

from django.db import connection

from core.actors import Actor, require
from events.services import record_about
from finance.formats.modulus import Tables
from finance.models import SupplierBank
from finance.permissions import CHANGE_SUPPLIERS
from finance.selectors.modulus import modulus_of

BATCH = 5_000
WRITE = (
    "UPDATE finance_supplierbank t SET modulus = n.found, modulus_tables_of = %s"
    " FROM unnest(%s::bigint[], %s::text[]) AS n (id, found)"
    " WHERE t.organisation_id = %s AND t.id = n.id"
)


def check_accounts(*, tables: Tables, by: Actor) -> Counter[str]:
    """Checks all accounts of suppliers that wait or are in use; how many came out how.

    Event finance.supplier.accounts_checked.
    """
    require(by, CHANGE_SUPPLIERS)
    counts: Counter[str] = Counter()
    rows = SupplierBank.objects.filter(organisation_id=by.organisation_id)
    rows = rows.exclude(state=SupplierBank.State.REFUSED).order_by("id")
    after = 0
    while found := list(rows.filter(id__gt=after).values_list("id", "account_sealed")[:BATCH]):
        after = found[-1][0]
        said = [_checked(tables, by.organisation_id, key, sealed) for key, sealed in found]
        counts.update(said)
        with connection.cursor() as cursor:
            keys = [key for key, _ in found]
            cursor.execute(WRITE, [tables.dated, keys, said, by.organisation_id])
    about = ("tenants.organisation", by.organisation_id)
    failed = counts[SupplierBank.Modulus.FAILED]
    record_about("finance.supplier.accounts_checked", *about, by=by, count=counts.total(),
                 failed=failed)  # fmt: skip
    return counts


def _checked(tables: Tables, organisation_id: int, key: int, sealed: Any) -> str:
    opened = SupplierBank.opened(organisation_id, key, sealed)
    return str(modulus_of(tables, *opened))
