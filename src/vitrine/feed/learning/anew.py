"""Build the tables anew, in a process of its own: it loads the compiler, and gives all back."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

from django.db import connection

from vitrine.feed.learning import snapshots

AT_LEAST = timedelta(days=1)
"""So often tables are built though nothing new was watched: something may have been forgotten."""
AGAIN_AFTER = timedelta(minutes=5)
"""How long a building that failed is not tried again: each report would."""
AT_LEAST_RESTED_S = 300
RESTS = 4
"""Before the hour tables are built again only once so many times as long has passed as it took."""
COMMAND = ("-m", "vitrine.ops", "learn", "--leash")


class Failed(Exception):
    """The process that builds ended with a fault; what it said is in the log."""


def build() -> None:
    """Have tables built; what is served stays until they are done. Raises: Failed."""
    snapshots.tell_beginning()
    done = subprocess.run([sys.executable, *COMMAND, str(os.getpid())], stdin=subprocess.DEVNULL)
    if done.returncode:
        snapshots.tell_failure()
        raise Failed(f"exit {done.returncode}")


def is_rested(*, at: datetime) -> bool:
    """Tell whether tables may be built before their hour: a rush asks for it at each moment.

    Those that are damaged may be at once.
    """
    base, began_s = snapshots.current().base, snapshots.began_s()
    if not base or began_s is None or snapshots.is_damaged():
        return True
    try:
        made_s = snapshots.made_s(base)
    except FileNotFoundError:
        return True
    return at.timestamp() - made_s > max(AT_LEAST_RESTED_S, RESTS * (made_s - began_s))


def is_due(*, at: datetime) -> bool:
    """Tell whether there is something to build of. Queries: 1."""
    failed_s = snapshots.failed_s()
    if failed_s is not None and at.timestamp() - failed_s < AGAIN_AFTER.total_seconds():
        return False
    if snapshots.is_damaged():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM feed_telling")
        (latest,) = cursor.fetchone()
    try:
        base = snapshots.current().base
        if not base:
            return bool(latest)
        snapshots.map_tables(base)  # what the disk did to them since is found here
        is_old = at.timestamp() - snapshots.made_s(base) > AT_LEAST.total_seconds()
        return is_old or bool(snapshots.read_manifest(base).position < latest)
    except snapshots.Damaged:
        return True
