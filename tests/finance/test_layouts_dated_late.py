"""Layouts from before they were dated: each has one version, from the day it was confirmed on."""

from contextlib import closing
from datetime import date
from typing import Any

from django.db import connection

from core.management.commands.init_db import connect, create
from tests.core.test_rows_sealed_late import FORCED, migrate, put
from tests.databases import using

TABLE = "finance_columnmapping"


def test_each_layout_has_a_version(django_db_setup: None, django_db_blocker: Any) -> None:
    name = f"{connection.settings_dict['NAME']}_undated"
    create(name)
    with django_db_blocker.unblock(), using(name):
        migrate(("finance", "0036_document_words"))
        with closing(connect(name)) as admin, admin.cursor() as cursor:
            for here, key in ((1, 10), (1, 11), (2, 20)):
                facts = {"mapping": f'{{"bank": {{"amount": {here}}}}}', "signature": str(key)}
                facts |= {"made_at": "2026-06-30 23:30Z", "made_by_name": "Amara"}
                put(cursor, TABLE, organisation_id=here, id=key, **facts)
            cursor.execute(FORCED.format(TABLE))
            migrate(("finance", "0039_layouts_are_read_by_versions"))
            cursor.execute(
                "SELECT organisation_id, layout_id, from_on, until_on, mapping, made_by_name"
                " FROM finance_layoutversion ORDER BY 1, 2"
            )
            day = date(2026, 7, 1)  # in London
            assert cursor.fetchall() == [
                (here, key, day, None, {"bank": {"amount": here}}, "Amara")
                for here, key in ((1, 10), (1, 11), (2, 20))
            ]
