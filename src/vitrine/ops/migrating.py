"""Bringing a cell's database and static files up to the version of the code."""

import gc

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from vitrine.ops import version
from vitrine.ops.trouble import Trouble


def migrate() -> None:
    """Migrate, collect the static files, and note the version in the database.

    Raises: Trouble, when a newer version has already migrated these data.
    """
    refuse_newer_schema()
    gc.disable()  # Django draws up thousands of models that all stay: looking for dead ones is vain
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {database} IS %s", [version.note()])


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
