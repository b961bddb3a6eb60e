"""Workers of a running cell: they come to the rescue, and stop in good order."""

import os
import signal
from pathlib import Path

import psutil
import psycopg
import pytest

from bench import cells
from tests.ops.machine import lives, wait_until

pytestmark = pytest.mark.machine

ORPHANED = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)
    VALUES ('settle', 'videos.sweep', '{"timestamp": 0}', 'doing') RETURNING id
"""
WAITING = """
    SELECT status = 'doing' AND EXISTS (
        SELECT FROM pg_locks WHERE NOT granted AND relation = 'videos_upload'::regclass
    ) FROM procrastinate_jobs WHERE id = %s
"""
"""The job is in hand. Another that waits for the same table, the timer's own, is not enough."""


def test_a_job_whose_worker_was_killed_is_done_by_another(data: Path) -> None:
    with (
        cells.up(data, "--no-demo") as cell,
        psycopg.connect(cell.directory.cluster.url(), autocommit=True) as connection,
    ):
        row = connection.execute(ORPHANED).fetchone()
        assert row is not None

        def is_done() -> bool:
            query = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s"
            return connection.execute(query, row).fetchone() == (0,)

        wait_until(is_done)


def test_a_worker_that_is_told_to_stop_finishes_its_job(data: Path) -> None:
    with cells.up(data, "--no-demo") as cell:
        url = cell.directory.cluster.url()
        with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
            wait_until(lambda: any(child.name == "worker" for child in cell.running.children))
            worker = psutil.Process(
                next(child.pid for child in cell.running.children if child.name == "worker")
            )
            holder.execute("LOCK TABLE videos_upload IN ACCESS EXCLUSIVE MODE")
            row = watcher.execute(ORPHANED.replace("'doing'", "'todo'")).fetchone()
            wait_until(lambda: watcher.execute(WAITING, row).fetchone() == (True,))

            os.kill(worker.pid, signal.SIGTERM)
            holder.rollback()

            wait_until(lambda: not lives(worker))
            query = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s"
            assert watcher.execute(query, row).fetchone() == (0,)
