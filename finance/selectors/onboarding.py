"""Requests for new suppliers, and suppliers that are like one that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from core.templatetags.web import day, day_time
from core.vault import indexes
from finance.keys import bare_name_key
from finance.models import RegisterLookup, SupplierRequest

ALIKE_SHOWN = 5
# One row for each supplier that has the name, a number or the account; an account by its index.
ALIKE = """
SELECT code, name, array_remove(ARRAY[CASE WHEN named THEN 'name' END,
         CASE WHEN vat THEN 'VAT number' END, CASE WHEN company THEN 'company number' END,
         CASE WHEN account THEN 'bank account' END], NULL)
FROM (
  SELECT s.id, s.code, s.name,
         regexp_replace(s.name_norm, '(LIMITED|LTD|PLC|LLP|LP|CIC|CIO)$', '') = %(name)s
           OR s.name_norm = %(name)s AS named,
         regexp_replace(upper(s.vat_number), '[^A-Z0-9]', '', 'g') = ANY(%(vat)s) AS vat,
         lpad(upper(s.company_number), 8, '0') = ANY(%(company)s) AS company,
         EXISTS (SELECT FROM finance_supplierbank b WHERE b.organisation_id = %(organisation)s
                 AND b.supplier_id = s.id AND b.state <> 'refused'
                 AND b.account_index = ANY(%(account)s)) AS account
  FROM finance_supplier s
  WHERE s.organisation_id = %(organisation)s AND s.status <> 'refused'
) AS found WHERE named OR vat OR company OR account ORDER BY id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Alike:
    """A supplier that is like one that is asked for, and in what."""

    code: str
    name: str
    same: Sequence[str]

    @property
    def words(self) -> str:
        return f"{self.name} ({self.code}) has the same {', '.join(self.same)}"


def alike(
    organisation_id: int, *, name: str, vat_number: str, company_number: str, account: str
) -> list[Alike]:
    """The first suppliers of the organisation with that name, VAT or company number, or account.

    Names are compared without Ltd and its like; the account, sort code before number, by its index.
    """
    values: dict[str, Any] = {
        "organisation": organisation_id,
        "name": bare_name_key(name),
        "vat": [vat_number, vat_number[2:]] if vat_number else [],
        "company": [company_number] if company_number else [],
        "account": indexes(organisation_id, account) if account else [],
        "most": ALIKE_SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, values)
        return [Alike(*row) for row in cursor.fetchall()]


def request_list(organisations: Sequence[int], *, state: str = "") -> QuerySet[SupplierRequest]:
    """Requests of these organisations, newest first, with their suppliers."""
    rows = SupplierRequest.objects.filter(organisation_id__in=list(organisations))
    if state:
        rows = rows.filter(state=state)
    return reading(rows).order_by("-made_at", "-id")


def request_by_number(organisation_id: int, number: int) -> SupplierRequest:
    """With its supplier. NotFound for a number that no request has here."""
    rows = SupplierRequest.objects.filter(organisation_id=organisation_id, number=number)
    found = reading(rows).first()
    if found is None:
        raise NotFound("There is no such request for a supplier.")
    return found


def reading(rows: QuerySet[SupplierRequest]) -> QuerySet[SupplierRequest]:
    """With what is shown of each: the supplier, and the registers that are asked about it."""
    return rows.select_related("supplier").prefetch_related("lookups")


def asked_registers(row: SupplierRequest) -> dict[str, RegisterLookup]:
    """By register the question that it has not answered yet."""
    waiting = RegisterLookup.State.WAITING
    return {one.register: one for one in row.lookups.all() if one.state == waiting}


def waiting_words(asked: RegisterLookup) -> str:
    """«GB123456782: asked on 3 June 2026 at 14:05, waiting for an answer»."""
    said = f"{asked.number}: asked on {day_time(asked.asked_at)} by {asked.asked_by_name}, waiting"
    return f"{said} (no answer yet: {asked.problem})" if asked.problem else said


def told_by_registers(row: SupplierRequest) -> dict[str, str]:
    """By register what it said of which number, when, and who had it asked."""
    return {
        key: f"{one['number']}: {one['words']}. Looked up on"
        f" {day(date.fromisoformat(one['on']))}, {one['by']}"
        for key, one in row.looked_up.items()
    }
