"""A cell goes up, is hurt, recovers, and comes down."""

import contextlib
import os
import signal
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from bench import cells
from tests.ops.machine import answers, family, lives, vitrine, wait_until
from vitrine.ops.datadir import DataDir

pytestmark = pytest.mark.machine


PARTS = {"forkserver", "postgres", "web", "encoder", "worker"}


def pids(cell: cells.Cell) -> dict[str, int]:
    """Return the process ids of the parts of a running cell, by name."""
    return {child.name: child.pid for child in cell.running.children}


def is_another(cell: cells.Cell, name: str, before: int) -> bool:
    """Tell whether a part runs under another number than before."""
    return pids(cell).get(name, before) != before


def listens_at(process: psutil.Process) -> list[Any]:
    """Return where a process listens; nowhere if it has ended, as what an encoder tries does."""
    with contextlib.suppress(psutil.NoSuchProcess):
        found = process.net_connections(kind="inet")
        return [connection.laddr for connection in found if connection.status == "LISTEN"]
    return []


def test_status_describes_a_cell_and_down_ends_all_of_it(data: Path) -> None:
    with cells.up(data, "--no-demo") as cell:
        wait_until(lambda: pids(cell).keys() == PARTS)
        processes = family(cell.running.supervisor.pid)
        port = int(cell.url.rsplit(":", 1)[1])

        listening = {place for process in processes for place in listens_at(process)}
        status = vitrine("status", "--data", str(data))
        down = vitrine("down", "--data", str(data))

        assert listening == {("127.0.0.1", port)}
        assert status.returncode == 0, status.stderr
        for name in ("up", "postgres", "web", "encoder", "worker", "Jobs", "Clips"):
            assert name in status.stdout
        assert down.returncode == 0, down.stderr
        assert not any(lives(process) for process in processes)
    again = vitrine("status", "--data", str(data))
    assert again.returncode == 1
    assert again.stderr == f"The cell 'us' in {data} is not up.\n"


def test_a_second_up_and_a_taken_port_are_refused_with_a_sentence(
    data: Path, tmp_path: Path
) -> None:
    with cells.up(data, "--no-demo") as cell:
        origin = cell.url
        port = origin.rsplit(":", 1)[1]

        second = vitrine("up", "--data", str(data), "--no-demo")
        other = vitrine("up", "--data", str(tmp_path / "other"), "--port", port, "--no-demo")

    assert (second.returncode, other.returncode) == (1, 1)
    assert second.stderr == (
        f"This cell is already up at {origin}: stop it with vitrine down, "
        "or use another --data and --port.\n"
    )
    assert other.stderr == f"Port {port} is taken: choose another with --port.\n"


def test_a_killed_supervisor_leaves_no_orphan_and_no_damage(data: Path) -> None:
    with cells.up(data, "--no-demo") as cell:
        wait_until(lambda: pids(cell).keys() == PARTS)
        processes = family(cell.running.supervisor.pid)

        os.kill(cell.running.supervisor.pid, signal.SIGKILL)

        wait_until(lambda: not any(lives(process) for process in processes))
    log = (data / "log" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    with cells.up(data, "--no-demo") as cell:
        assert answers(cell.url)
    assert "was interrupted" not in (data / "log" / "postgres.log").read_text()


def test_a_killed_part_comes_back(data: Path) -> None:
    with cells.up(data, "--no-demo") as cell:
        for name in ("postgres", "web", "worker", "forkserver"):
            wait_until(lambda: pids(cell).keys() == PARTS)
            before = pids(cell)[name]

            os.kill(before, signal.SIGKILL)

            wait_until(partial(is_another, cell, name, before))
            wait_until(lambda: answers(cell.url))


ASKING = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"n_clips"%'
    )
"""
"""The page of a profile waits for the table, whichever jobs of the timer wait for it too."""


def test_a_web_process_that_is_told_to_stop_finishes_the_request_in_flight(data: Path) -> None:
    answered: list[int] = []

    def ask(origin: str) -> None:
        try:
            urlopen(f"{origin.replace('localhost', '127.0.0.1')}/@nobody.here", timeout=30)
        except HTTPError as error:
            answered.append(error.code)

    with cells.up(data, "--no-demo") as cell:
        url = DataDir(data).cluster.url()
        with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
            holder.execute("LOCK TABLE accounts_person IN ACCESS EXCLUSIVE MODE")
            asking = threading.Thread(target=ask, args=[cell.url])
            asking.start()
            wait_until(lambda: watcher.execute(ASKING).fetchone() == (True,))

            os.kill(pids(cell)["web"], signal.SIGTERM)
            asking.join(0.5)
            assert asking.is_alive()
            holder.rollback()
            asking.join(20)

    assert answered == [404]


def test_a_cell_cannot_be_opened_as_another(data: Path) -> None:
    up = vitrine("up", "--data", str(data), "--cell", "nz", "--no-demo")

    assert up.returncode == 1
    assert up.stderr == (f"{data} holds the cell 'us', not 'nz': give --cell, or another --data.\n")


def test_data_of_a_newer_version_are_left_alone(data: Path) -> None:
    directory = DataDir(data)
    directory.cluster.start()
    with psycopg.connect(directory.cluster.url(), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('accounts', '9999_from_the_future', now())"
        )
        connection.execute("COMMENT ON DATABASE vitrine IS 'another version'")
    directory.cluster.stop()

    up = vitrine("up", "--data", str(data), "--port", "0", "--no-demo")

    assert up.returncode == 1
    assert "written by a newer Vitrine (accounts.9999_from_the_future is not known" in up.stderr


def test_check_runs_on_a_cell_that_is_not_up(data: Path) -> None:
    check = vitrine("check", "--data", str(data))

    assert check.returncode == 0, check.stdout + check.stderr
    assert "invariants hold." in check.stdout
    assert not DataDir(data).is_held()


def test_the_secret_key_is_made_once_and_is_private(data: Path) -> None:
    key = data / "secret-key"
    before = key.read_text()

    DataDir(data).prepare(cell="us")

    assert key.read_text() == before
    assert key.stat().st_mode & 0o777 == 0o600


def test_check_asks_for_a_migration_before_it_judges(data: Path) -> None:
    directory = DataDir(data)
    directory.cluster.start()
    with psycopg.connect(directory.cluster.url(), autocommit=True) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'orders'")
    directory.cluster.stop()

    check = vitrine("check", "--data", str(data))

    assert check.returncode == 1
    assert check.stderr == "These data are of an older Vitrine: run vitrine migrate first.\n"


def test_up_on_a_disk_that_fills_says_so_and_stops(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=45m", "tmpfs", str(disk)]
    if subprocess.run(small, capture_output=True).returncode != 0:
        pytest.skip("Only root may make a small disk to fill, so a full disk is not tested.")
    try:
        up = vitrine("up", "--data", str(disk / "data"), "--port", "0", "--no-demo")
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert up.returncode == 1
    assert up.stderr.endswith("is full: make room and start again.\n")
