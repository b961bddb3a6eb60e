"""Django, set up on a cell: the operator's environment where there is one, a data directory else.

Code that needs models cannot be imported before this, so it is called by name.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from vitrine.ops.datadir import DataDir
from vitrine.ops.trouble import Trouble

DATABASE = "VITRINE_DATABASE_URL"

ALONE = ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Where each process has its processor, more threads of numpy only wait for each other."""

LOOK_FOR_DEAD = (50_000, 20, 50)
"""After how many new objects the collector looks, and how seldom at older ones: nearly all that a
process loads stays, and looking through it was a tenth of each start."""


def reckon_alone() -> None:
    """Let numpy use one thread in this process and its children. Before numpy is imported."""
    os.environ.update(dict.fromkeys(ALONE, "1"))


@contextlib.contextmanager
def cell(data: Path, *, migrated: bool = False) -> Iterator[None]:
    """Set up Django. Where nothing runs in the data directory, its Postgres runs meanwhile.

    migrated: insist that the database has the tables of this code. Raises: Trouble.
    """
    with contextlib.ExitStack() as stack:
        if DATABASE not in os.environ:
            stack.enter_context(_embedded(DataDir(data)))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrine.settings")
        if sys.stderr.isatty():
            os.environ.setdefault("VITRINE_LOG_FORMAT", "console")
        gc.set_threshold(*LOOK_FOR_DEAD)
        try:
            django.setup()
        except ImproperlyConfigured as error:
            raise Trouble(str(error)) from None
        if migrated:
            _refuse_old_schema()
        yield


def call(name: str, *arguments: Any, **options: Any) -> Any:
    """Call a function of the cell by its dotted name, once Django is set up."""
    return import_string(name)(*arguments, **options)


def _refuse_old_schema() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Trouble("These data are of an older Vitrine: run vitrine migrate first.")


@contextlib.contextmanager
def _embedded(directory: DataDir) -> Iterator[None]:
    directory.cell()  # Trouble where there is none
    running = directory.running()
    if directory.is_held() and running is not None:
        os.environ.update(directory.environment(origin=running.origin))
        yield
        return
    with directory.held():
        directory.cluster.start()
        try:
            directory.cluster.create_database()
            os.environ.update(directory.environment(origin="http://localhost:8000"))
            yield
        finally:
            directory.cluster.stop()
