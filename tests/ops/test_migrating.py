"""A first start's short way through the migrations ends where Django's own way does."""

import os
import subprocess
import sys
from pathlib import Path

from tests.nightly import IS_NIGHT
from vitrine.ops.postgres import Cluster, programs

APPS = [] if IS_NIGHT else ["ledger"]
"""Whose migrations run, with those that they need. By night all: Django's way takes half a minute.
"""

BOTH_WAYS = """
import sys
import django
from django.core.management import call_command
from django.db import connection

django.setup()
from vitrine.ops import migrating

call_command("migrate", *sys.argv[1:], verbosity=0)
connection.close()
connection.settings_dict["NAME"] = "short"
with migrating.drawing_one_at_a_time():
    call_command("migrate", *sys.argv[1:], verbosity=0)
"""


def test_an_empty_database_becomes_what_django_makes_of_it(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "postgres", durable=False)
    cluster.start()
    cluster.create_database("whole")
    cluster.create_database("short")

    subprocess.run(
        [sys.executable, "-c", BOTH_WAYS, *APPS],
        env={**os.environ, "VITRINE_DATABASE_URL": cluster.url("whole"), "PYTHONPATH": "src"},
        check=True,
    )
    whole, short = (schema(cluster.url(name)) for name in ("whole", "short"))
    cluster.stop()

    assert short == whole
    assert any(line.startswith("CREATE TABLE public.ledger_") for line in short)


def schema(url: str) -> list[str]:
    """Return the statements by which Postgres would make a database's tables again."""
    command = [str(programs() / "pg_dump"), "--schema-only", "--no-owner", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in said.splitlines() if "restrict" not in line]
