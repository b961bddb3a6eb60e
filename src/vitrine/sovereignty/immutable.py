"""What the database refuses to change: whole tables, some columns, and steps out of order."""

from collections.abc import Collection, Mapping, Sequence

from django.db import connection
from django.db.migrations.operations.special import RunSQL

FUNCTION = """
CREATE OR REPLACE FUNCTION vitrine_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

REFUSAL = """
CREATE OR REPLACE FUNCTION vitrine_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('vitrine.throw_away', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""
"""Tests empty their tables by TRUNCATE; only their throw-away server has that setting."""


def append_only(table: str) -> RunSQL:
    """Migration operation: refuse every change of what is written in a table."""
    return RunSQL(
        FUNCTION
        + f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION vitrine_append_only();
        """,
        reverse_sql=f'DROP TRIGGER {table}_append_only ON "{table}"',
    )


def never_emptied(table: str) -> RunSQL:
    """Migration operation: refuse TRUNCATE, which no row trigger sees."""
    return _trigger(table, "never_emptied", "BEFORE TRUNCATE", "STATEMENT", "it is never emptied")


def never_deleted(table: str) -> RunSQL:
    """Migration operation: refuse DELETE."""
    return _trigger(table, "never_deleted", "BEFORE DELETE", "ROW", "rows are never deleted")


def frozen(table: str, *columns: str) -> RunSQL:
    """Migration operation: refuse another value in some columns of a row that exists."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return _trigger(
        table,
        "frozen",
        f"BEFORE UPDATE OF {', '.join(columns)}",
        f"ROW WHEN ({changed})",
        "what was agreed is frozen",
    )


def steps(table: str, column: str, allowed: Mapping[str, Sequence[str]]) -> RunSQL:
    """Migration operation: refuse a step of a state that is not in the list, old -> new."""
    listed = " OR ".join(
        f"(OLD.{column} = '{old}' AND NEW.{column} IN ({', '.join(repr(new) for new in news)}))"
        for old, news in allowed.items()
    )
    return _trigger(
        table,
        f"{column}_steps",
        f"BEFORE UPDATE OF {column}",
        f"ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column} AND NOT ({listed}))",
        f"there is no such step of its {column}",
    )


def lifted(guard: RunSQL) -> RunSQL:
    """Migration operation: take a guard away, for another to take its place."""
    return RunSQL(guard.reverse_sql or "", reverse_sql=guard.sql)


def missing(guards: Collection[str]) -> list[str]:
    """Return which triggers and constraints of a list are not in force. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') "
            "UNION SELECT conname FROM pg_constraint"
        )
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in sorted(guards) if name not in present]


def _trigger(table: str, name: str, when: str, each: str, why: str) -> RunSQL:
    return RunSQL(
        REFUSAL
        + f"""
        CREATE TRIGGER {table}_{name} {when} ON "{table}"
            FOR EACH {each} EXECUTE FUNCTION vitrine_refuse('{why}');
        """,
        reverse_sql=f'DROP TRIGGER {table}_{name} ON "{table}"',
    )
