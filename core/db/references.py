"""References between tenant tables: foreign keys, and for bulk the same promise asked by statement.

PostgreSQL looks a foreign key up row by row, each time by a query of four microseconds: a third of
what a pay run asked of the database. Tables whose model says `bulk_references` keep the constraint
in the catalogue, NOT ENFORCED, and triggers keep its promise. What rows refer to is looked up once
a statement, at its end and not that of the transaction; of rows that are changed, each time. What
is deleted must be referred to by nothing when the transaction ends: where the application deletes,
it waits for rows that lock what they refer to; elsewhere it waits for whoever writes to the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import connection

from core.tenancy import TenantKey, TenantModel, tenant_models

# Nothing is known to the planner of rows just written: each key is looked up by the index.
_FUNCTION = """
CREATE FUNCTION ctx.{function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE v_wrong bigint;
BEGIN
{body}
  RETURN NULL;
END $$
"""
_COMING = """
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT organisation_id, {column} AS id FROM came WHERE {column} IS NOT NULL
  ), found AS MATERIALIZED (
    SELECT FROM wanted w JOIN public.{target} t
      ON t.organisation_id = w.organisation_id AND t.id = w.id{lock}
  ) SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM found) INTO v_wrong;
  IF v_wrong > 0 THEN {refuse} END IF;
"""
_CHANGED = """
  IF NEW.{column} IS NOT NULL THEN
    PERFORM FROM public.{target} t
      WHERE t.organisation_id = NEW.organisation_id AND t.id = NEW.{column}{lock};
    IF NOT FOUND THEN {refuse} END IF;
  END IF;
"""
_GOING = """{wait}
  IF EXISTS (SELECT FROM public.{table} r
              WHERE r.organisation_id = OLD.organisation_id AND r.{column} = OLD.id)
     AND NOT EXISTS (SELECT FROM public.{target} t
                      WHERE t.organisation_id = OLD.organisation_id AND t.id = OLD.id)
  THEN {refuse} END IF;
"""
_LOST = """
SELECT count(*) FROM {table} r LEFT JOIN {target} t
    ON t.organisation_id = %s AND t.id = r.{column}
 WHERE r.organisation_id = %s AND r.{column} IS NOT NULL AND t.id IS NULL
"""
# Whoever wrote a row that refers to it has ended then, and who comes later sees it gone.
_WAIT = "\n  LOCK TABLE public.{table} IN SHARE MODE;"
# As PostgreSQL says it of a foreign key, so that who reads errors need not tell them apart.
_REFUSE = """
    RAISE EXCEPTION 'insert, update or delete violates foreign key constraint "{name}"'
      USING ERRCODE = '23503', CONSTRAINT = '{name}', SCHEMA = 'public', TABLE = '{table}';
"""


@dataclass(frozen=True)
class Reference:
    """From a column of a table to the id of another, within the organisation."""

    table: str
    column: str
    target: str
    deletable: bool  # the target, by the application

    @property
    def name(self) -> str:
        """Of the constraint."""
        return f"{self.table}_{self.column}_same_org"[:63]

    @property
    def keeper(self) -> str:
        """Of the function that keeps what is referred to."""
        return f"{self.table}_{self.column}_kept"

    def constraint(self, suffix: str = "") -> list[str]:
        """The foreign key of the catalogue."""
        return [
            f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {self.name}",
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name}"
            f" FOREIGN KEY (organisation_id, {self.column})"
            f" REFERENCES {self.target} (organisation_id, id) DEFERRABLE INITIALLY DEFERRED"
            f"{suffix}",
        ]

    def text(self, template: str) -> str:
        """A piece of a function, of this reference."""
        words = {"table": self.table, "column": self.column, "target": self.target}
        words["lock"] = " FOR KEY SHARE OF t" if self.deletable else ""
        words["wait"] = "" if self.deletable else _WAIT.format(table=self.table)
        return template.format(**words, refuse=_REFUSE.format(name=self.name, table=self.table))


def references_of(model: type[TenantModel]) -> list[Reference]:
    """Every reference that a table declares."""
    keys = [field for field in model._meta.local_fields if isinstance(field, TenantKey)]
    targets = [cast("type[TenantModel]", field.related_model) for field in keys]
    return [
        Reference(model._meta.db_table, field.column, of._meta.db_table, of.security.delete)
        for field, of in zip(keys, targets, strict=True)
    ]


def lost(organisation_id: int) -> Iterator[str]:
    """In words, each reference of the bulk tables that leads nowhere."""
    every = [one for model in tenant_models() if model.bulk_references
             for one in references_of(model)]  # fmt: skip
    with connection.cursor() as cursor:
        for one in every:
            cursor.execute(one.text(_LOST), [organisation_id, organisation_id])
            (rows,) = cursor.fetchone()
            if rows:
                yield f"{rows:,} rows of {one.table} refer by {one.column} to nothing"


def statements(model: type[TenantModel]) -> list[str]:
    """The SQL that brings a table's references to what its model says; safe to repeat."""
    references = references_of(model)
    if not model.bulk_references:
        return [line for one in references for line in one.constraint()]
    return [
        *(line for one in references for line in one.constraint(" NOT ENFORCED")),
        *_coming(model._meta.db_table, references),
        *_changing(model._meta.db_table, references),
        *(line for one in references for line in _going(one)),
    ]


def _function(name: str, pieces: Sequence[str]) -> list[str]:
    """It goes with its triggers, and is made anew for the role that sees every row."""
    return [
        f"DROP FUNCTION IF EXISTS ctx.{name}() CASCADE",
        _FUNCTION.format(function=name, body="".join(pieces)),
        f"REVOKE ALL ON FUNCTION ctx.{name}() FROM PUBLIC",
        f"ALTER FUNCTION ctx.{name}() OWNER TO app_maint",
        f"GRANT EXECUTE ON FUNCTION ctx.{name}() TO app_owner",
    ]


def _coming(table: str, references: Sequence[Reference]) -> list[str]:
    return [
        *_function(f"{table}_came", [one.text(_COMING) for one in references]),
        f"CREATE TRIGGER references_of_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS came"
        f" FOR EACH STATEMENT EXECUTE FUNCTION ctx.{table}_came()",
    ]


def _changing(table: str, references: Sequence[Reference]) -> list[str]:
    columns = ["organisation_id", *(one.column for one in references)]
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return [
        *_function(f"{table}_changed", [one.text(_CHANGED) for one in references]),
        f"CREATE TRIGGER references_of_changed AFTER UPDATE OF {', '.join(columns)} ON {table}"
        f" FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION ctx.{table}_changed()",
    ]


def _going(one: Reference) -> list[str]:
    return [
        *_function(one.keeper, [one.text(_GOING)]),
        f"CREATE CONSTRAINT TRIGGER {one.keeper} AFTER DELETE OR UPDATE OF organisation_id, id"
        f" ON {one.target} DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION ctx.{one.keeper}()",
    ]
