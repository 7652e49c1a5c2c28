"""Early-payment discounts: the terms of a supplier, and their lines in the ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record
from finance.models import DiscountTerms, Supplier
from finance.paying.discounts import stage_taken
from finance.permissions import CHANGE_SUPPLIERS
from finance.rules import SUP28, SUP29
from finance.services.ledger import coding_ids, install_chart
from finance.vat import COST, purchase_codes

RECEIVED = "42800"


def set_terms(
    *,
    supplier: Supplier,
    percent: Decimal,
    days: int,
    from_on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> DiscountTerms:
    """So many percent off invoices dated from `from_on` on that are paid within so many days.

    SUP28 out of range or without a source, SUP29 unless later than the terms before. What of a
    proposed run takes a discount keeps it. Event finance.supplier.discount_set.
    """
    require(by, CHANGE_SUPPLIERS)
    said = " ".join(source.split())
    SUP28.check(0 <= percent <= 50 and 0 <= days <= 180 and said)
    Supplier.objects.select_for_update().get(
        organisation_id=supplier.organisation_id, pk=supplier.pk
    )
    rows = DiscountTerms.objects.filter(
        organisation_id=supplier.organisation_id, supplier_id=supplier.pk
    )
    SUP29.check(not rows.filter(from_on__gte=from_on).exists())
    # The account of discounts is younger than the charts of some organisations.
    install_chart(by=by)
    row = DiscountTerms.objects.create(
        organisation_id=supplier.organisation_id,
        supplier_id=supplier.pk,
        from_on=from_on,
        percent=percent,
        days=days,
        source=said,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    record("finance.supplier.discount_set", supplier, by=by, at=at, day=day(from_on),
           terms=str(row), source=said)  # fmt: skip
    return row


def post_discounts(*, which: str, values: dict[str, Any], sign: int, by: Actor) -> None:
    """Stages the discounts of a `run` (`sign` -1) or of payments that `return` (1).

    To the account of discounts received, and their VAT to where that of the invoice was taken.
    """
    recovered = [code for code in purchase_codes().values() if code.account not in ("", COST)]
    accounts = {RECEIVED, *(code.account for code in recovered)}
    codings = coding_ids(pairs=[(account, None) for account in sorted(accounts)], by=by)
    stage_taken(
        which,
        {
            **values,
            "sign": sign,
            "vat_codes": [code.code for code in recovered],
            "vat_codings": [codings[code.account, None] for code in recovered],
            "discounts": codings[RECEIVED, None],
        },
    )
