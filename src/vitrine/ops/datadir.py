"""The data directory of one cell: what is in it, and who holds it."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psutil

from vitrine.ops.postgres import Cluster
from vitrine.ops.trouble import Trouble

DEFAULT = Path("var")
CELLS = ("us", "ca", "nz", "au")


@dataclass(frozen=True)
class Child:
    """A process of a running cell. created: tells it from another with the same number."""

    name: str
    pid: int
    created: float

    @classmethod
    def of(cls, name: str, pid: int) -> "Child":
        """Describe a living process."""
        return cls(name, pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Return the process if it is still the same one."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) < 1:
                return process
        return None


@dataclass(frozen=True)
class Running:
    """What `up` writes about itself, for `status`, `down` and the next `up`."""

    supervisor: Child
    origin: str
    children: tuple[Child, ...] = ()


class DataDir:
    """Paths and lock of a data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.log = self.path / "log"
        self.demo_logins = self.path / "demo-login.txt"
        self.demo_complete = self.path / "demo-complete"
        self.cluster = Cluster(self.path / "postgres", log=self.log / "postgres.log")

    def prepare(self, *, cell: str) -> None:
        """Create what is missing. cell: empty for the one that is here, or else the first.

        Raises: Trouble, also when the data belong to another cell.
        """
        if cell and cell not in CELLS:
            raise Trouble(f"There is no cell {cell!r}; choose one of {', '.join(CELLS)}.")
        try:
            # Root's Postgres runs as somebody else, who has to pass through to its own folder.
            self.path.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
            for name in ("log", "store", "mail", "static"):
                (self.path / name).mkdir(exist_ok=True, mode=0o700)
            if not (self.path / "secret-key").exists():
                _write_private(self.path / "secret-key", secrets.token_urlsafe(50))
            if not (self.path / "cell").exists():
                _write_private(self.path / "cell", cell or CELLS[0])
        except OSError as error:
            raise Trouble(f"Cannot write to {self.path}: {error.strerror}.") from None
        if cell and self.cell() != cell:
            raise Trouble(
                f"{self.path} holds the cell {self.cell()!r}, not {cell!r}: "
                "give --cell, or another --data."
            )

    def cell(self) -> str:
        """Return the name of the cell whose data these are. Raises: Trouble."""
        try:
            return (self.path / "cell").read_text()
        except FileNotFoundError:
            raise Trouble(f"{self.path} holds no cell yet: run vitrine up first.") from None
        except OSError as error:
            raise Trouble(f"Cannot read {self.path}: {error.strerror}.") from None

    def environment(self, *, origin: str) -> dict[str, str]:
        """Return the settings that the parts of this cell run with."""
        return {
            "DJANGO_SETTINGS_MODULE": "vitrine.settings",
            "VITRINE_CELL": self.cell(),
            "VITRINE_DATA": str(self.path),
            "VITRINE_DATABASE_URL": self.cluster.url(),
            "VITRINE_ORIGIN": origin,
            "VITRINE_SECRET_KEY": (self.path / "secret-key").read_text(),
        }

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory for one supervisor or command. Raises: Trouble if another has it."""
        with self._lock_file() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                running = self.running()
                where = f" at {running.origin}" if running else ""
                raise Trouble(
                    f"This cell is already up{where}: stop it with vitrine down, "
                    "or use another --data and --port."
                ) from None
            yield

    def is_held(self) -> bool:
        """Tell whether a supervisor or a command holds the directory."""
        if not (self.path / "lock").exists():
            return False
        with self._lock_file() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def running(self) -> Running | None:
        """Return what the last supervisor wrote, whether or not it still lives."""
        try:
            noted = json.loads((self.path / "processes.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return Running(
            supervisor=Child(**noted["supervisor"]),
            origin=noted["origin"],
            children=tuple(Child(**child) for child in noted["children"]),
        )

    def note(self, running: Running | None) -> None:
        """Write down the processes of this cell; None when all have ended."""
        file = self.path / "processes.json"
        if running is None:
            file.unlink(missing_ok=True)
            return
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(running)))
        unfinished.replace(file)

    def _lock_file(self) -> IO[str]:
        try:
            return (self.path / "lock").open("a")
        except OSError as error:
            raise Trouble(f"Cannot write to {self.path}: {error.strerror}.") from None


def port_of(origin: str) -> int:
    """Return the port a browser would use for an origin."""
    parts = urlsplit(origin)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.replace(path)
