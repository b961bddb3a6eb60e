"""Keep the processes of a cell running, and end all of them together."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from vitrine.ops.trouble import Trouble

STEADY_SECONDS = 10
"""A process that ran this long has recovered: its next crash is the first again."""

LONGEST_PAUSE_SECONDS = 30.0
HOUSEKEEPING_SECONDS = 60.0
RESTLESS_SECONDS = 0.1


class Process(Protocol):
    """What is supervised: a program of ``subprocess.Popen``, or a fork."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


@dataclass
class Service:
    """A process to keep running. once: it has a task and ends by itself.

    spawn: starts it in a process group of its own. can_spawn: tells whether that goes at once;
    while it does not, the supervisor must be restless.
    stop_signal, stop_seconds: how to ask it to end, and how long to wait before killing the group.
    """

    name: str
    spawn: Callable[[], Process]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 25
    once: bool = False
    can_spawn: Callable[[], bool] = lambda: True
    process: Process | None = None
    crashes: int = 0
    started_at: float = 0
    restart_at: float | None = None
    exit_status: int | None = None

    def is_due(self) -> bool:
        """Tell whether it ended, has waited as long as it had to, and can be started."""
        at = self.restart_at
        return at is not None and time.monotonic() >= at and self.can_spawn()

    def start(self) -> None:
        """Start the process. A failure to do even that counts as a crash."""
        self.restart_at = None
        self.started_at = time.monotonic()
        try:
            self.process = self.spawn()
        except (OSError, Trouble):
            self._plan_restart()

    def notice(self) -> int | None:
        """Return the exit status if the process has ended since, and plan what follows."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        kill_group(self.process)
        self.process = None
        self.exit_status = status
        if not self.once:
            self._plan_restart()
        return status

    def ask_to_stop(self) -> None:
        """Send the signal that ends the process in good order."""
        self.restart_at = None
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def await_stop(self, deadline: float) -> None:
        """Wait for the end, then kill whatever is left of the process group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(deadline - time.monotonic(), 0))
        kill_group(self.process)
        self.process.wait()
        self.process = None

    def _plan_restart(self) -> None:
        now = time.monotonic()
        self.crashes = 1 if now - self.started_at > STEADY_SECONDS else self.crashes + 1
        pause = 0.0 if self.crashes == 1 else min(0.25 * 2**self.crashes, LONGEST_PAUSE_SECONDS)
        self.restart_at = now + pause


@dataclass
class Supervisor:
    """Runs services, in their order, until told to stop.

    changed: called after processes started or ended. told: receives what the operator should know.
    housekeeping: called about once a minute. is_restless: tells whether something may happen now
    that nobody tells of; then it looks often.
    """

    changed: Callable[[], None]
    told: Callable[[str], None]
    housekeeping: Callable[[], None]
    is_restless: Callable[[], bool] = lambda: False
    services: list[Service] = field(default_factory=list)
    stopping: bool = False
    _woken: int = -1

    def add(self, service: Service) -> None:
        """Keep a service, and start it unless it has been."""
        self.services.append(service)
        if service.process is None:
            service.start()
        self.changed()

    def watch(self, *, until: Callable[[], bool] = lambda: False, every: float = 60) -> None:
        """Restart what ends, until asked to stop or until a condition, looked at every so often."""
        next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
        while not self.stopping and not until():
            self._sleep(min(every, self._pause(next_housekeeping)))
            self.look_after()
            if time.monotonic() >= next_housekeeping:
                self.housekeeping()
                next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS

    def _pause(self, next_housekeeping: float) -> float:
        """Return for how many seconds there is nothing to do, as far as is known."""
        if self.is_restless():
            return RESTLESS_SECONDS
        due = [service.restart_at for service in self.services if service.restart_at]
        return max(min([*due, next_housekeeping]) - time.monotonic(), 0)

    def look_after(self) -> None:
        """Notice what has ended; start what is due."""
        for service in self.services:
            status = service.notice()
            if status is not None:
                self.changed()
            if status is not None and not self.stopping and not (service.once and status == 0):
                self.told(f"{service.name} ended ({_in_words(status)})")
            if service.is_due():
                service.start()
                self.changed()

    def stop(self) -> None:
        """End all services, the first started last, so that the database outlives its users."""
        self.stopping = True
        for group in (self.services[1:], self.services[:1]):
            for service in group:
                service.ask_to_stop()
            asked_at = time.monotonic()
            for service in group:
                service.await_stop(asked_at + service.stop_seconds)
        self.services.clear()

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Let SIGINT, SIGTERM and SIGHUP stop the supervisor, and wake it when a child ends."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._woken = reader.fileno()
        before = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        }
        wakeup_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            reader.close()
            writer.close()

    def _on_signal(self, number: int, frame: object) -> None:
        if number != signal.SIGCHLD:
            self.stopping = True

    def _sleep(self, seconds: float) -> None:
        select.select([self._woken], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)


def kill_group(process: Process) -> None:
    """Kill what is left of the group that a process led, itself included."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _in_words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
