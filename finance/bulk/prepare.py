"""What the tables need beyond the file: suppliers, units, codings, VAT codes and payments."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from core.actors import Actor
from finance.bulk.coding import choose_accounts
from finance.bulk.rows import Share
from finance.bulk.suppliers import supplier_ids
from finance.bulk.units import units_of
from finance.clock import timed
from finance.services import ledger
from finance.vat import purchase_codes

NO_VAT_CODE = "OS"
# Tried in turn for a line that states VAT; an invoice with a line that fits neither is held.
VAT_CODES = ("SR-IN", "RR-IN")
TERMS_DAYS = 30
NO_PAYMENT = -1


def prepare(
    cursor: Any, share: Share, *, published: bool, by: Actor, at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(lines, invoices, payments) with every column that `staging.TABLES` names."""
    with timed("suppliers"):
        ids = supplier_ids(cursor, share.suppliers, by=by, at=at)
    lines, paths = _coded(cursor, share, ids, by)
    payments = _payments(share.invoices) if published else None
    invoices = _invoices(share, ids, paths, payments)
    lines["vat_code"] = NO_VAT_CODE
    invoices["hold"] = ""
    if not published:
        lines["vat_code"], wrong = _vat_codes(lines)
        invoices.loc[invoices["inv"].isin(lines.loc[wrong, "inv"]), "hold"] = "vat"
    if payments is None:
        return lines, invoices, pd.DataFrame(columns=["pay", "supplier_id", "dated_on", "amount"])
    payments = payments.assign(supplier_id=ids[payments["supplier"].to_numpy()])
    return lines, invoices, payments


def _coded(
    cursor: Any, share: Share, ids: np.ndarray, by: Actor
) -> tuple[pd.DataFrame, np.ndarray]:
    """Lines with coding and reason, and the unit path of every line."""
    with timed("units"):
        places, units = units_of(share.lines, by=by)
    with timed("coding"):
        chosen = choose_accounts(cursor, share.lines, share.suppliers, ids, by=by)
        pairs = pd.DataFrame({"account": chosen["account"], "place": places})
        numbers, different = pd.factorize(pd.MultiIndex.from_frame(pairs))
        wanted = [(str(account), int(units[place].pk)) for account, place in different]
        known = ledger.coding_ids(pairs=sorted(set(wanted)), by=by)
        codings = np.array([known[pair] for pair in wanted], dtype=np.int64)[numbers]
    lines = share.lines.assign(
        line=np.arange(len(share.lines)), coding_id=codings, coding_reason=chosen["reason"]
    )
    return lines, np.array([unit.path for unit in units], dtype=object)[places]


def _payments(invoices: pd.DataFrame) -> pd.DataFrame:
    """One payment for each supplier and day whose invoices less credits come to more than nothing.

    Where credits exceed, nothing was paid: those invoices and credits stay open.
    """
    sums = invoices.groupby(["supplier", "dated_on"], sort=False)["gross"].sum().reset_index()
    payable = sums[sums["gross"] > 0].rename(columns={"gross": "amount"})
    return payable.assign(pay=np.arange(len(payable)))


def _invoices(
    share: Share, ids: np.ndarray, paths: np.ndarray, payments: pd.DataFrame | None
) -> pd.DataFrame:
    invoices = share.invoices.reset_index()
    places = invoices["supplier"].to_numpy()
    first_line = share.lines.drop_duplicates("inv").sort_values("inv").index
    received = invoices["received_on"]
    invoices = invoices.assign(
        supplier_id=ids[places],
        redacted=share.suppliers["redacted"].to_numpy()[places],
        unit_path=paths[first_line],
        # A published payment was due no later than the day on which it was made.
        due_on=(received + pd.Timedelta(days=TERMS_DAYS)).where(
            received.notna() & (payments is None), invoices["dated_on"]
        ),
    )
    if payments is None:
        return invoices.assign(pay=None, settled=False)
    pay = invoices.merge(payments, on=["supplier", "dated_on"], how="left")["pay"].astype("Int64")
    return invoices.assign(pay=pay, settled=pay.notna() | (invoices["gross"] == 0))


def _vat_codes(lines: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """The code of each line, and which lines state VAT that no rate allows."""
    codes = [purchase_codes()[code] for code in VAT_CODES]
    chosen = []
    for net, vat in zip(lines["net"].tolist(), lines["vat"].tolist(), strict=True):
        fits = [code.code for code in reversed(codes) if code.allows(net, vat)]
        chosen.append(NO_VAT_CODE if not vat else fits[0] if fits else "")
    wrong = np.array([not code for code in chosen], dtype=bool)
    return [code or VAT_CODES[0] for code in chosen], wrong
