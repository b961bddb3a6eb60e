"""One throw-away Postgres and one object store for the whole run, shared by all workers."""

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests import schema
from vitrine.ops import migrating
from vitrine.ops.inside import LOOK_FOR_DEAD, reckon_alone
from vitrine.ops.postgres import SUPERUSER, Cluster

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real clips and catalogues, beside the checkout. Tests that need them skip without them."""

# How long an example takes is the machine's affair: nothing here is timed.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# More threads of numpy than one only wait for each other, and keep a processor busy with it.
reckon_alone()
# Compiled for one processor, in half the time, and kept apart from what is compiled for use.
os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).resolve().parents[1] / ".test_numba")

_running: list[tuple[Cluster, Path]] = []

PLANTED = {"django_content_type", "auth_permission", "catalog_category", "catalog_attribute"}
"""Tables with rows that migrations left: no test changes them."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the database before Django reads its settings; workers find it in the environment."""
    if "VITRINE_TEST_HOME" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="vitrine-test-"))
        cluster = Cluster(home / "postgres", durable=False)
        if schema.take(cluster.directory):
            (home / "migrated").write_text("before")
        cluster.start()
        cluster.create_database()
        with psycopg.connect(cluster.url("postgres", role=SUPERUSER), autocommit=True) as server:
            server.execute("GRANT SET ON PARAMETER session_replication_role TO vitrine")
            # Autovacuum gives way to who has waited so long. By default that is a second, as long
            # as an order waits for a lock: a test that placed one and then alters a table failed.
            server.execute("ALTER ROLE vitrine SET deadlock_timeout = '200ms'")
        _running.append((cluster, home))
        os.environ["VITRINE_TEST_HOME"] = str(home)
        os.environ["VITRINE_DATABASE_URL"] = cluster.url()
    home = Path(os.environ["VITRINE_TEST_HOME"])
    worker = home / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="vitrine.settings",
        VITRINE_SECRET_KEY="tests",
        VITRINE_DATA=str(worker),
        VITRINE_STORE_URL=f"file://{worker}/store",
        VITRINE_ORIGIN="http://testserver",
        VITRINE_ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
        VITRINE_DEBUG="1",
        VITRINE_CELL="us",
        VITRINE_MERCHANT_REVIEW="0",
        VITRINE_CANCEL_MINUTES="0",
    )
    (worker / "static").mkdir(parents=True, exist_ok=True)
    django.setup()
    # A password is a matter of milliseconds here; its strength is the library's to test.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]
    assert worker == settings.VITRINE_DATA, "Django read its settings before this was called."
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not is_worker and config.getoption("numprocesses", None):
        # A worker that inherited it would read the settings at once, and share our object store.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def _empty(_: TransactionTestCase) -> None:
    """Empty what a test that commits has filled.

    Django truncates every table, planted ones too, and looks through all models afterwards: a
    second each time. No trigger fires meanwhile: some rows are never deleted outside of tests.
    Fails where it leaves a guard switched off, which every later test would go without.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True)) - PLANTED
    tables.add("procrastinate_jobs")
    with connection.cursor() as cursor, transaction.atomic():
        filled = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in tables)
        cursor.execute(filled)
        deletions = [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]
        cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deletions]))
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'")
        off = [name for (name,) in cursor.fetchall()]
    assert not off, f"Left switched off: {', '.join(off)}."


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what pytest_configure started."""
    while _running:
        cluster, home = _running.pop()
        cluster.stop()
        if (home / "migrated").exists():
            schema.keep(cluster.directory)
        shutil.rmtree(home, ignore_errors=True)
        del os.environ["VITRINE_TEST_HOME"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put journeys where one worker takes them all, and so fills one cell; then what takes long.

    Each worker begins with its even part of the list, and whoever is done takes from the end of
    another's: what begins a part stays with whom it was given.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    journeys = [item for item in items if item.get_closest_marker("journey")]
    others = [item for item in items if not item.get_closest_marker("journey")]
    slow = [item for item in others if item.get_closest_marker("machine")]
    rest = [item for item in others if not item.get_closest_marker("machine")]
    first = max(len(items) // workers - len(journeys), 0)
    items[:] = [*journeys, *rest[:first], *slow, *rest[first:]]


def pytest_collection_finish() -> None:
    """Have the collector leave alone what is loaded, as serving does: a twentieth of a worker."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOOK_FOR_DEAD)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Have this worker's database copied from one that is migrated once for all of them."""
    home = Path(os.environ["VITRINE_TEST_HOME"])
    with (home / "migrated").open("a") as done, django_db_blocker.unblock():
        fcntl.flock(done, fcntl.LOCK_EX)
        if not done.tell():
            migrating.apply()
            gc.enable()
            connection.close()
            done.write("now")
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Forget the language of a test's last page: the client leaves it to the thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _without_ads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no ad stand until a test reads them: what another test left is no ad of this one's.

    And nothing reads them anew after some seconds: a page that is counted would cost two more. Nor
    is a lease of another's held, or what another refused or was offered counted.
    """
    from vitrine.ads import (  # noqa: PLC0415  (conftests load before the settings)
        disbelieving,
        holding,
        planning,
        standing,
    )

    holding.forget()
    disbelieving.batch.drop()
    planning.batch.drop()

    empty: dict[str, Any] = dict.fromkeys(standing.Standing.__annotations__, ())
    none = standing.Standing(**empty | {"read_at": datetime.now(UTC)})
    monkeypatch.setattr(standing, "_standing", dict.fromkeys(standing.STANDING, none))
    monkeypatch.setattr(standing, "READ_EVERY", timedelta(days=36_500))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real test data, or skip with a plain sentence."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not beside this checkout, so real files are not tested.")
    return SHARED
