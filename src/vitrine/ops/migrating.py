"""Bringing a cell's database and static files up to the version of the code."""

import contextlib
import gc
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from vitrine.ops import version
from vitrine.ops.trouble import Trouble


def migrate() -> None:
    """Migrate, collect the static files, and note the version in the database.

    Raises: Trouble, when a newer version has already migrated these data.
    """
    refuse_newer_schema()
    apply()
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {database} IS %s", [version.note()])


def apply() -> None:
    """Apply the migrations that are missing, swiftly where all are."""
    gc.disable()  # Django draws up thousands of models that all stay: looking for dead ones is vain
    is_empty = not MigrationLoader(connection).applied_migrations
    with drawing_one_at_a_time() if is_empty else contextlib.nullcontext():
        call_command("migrate", interactive=False, verbosity=0)


@contextlib.contextmanager
def drawing_one_at_a_time() -> Iterator[None]:
    """Have Django draw up anew the model that an operation changes, and not all related to it.

    All are related to a person: a first start drew 25,000 models, 25 s of a processor, and takes
    3 s so. Older drawings of the others do for changes of tables, whose names and keys they hold.
    Code in a migration, which may ask across models, has all drawn up before it: the state is
    marked, as by Django's own delays. Only for an empty database, where nothing can be lost.
    Source: docs/adr/0087-migrations-of-an-empty-database.md.
    """
    whole = ProjectState._find_reload_model  # type: ignore[attr-defined]

    def one(state: ProjectState, app: str, model: str, delay: bool = False) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app, model)}

    ProjectState._find_reload_model = one  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState._find_reload_model = whole  # type: ignore[attr-defined]


def refuse_newer_schema() -> None:
    """Stop before old code meets tables it does not know."""
    loader = MigrationLoader(connection)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in loader.migrated_apps
    )
    if unknown:
        raise Trouble(
            f"These data were written by a newer Vitrine ({', '.join(unknown)} is not known here): "
            "update the code, or restore an older backup into another --data."
        )
