"""A reading made ready for the tables: which rows load, whose they are, and what belongs together.

Works on whole columns; knows no table. Amounts are int64 pence.
"""

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from finance.keys import name_key, reference_key
from finance.reading import Reading

REDACTED_NAME = "Redacted (personal data)"
REDACTED_CODE = "REDACTED"
# A code that stands for more names than this is a shared account for one-off payees.
NAMES_OF_ONE_CODE = 3
NO_UNIT = -1
_OTHER_KINDS = ("header", "total", "blank", "preamble")
RECEIVED_MISSING = (
    "Row {row}: the date on which the invoice was received is missing. Enter it: the time to pay "
    "is counted from that day."
)


@dataclass
class Share:
    """The part of a file that one chunk does.

    `rows`: every row (row_no, kind, cause, cause_text, amount_pence, cells, line), where line is
    the position in `lines` or -1. `lines`: inv, line_no, net, vat, description, supplier and the
    texts that coding reads. `invoices`: one a group. `suppliers`: code, name, name_norm, redacted,
    vat_number, company_number.
    """

    rows: pd.DataFrame = field(repr=False)
    lines: pd.DataFrame = field(repr=False)
    invoices: pd.DataFrame = field(repr=False)
    suppliers: pd.DataFrame = field(repr=False)

    @property
    def loaded_pence(self) -> int:
        return int(self.rows.loc[self.rows["kind"] == "loaded", "amount_pence"].sum())

    @property
    def held_pence(self) -> int:
        return int(self.rows.loc[self.rows["kind"] == "held", "amount_pence"].sum())

    def count(self, *kinds: str) -> int:
        return int(self.rows["kind"].isin(kinds).sum())


def share_of(reading: Reading, *, published: bool, part: int, parts: int) -> Share:
    """The rows of part `part` of `parts`: all rows of a supplier lie in one part, so no invoice,
    payment or exact duplicate is ever cut. Rows that are not loaded lie in the first part."""
    frame = reading.frame
    kind, cause, words = _verdicts(frame, received_needed=not published)
    supplier_keys = _supplier_keys(frame)
    here = _rows_of_part(kind, supplier_keys, part, parts)
    mine = here & (kind == "loaded")
    # Cut to the same rows: an empty frame would grow to the length of what is assigned to it.
    data = frame[mine].assign(supplier_key=supplier_keys[mine])
    suppliers, supplier_no = _suppliers(data)
    lines, invoices = _group(data, supplier_no, published)
    rows = pd.DataFrame(
        {
            "row_no": frame["row_no"].to_numpy()[here],
            "kind": kind[here],
            "cause": cause[here],
            "cause_text": words[here],
            "amount_pence": frame["amount_pence"].array[here],
        }
    )
    rows["cells"] = [reading.rows[number - 1] for number in rows["row_no"]]
    rows["line"] = -1
    rows.loc[rows["kind"] == "loaded", "line"] = np.arange(len(lines))
    return Share(rows, lines, invoices, suppliers)


def _verdicts(
    frame: pd.DataFrame, *, received_needed: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(kind, cause, words) of each row as the tables name them."""
    kind = frame["kind"].to_numpy(dtype=object).copy()
    cause = frame["cause"].fillna("").to_numpy(dtype=object).copy()
    words = frame["cause_text"].fillna("").to_numpy(dtype=object).copy()
    data = kind == "data"
    if received_needed:
        for index in np.flatnonzero(data & (cause == "") & frame["received_on"].isna().to_numpy()):
            cause[index] = "received_missing"
            words[index] = RECEIVED_MISSING.format(row=index + 1)
    kind[data] = np.where(cause[data] == "", "loaded", "held")
    return kind, cause, words


def _supplier_keys(frame: pd.DataFrame) -> pd.Series:
    """What makes a supplier the same one: redacted, its code, or else its name."""
    places, names = pd.factorize(frame["supplier"].to_numpy(dtype=object))
    keys = np.array([name_key(name) for name in names], dtype=object)[places]
    codes = frame["supplier_code"]
    coded = pd.DataFrame({"code": codes, "key": keys})[(codes != "") & ~frame["redacted"]]
    names_of_code = coded.groupby("code")["key"].nunique()
    shared = set(names_of_code[names_of_code > NAMES_OF_ONE_CODE].index)
    use_code = (codes != "") & ~codes.isin(shared)
    chosen = np.where(use_code, "C" + codes, "N" + pd.Series(keys, index=frame.index))
    return pd.Series(np.where(frame["redacted"], "R", chosen), index=frame.index)


def _rows_of_part(kind: np.ndarray, keys: pd.Series, part: int, parts: int) -> np.ndarray:
    places, different = pd.factorize(keys)
    owners = np.array([zlib.crc32(key.encode()) % parts for key in different], dtype=np.int64)
    return np.where(kind == "loaded", owners[places], 0) == part


def _suppliers(data: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The suppliers in order of first row, and the place of each row's among them."""
    places, _ = pd.factorize(data["supplier_key"])
    first = data.assign(place=places).drop_duplicates("place")
    redacted = first["redacted"].to_numpy(dtype=bool)
    by_code = first["supplier_key"].str.startswith("C").to_numpy(dtype=bool)
    names = np.where(redacted, REDACTED_NAME, first["supplier"].str[:200])
    codes = np.where(by_code, first["supplier_code"].str[:40], "")
    suppliers = pd.DataFrame(
        {
            "code": np.where(redacted, REDACTED_CODE, codes),
            "name": names,
            "name_norm": [name_key(name) for name in names],
            "redacted": redacted,
            "vat_number": first["vat_number"].str[:20].to_numpy(),
            "company_number": first["company_number"].str[:20].to_numpy(),
        }
    )
    return suppliers, places


def _group(
    data: pd.DataFrame, supplier_no: np.ndarray, published: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines in row order, and the invoices they add up to.

    An invoice is a number of the supplier's, or else of the payer's, for one supplier on one day;
    a row without any number is an invoice of its own.
    """
    reference = np.where(data["supplier_ref"] != "", data["supplier_ref"], data["transaction"])
    own = np.where(reference == "", data["row_no"], 0)
    invoice_on = data["invoice_on"].where(data["invoice_on"].notna(), data["dated_on"])
    lines = pd.DataFrame({"supplier": supplier_no, "reference": reference, "own": own})
    lines["dated_on"] = data["dated_on"].to_numpy()
    lines["invoice_on"] = invoice_on.to_numpy()
    lines["inv"] = lines.groupby(
        ["supplier", "reference", "own", "dated_on", "invoice_on"], sort=False
    ).ngroup()
    lines["line_no"] = lines.groupby("inv").cumcount() + 1
    lines["net"] = data["amount_pence"].to_numpy(dtype=np.int64)
    lines["vat"] = 0 if published else _vat(data)
    lines["description"] = _description(data).str[:200].to_numpy()
    for name in _CODING_TEXTS:
        lines[name] = data[name].to_numpy()
    lines["received_on"] = data["received_on"].to_numpy()
    lines["own_reference"] = (data["supplier_ref"] != "").to_numpy()
    return lines, _invoices(lines)


_CODING_TEXTS = (
    *("category", "category_group", "capital_or_revenue", "merchant_category", "procurement_class"),
    *("cost_centre", "cost_centre_name", "service", "directorate"),
)


def _vat(data: pd.DataFrame) -> np.ndarray:
    """The stated VAT, or gross less net where only the gross is stated."""
    from_gross = data["gross_pence"] - data["amount_pence"]
    return data["vat_pence"].fillna(from_gross).fillna(0).to_numpy(dtype=np.int64)


def _description(data: pd.DataFrame) -> pd.Series:
    """What was bought, or the nearest to it that the file says."""
    text = data["description"]
    for other in ("category", "merchant_category", "category_group", "service"):
        text = text.where(text != "", data[other])
    return text


def _invoices(lines: pd.DataFrame) -> pd.DataFrame:
    grouped = lines.groupby("inv", sort=True)
    invoices = grouped[
        [
            *("supplier", "reference", "dated_on", "invoice_on", "received_on", "description"),
            "own_reference",
        ]
    ].first()
    invoices["net"] = grouped["net"].sum()
    invoices["vat"] = grouped["vat"].sum()
    invoices["gross"] = invoices["net"] + invoices["vat"]
    invoices["reference"] = invoices["reference"].str[:80]
    invoices["reference_key"] = [reference_key(text) for text in invoices["reference"]]
    return invoices
