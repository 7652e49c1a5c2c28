"""The checks of the books find what an administrator broke, and nothing else."""

import json
import os
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.management.commands.init_db import connect
from core.scope import scope
from finance.services.ledger import reverse_journal
from tests.finance.ledger_books import DAY, opened, post_one
from tests.world import World

LEDGER = {
    "Every journal balances and agrees with its header",
    "Balances equal the lines",
    "Document numbers have no gaps",
    "A reversal mirrors its journal",
    "The chain of seals holds",
}


def broken() -> set[str]:
    out = StringIO()
    try:
        call_command("check_invariants", json=True, stdout=out)
    except CommandError:
        assert out.getvalue() != "[]"
    found = json.loads(out.getvalue())
    assert {row["organisation"] for row in found} <= {"eastmere"}
    return {row["invariant"] for row in found} & LEDGER


TAMPERINGS = [
    (
        "UPDATE finance_journalline SET amount_pence = amount_pence + 1 WHERE amount_pence > 0",
        {
            "Every journal balances and agrees with its header",
            "Balances equal the lines",
            "A reversal mirrors its journal",
            "The chain of seals holds",
        },
    ),
    ("UPDATE finance_balance SET debit_pence = debit_pence + 1", {"Balances equal the lines"}),
    ("UPDATE finance_series SET next_no = 9 WHERE code = 'GJ'", {"Document numbers have no gaps"}),
    (
        "UPDATE finance_journal SET document_no = 7 WHERE series = 'GJ'",
        {"Document numbers have no gaps", "The chain of seals holds"},
    ),
    ("UPDATE finance_chainhead SET number = 1", {"The chain of seals holds"}),
]


def test_what_is_broken_is_named(committed_world: World) -> None:
    by = opened(committed_world)
    ref = post_one(by)
    with scope(acting=by.organisation_id):
        reverse_journal(
            period=ref.period,
            batch_id=ref.batch_id,
            journal_id=ref.journal_id,
            on=DAY,
            reason="Entered twice",
            by=by,
        )
    assert broken() == set()
    for tampering, names in TAMPERINGS:
        with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin:
            admin.autocommit = True
            with admin.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                tables = ("journal", "journalline", "balance", "series", "chainhead")
                for table in tables:
                    cursor.execute(f"CREATE TABLE kept_{table} AS TABLE finance_{table}")
                cursor.execute(tampering)
                found = broken()
                for table in tables:
                    cursor.execute(f"DELETE FROM finance_{table}")
                    cursor.execute(f"INSERT INTO finance_{table} SELECT * FROM kept_{table}")
                    cursor.execute(f"DROP TABLE kept_{table}")
        assert found == names
    assert broken() == set()


def test_an_unknown_organisation_is_said_to_be_so(world: World) -> None:
    with pytest.raises(CommandError, match="no such organisation"):
        call_command("check_invariants", organisation="atlantis")
