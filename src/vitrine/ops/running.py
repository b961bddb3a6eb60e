"""What `up` does: start the parts of a cell in their order, and look after them."""

import contextlib
import errno
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

from vitrine.ops import jobs, logfiles, postgres, version
from vitrine.ops.datadir import Child, DataDir, Running
from vitrine.ops.forkserver import NAME, Fork, ForkServer
from vitrine.ops.screen import Screen
from vitrine.ops.supervisor import Service, Supervisor
from vitrine.ops.trouble import Trouble

LOOK_EVERY_SECONDS = 2
SITE_STOP_SECONDS = 20
DATABASE_STOP_SECONDS = 90
LEFTOVER_SECONDS = 5

SITE_CONNECTIONS = 32
"""Kept by each web process: one for each of its threads."""


@dataclass(frozen=True)
class Wishes:
    """What the operator asked of `up`.

    cell: empty for the one whose data these are. origin: empty for the address on this machine.
    """

    cell: str
    host: str
    port: int
    origin: str
    web_processes: int
    demo: bool


def run(directory: DataDir, wishes: Wishes) -> None:
    """Run a cell until a signal. Raises: Trouble."""
    directory.prepare(cell=wishes.cell)
    with directory.held():
        end_leftovers(directory)
        port = free_port(wishes.host, wishes.port)
        _Cell(directory, wishes, port, Screen()).run()


class _Cell:
    """One run of a cell."""

    def __init__(self, directory: DataDir, wishes: Wishes, port: int, screen: Screen) -> None:
        self.directory = directory
        self.wishes = wishes
        self.port = port
        self.screen = screen
        self.origin = wishes.origin or f"http://localhost:{port}"
        environment = {**os.environ, **directory.environment(origin=self.origin)}
        self.hears = bool(environment.get("VITRINE_SPEECH_MODEL"))
        self.parts = ForkServer(environment, directory.path, self._log(NAME))
        self.supervisor = Supervisor(
            changed=self._note,
            told=self._tell,
            housekeeping=self._housekeeping,
            is_restless=lambda: not self.parts.is_ready,
        )

    def run(self) -> None:
        """Start everything, look after it, and end it all whatever happens."""
        with self.supervisor.signals():
            try:
                self.parts.start()
                for step in (
                    self._start_database,
                    self._load,
                    self._migrate,
                    self._start_site,
                    self._start_workers,
                    self._follow_jobs,
                    self.supervisor.watch,
                ):
                    if not self.supervisor.stopping:
                        step()
            finally:
                self.screen.step("Stopping")
                self.supervisor.stop()
                self.parts.close()
                self.directory.note(None)
                self.screen.done("Stopped")

    def _start_database(self) -> None:
        cluster = self.directory.cluster
        fresh = not cluster.directory.exists()
        self.screen.step("Creating the database" if fresh else "Starting the database")
        cluster.start()
        self.supervisor.add(
            Service(
                "postgres",
                cluster.spawn,
                postgres.STOP_SIGNAL,
                DATABASE_STOP_SECONDS,
                process=cluster.process,
            )
        )
        cluster.create_database()

    def _load(self) -> None:
        """Wait for what all parts are made of, which loads while the database starts."""
        self.screen.step("Loading")
        self.supervisor.watch(until=self._is_loaded, every=0.02)
        if not self.parts.is_ready and not self.supervisor.stopping:
            raise Trouble(logfiles.last_words(self._log(NAME)))

    def _is_loaded(self) -> bool:
        self.parts.listen()
        return self.parts.is_ready or not self.parts.lives()

    def _migrate(self) -> None:
        """Bring the database up to date, unless its note says that it is."""
        static_files = self.directory.path / "static" / "staticfiles.json"
        if static_files.exists() and version.is_current(self.directory.cluster.url()):
            return
        self.screen.step("Migrating the database")
        migration = self._part("migrate", once=True)
        self.supervisor.add(migration)
        self.supervisor.watch(until=lambda: migration.process is None)
        if migration.exit_status:
            raise Trouble(logfiles.last_words(self._log("migrate")))

    def _start_site(self) -> None:
        self.screen.step("Starting the site")
        arguments = [
            *("--host", self.wishes.host, "--port", str(self.port)),
            *("--processes", str(self.wishes.web_processes)),
            *("--connections", str(SITE_CONNECTIONS)),
        ]
        site = self._part("web", *arguments, stop_seconds=SITE_STOP_SECONDS)
        self.supervisor.add(site)
        self.supervisor.watch(until=lambda: self._answers() or site.crashes > 0, every=0.03)
        if site.crashes > 0:
            raise Trouble(logfiles.last_words(self._log("web")))
        self.screen.ready(self.origin, data=self.directory.path)

    def _start_workers(self) -> None:
        """Encoding and hearing have their own workers: slow, hungry, and maybe killed for it."""
        self.supervisor.add(self._part("worker", "--queues", "encode", name="encoder"))
        self.supervisor.add(self._part("worker", "--except", "encode,hear", "--jobs", "2"))
        if self.hears:
            self.supervisor.add(self._part("worker", "--queues", "hear", name="hearer"))
        if self.wishes.demo and not self.directory.demo_complete.exists():
            self.supervisor.add(self._part("seed", once=True))

    def _part(
        self,
        command: str,
        *arguments: str,
        name: str = "",
        once: bool = False,
        stop_seconds: float = 25,
    ) -> Service:
        """Describe one of our own commands as a service, its output in a log of its name."""

        def spawn() -> Fork:
            return self.parts.spawn([command, *arguments], log=self._log(name or command))

        return Service(
            name or command,
            spawn,
            once=once,
            stop_seconds=stop_seconds,
            can_spawn=self.parts.comes_back,
        )

    def _answers(self) -> bool:
        """Tell whether the site accepts connections."""
        site = (self.wishes.host, self.port)
        with contextlib.suppress(OSError), socket.create_connection(site, timeout=1):
            return True
        return False

    def _follow_jobs(self) -> None:
        """Show how many clips are still to be encoded, while there are any."""
        url = self.directory.cluster.url()
        seeding = [service for service in self.supervisor.services if service.once]

        def all_done() -> bool:
            left = jobs.left(url, queue="encode")
            seeded = all(service.process is None for service in seeding)
            if self.wishes.demo:
                self.screen.logins(self.directory.demo_logins)
            # Between two films of the demo the queue is empty for a moment, and not all is done.
            self.screen.encoding(left if left or seeded else None)
            return left == 0 and seeded

        self.supervisor.watch(until=all_done, every=LOOK_EVERY_SECONDS)

    def _log(self, name: str) -> Path:
        return self.directory.log / f"{name}.log"

    def _note(self) -> None:
        """Write the processes down for `status`, `down`, and an `up` after a power cut."""
        children = []
        services = [(service.name, service.process) for service in self.supervisor.services]
        for name, process in [(NAME, self.parts.process), *services]:
            if process is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    children.append(Child.of(name, process.pid))
        supervisor = Child.of("up", os.getpid())
        try:
            self.directory.note(Running(supervisor, self.origin, tuple(children)))
        except OSError as error:  # a full disk must not end what still serves
            self.screen.warn(f"Cannot write to {self.directory.path}: {error.strerror}.")

    def _tell(self, sentence: str) -> None:
        self.screen.warn(f"{sentence}; see {self.directory.log}")

    def _housekeeping(self) -> None:
        logfiles.rotate(self.directory.log)


def free_port(host: str, port: int) -> int:
    """Return the port, or any free one for 0. Raises: Trouble when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Trouble(f"Port {port} needs root; choose one above 1023 with --port.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Trouble(f"Port {port} is taken: choose another with --port.") from None
            raise Trouble(f"Cannot listen on {host}: {error.strerror}.") from None
        return int(probe.getsockname()[1])


def end_leftovers(directory: DataDir) -> None:
    """End what a killed supervisor left behind. The caller holds the directory.

    The kernel told those processes to stop; this waits for them, and kills those that do not.
    Postgres sees to itself when it starts: it must never be killed in a hurry.
    """
    noted = directory.running()
    if noted is None:
        return
    left = [child.process() for child in noted.children if child.name != "postgres"]
    processes = [process for process in left if process is not None]
    _, stubborn = psutil.wait_procs(processes, timeout=LEFTOVER_SECONDS)
    for process in stubborn:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    directory.note(None)
