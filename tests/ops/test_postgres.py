"""The embedded Postgres: what it starts on, what it refuses, what it survives."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.ops.machine import wait_until
from vitrine.ops import postmaster
from vitrine.ops.postgres import Cluster
from vitrine.ops.trouble import Trouble

EXPECTED = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "data_checksums": "on",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a durable server below a folder that nobody else may enter."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    cluster = Cluster(closed / "postgres")
    cluster.start()
    yield cluster
    cluster.stop()


def test_durable_settings_hold_and_no_address_is_listened_on(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres", role="postgres")) as connection:
        settings: dict[str, str] = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
                [list(EXPECTED)],
            ).fetchall()
        )

    assert settings == EXPECTED


def test_the_applications_role_is_no_superuser_and_owns_its_database(cluster: Cluster) -> None:
    assert cluster.create_database("shop") is True
    assert cluster.create_database("shop") is False

    with psycopg.connect(cluster.url("shop")) as connection:
        connection.execute("CREATE TABLE thing (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY thing FROM PROGRAM 'true'")


def test_it_restarts_after_its_server_was_killed(cluster: Cluster) -> None:
    cluster.create_database("kept")
    with psycopg.connect(cluster.url("kept"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert cluster.process is not None
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()

    wait_until(lambda: starts(cluster))

    with psycopg.connect(cluster.url("kept")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def starts(cluster: Cluster) -> bool:
    """Try to start: right after a kill, orphaned back ends may still hold the shared memory."""
    try:
        cluster.start()
    except Trouble:
        return False
    return True


def test_it_shuts_down_cleanly_when_its_parent_is_killed(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from vitrine.ops.postgres import Cluster; "
            "Cluster(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)",
            str(directory),
        ],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"

    parent.kill()
    parent.wait()

    log = directory.with_suffix(".log")
    wait_until(lambda: log.read_text().rstrip().endswith("database system is shut down"))
    parent.stdout.close()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a-rather-long-name-for-a-folder" * 3) / "postgres"
    cluster = Cluster(deep, durable=False)
    cluster.start()
    try:
        assert len(os.fsencode(cluster.socket_directory)) < postmaster.LONGEST_SOCKET_PATH
        assert cluster.socket_directory.stat().st_mode & 0o077 == 0
        with psycopg.connect(cluster.url("postgres", role="postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        cluster.stop()
        cluster.socket_directory.rmdir()


def test_a_socket_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "socket"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    with pytest.raises(Trouble, match="belongs to somebody else"):
        postmaster.prepare_socket_directory(folder, uid=None)


def test_another_versions_files_are_left_alone(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    directory.mkdir()
    (directory / "PG_VERSION").write_text("17\n")

    with pytest.raises(Trouble, match=r"made by PostgreSQL 17; this is 18"):
        Cluster(directory).start()

    assert [path.name for path in directory.iterdir()] == ["PG_VERSION"]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    directory.mkdir()
    (directory / "letters.txt").touch()

    with pytest.raises(Trouble, match="is no Postgres data directory"):
        Cluster(directory).start()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Trouble, match="Cannot write to"):
        Cluster(tmp_path / "file" / "postgres", log=tmp_path / "log").start()


def test_a_full_disk_is_named_and_leaves_no_half_made_cluster(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("Only root may make a small disk to fill, so a full disk is not tested.")
    try:
        with pytest.raises(Trouble, match="is full"):
            Cluster(disk / "postgres", log=disk / "log" / "postgres.log").start()
        assert not (disk / "postgres").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_lock_whose_number_now_means_another_process_is_dropped(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    directory.mkdir()
    lock = directory / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{directory}\n")

    postmaster.clear_the_way(directory)

    assert not lock.exists()
