"""Temporary tables of one chunk and the COPY that fills them.

The application role may not COPY into tables of tenants; it copies into its own temporary ones and
each is then inserted by one statement under row security. Keys come from the sequences of the real
tables by default values, so rows can refer to each other before they are inserted.
"""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

# Stands for NULL in the copied text; no cell of a file holds this control character alone.
_NULL = "\x01"

TABLES = {
    "load_row": """
        row_no int, kind text, cause text, cause_text text, amount_pence bigint, cells text[],
        line int""",
    "load_line": """
        line int, inv int, line_no int, description text, coding_id bigint, coding_reason text,
        vat_code text, net bigint, vat bigint,
        id bigint NOT NULL DEFAULT nextval('finance_invoiceline_id_seq')""",
    "load_invoice": """
        inv int, supplier_id bigint, redacted boolean, reference text, reference_key text,
        own_reference boolean, invoice_on date, received_on date, dated_on date, due_on date,
        net bigint, vat bigint, gross bigint, description text, unit_path text, pay int,
        settled boolean, hold text, grade text NOT NULL DEFAULT '', duplicate_of bigint,
        id bigint NOT NULL DEFAULT nextval('finance_invoice_id_seq')""",
    "load_payment": """
        pay int, supplier_id bigint, dated_on date, amount bigint,
        id bigint NOT NULL DEFAULT nextval('finance_payment_id_seq')""",
    "load_posting": "key bigint, period int, batch_id bigint, journal_id bigint",
}


def make_tables(cursor: Any) -> None:
    """Empty temporary tables, gone with the transaction."""
    for name, columns in TABLES.items():
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")


def copy_frame(cursor: Any, table: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """COPY the columns of the frame, in row order, and let the planner know how many there are."""
    text = io.StringIO()
    frame.to_csv(text, columns=list(columns), index=False, header=False, na_rep=_NULL)
    text.seek(0)
    names = ", ".join(columns)
    cursor.cursor.copy_expert(
        f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')", text
    )
    cursor.execute(f"ANALYZE {table}")


def array_text(cells: Sequence[str]) -> str:
    """Cells as the text of an array; the character that PostgreSQL cannot hold becomes its sign."""
    quoted = (
        '"' + cell.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "\u2400") + '"'
        for cell in cells
    )
    return "{" + ",".join(quoted) + "}"
