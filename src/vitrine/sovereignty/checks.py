"""System checks: an undeclared field, a dead declaration or an open endpoint stops the build."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.db.models import Model
from procrastinate.contrib.django import app as procrastinate

from vitrine.kernel import storage
from vitrine.sovereignty import access, cell, datamap, subjects

_TABLE = "BASE TABLE"
"""What Postgres calls a table; a view has the walls of the tables that it shows."""


def _columns(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.local_concrete_fields}


def _models() -> list[type[Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy]


def _dead(what: str) -> Error:
    return Error(f"The data map names {what}, which does not exist", id="vitrine.E002")


@register(Tags.models)
def data_map_is_complete(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Each concrete field of each model has a class; no declaration names what is not there."""
    problems: list[CheckMessage] = []
    labels = {model._meta.label for model in _models()}
    for model in _models():
        entry = datamap.ENTRIES.get(model._meta.label)
        declared = set(entry.fields) if entry else set()
        undeclared, dead = _columns(model) - declared, declared - _columns(model)
        problems += [
            Error(f"{model._meta.label}.{name} has no class in the data map", id="vitrine.E001")
            for name in sorted(undeclared)
        ]
        problems += [_dead(f"{model._meta.label}.{name}") for name in sorted(dead)]
    problems += [_dead(f"the model {label}") for label in sorted(set(datamap.ENTRIES) - labels)]
    return problems


@register(Tags.models)
def subjects_lead_to_people(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Whatever is about people leads to its person; each file root's owner is in the map."""
    problems: list[CheckMessage] = []
    for label in sorted(set(datamap.ENTRIES) & {model._meta.label for model in _models()}):
        try:
            subjects.verify(label)
        except subjects.NoWay as why:
            problems.append(Error(str(why), id="vitrine.E004"))
    for root in datamap.FILE_ROOTS.values():
        if root.subject != datamap.NOBODY and root.subject not in datamap.ENTRIES:
            problems.append(_dead(f"{root.subject} as owner of the files under {root.name}/"))
        elif root.subject == datamap.NOBODY and root.data_class in datamap.ABOUT_PEOPLE:
            problems.append(Error(f"The files under {root.name}/ name no owner", id="vitrine.E004"))
    return problems


@register(Tags.models)
def queues_are_declared(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Each queue that a task names says in the data map what its jobs hold."""
    return [
        Error(f"{task.name} uses the queue {task.queue!r}, which is undeclared", id="vitrine.E005")
        for task in procrastinate.tasks.values()
        if task.queue not in datamap.QUEUES
    ]


@register(Tags.urls)
def endpoints_have_policies(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Each URL of the project declares who may call it."""
    return [
        Error(f"{endpoint.pattern} ({endpoint.view}) declares no access policy", id="vitrine.E003")
        for endpoint in access.endpoints()
        if endpoint.policy is None
    ]


def compare_with_database() -> tuple[int, list[str]]:
    """Compare the data map with the live database, both ways, and the home-cell walls.

    Returns the number of columns looked at, and a sentence for each difference. Queries: 2.
    """
    mapped = {
        (model._meta.db_table, field.column)
        for model in _models()
        if model._meta.managed or model._meta.label in datamap.ENTRIES
        for field in model._meta.local_concrete_fields
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, t.table_type "
            "FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' "
            "AND c.table_name <> 'django_migrations' "  # Django's own list of what has run
            "AND NOT (SELECT relispartition FROM pg_class "  # which has its table's columns
            "WHERE oid = to_regclass(quote_ident(c.table_name)))"
        )
        found = cursor.fetchall()
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        constraints = {name for (name,) in cursor.fetchall()}
    live = {(table, column) for table, column, _ in found}
    walled = {table for table, column, kind in found if (column, kind) == ("home_cell", _TABLE)}
    differences = [f"{t}.{c} is in the database and not in the data map" for t, c in live - mapped]
    differences += [f"{t}.{c} is in the data map and not in the database" for t, c in mapped - live]
    differences += [
        f"{table} has a home_cell without its CHECK"
        for table in walled
        if cell.constraint_name(table) not in constraints
    ]
    return len(live), sorted(differences)


def compare_with_store() -> tuple[int, list[str]]:
    """Compare the file roots with what lies in the object store.

    Returns the number of top-level names looked at, and a sentence for each undeclared one.
    """
    declared = {root.name for root in datamap.FILE_ROOTS.values() if root.place == "store"}
    found = storage.roots()
    return len(found), [
        f"{name}/ is in the object store and not in the data map"
        for name in sorted(found - declared)
    ]
