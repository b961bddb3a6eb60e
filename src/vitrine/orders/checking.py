"""Queries that find broken rows, for ``vitrine check``."""

from typing import NamedTuple

from django.db import connection

from vitrine.kernel.invariants import Finding


class Rule(NamedTuple):
    """A query that finds broken rows, and the sentence for each."""

    sql: str
    sentence: str


def finding(table: str, *rules: Rule) -> Finding:
    """Count a table's rows and gather what breaks the rules."""
    broken: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 (our own table names)
        checked = int(cursor.fetchone()[0])
        for rule in rules:
            cursor.execute(rule.sql)
            broken += [rule.sentence.format(*row) for row in cursor.fetchall()]
    return Finding(checked, broken)
