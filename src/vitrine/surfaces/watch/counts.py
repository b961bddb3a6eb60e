"""How many rows belong to another, as part of a query."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce


def rows_of(rows: Any, column: str = "clip") -> Coalesce:
    """Return the number of rows (a manager or a QuerySet) that name the outer row in a column."""
    counted = rows.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(counted.values(n=Count("*")), output_field=IntegerField()), 0)


def people_of(rows: Any) -> Coalesce:
    """Return how many people have rows that name the outer clip, each counted once."""
    counted = rows.filter(clip=OuterRef("pk")).order_by().values("clip")
    people = counted.values(n=Count("person", distinct=True))
    return Coalesce(Subquery(people, output_field=IntegerField()), 0)
