"""Base of every table that belongs to an organisation, and keys between such tables."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Value
from django_scopes.manager import DisabledQuerySet
from django_scopes.state import get_scope


@dataclass(frozen=True)
class Security:
    """What the application role may do with a table, beyond reading it.

    `insert_only` tables know neither UPDATE nor DELETE; `definer_only` tables are written by
    functions of the database alone; `crown` adds a restrictive policy that no later one can open.
    """

    update: bool = True
    delete: bool = False
    insert: bool = True
    crown: bool = False


INSERT_ONLY = Security(update=False)
READ_ONLY = Security(update=False, insert=False)
EDITABLE = Security(delete=True)
CROWN = Security(crown=True)


class TenantManager(models.Manager[Any]):
    """Wall one: without an open scope every query raises; with one it is filtered by it."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[Any]:
        opened = get_scope()
        if not opened.get("_enabled", True):
            return super().get_queryset()
        if "organisation_id" not in opened:
            return DisabledQuerySet(self.model, using=self._db, missing_scopes={"organisation_id"})
        value = opened["organisation_id"]
        if isinstance(value, list):
            return super().get_queryset().filter(organisation_id__in=value)
        return super().get_queryset().filter(organisation_id=value)


class TenantModel(models.Model):
    """A row of exactly one organisation. Its primary key in the database is (organisation, id)."""

    organisation_id = models.IntegerField(editable=False)

    objects = TenantManager()

    security: ClassVar[Security] = Security()
    # Filled by functions of the database that check references once per batch, not per row.
    bulk_rows: ClassVar[bool] = False
    # Written thousands of rows a statement: core.db.references looks references up by statement.
    bulk_references: ClassVar[bool] = False

    class Meta:
        abstract = True


class TenantKey(models.ForeignKey):
    """A reference that cannot leave the organisation.

    Django sees one column; the database holds (organisation_id, x_id) -> (organisation_id, id).
    No index comes with it: every query names the organisation, so a table declares an index that
    begins with it where it is searched by this key.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs |= {"db_constraint": False, "db_index": False}
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, args, kwargs


def number_as_range(column: str, kind: str) -> Func:
    """A whole number as a range of one, which needs no extension to be told apart in an index."""
    return Func(F(column), F(column), Value("[]"), function=kind)


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete tenant table, in a fixed order."""
    from django.apps import apps

    found = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    return sorted(found, key=lambda m: m._meta.db_table)
