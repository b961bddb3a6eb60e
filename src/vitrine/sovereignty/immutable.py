"""Tables that are only ever added to: UPDATE and DELETE are refused by the database."""

from django.db.migrations.operations.special import RunSQL

FUNCTION = """
CREATE OR REPLACE FUNCTION vitrine_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


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
