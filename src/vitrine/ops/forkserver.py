"""The parts of a cell as forks of one process that has loaded everything already.

``vitrine up`` starts the fork server first. It loads the application while Postgres starts, and
then makes the web process, the workers and what ends by itself out of itself: each in some
milliseconds, and sharing its memory. It opens no connection and starts no thread, so that a fork
inherits neither.

Both sides are here: ``ForkServer`` and ``Fork`` are the supervisor's, ``await_part`` is what the
fork server does. Messages are JSON, one in each packet.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from vitrine.ops import leash
from vitrine.ops.trouble import Trouble

NAME = "forkserver"
LONGEST_MESSAGE_BYTES = 64 * 1024
ANSWER_SECONDS = 60
"""For one part. It takes milliseconds, unless the fork server has to load first."""
LOOK_EVERY_SECONDS = 0.05
AGAIN_SECONDS = 5
"""Between two starts of one that cannot load."""


@dataclass
class Fork:
    """A part that runs, with what the supervisor needs of ``subprocess.Popen``.

    born_of: the process id of its fork server.
    """

    pid: int
    born_of: int
    server: "ForkServer"
    _process: psutil.Process | None = None
    _status: int | None = None

    def __post_init__(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process = psutil.Process(self.pid)

    def poll(self) -> int | None:
        """Return the exit status, minus the signal where one ended it; None while it runs."""
        if self._status is None:
            self._status = self.server.ended(self.pid)
        if self._status is None and not self.server.lives(self.born_of) and not self._lives():
            self._status = -signal.SIGTERM  # nobody is left who knows: as if by its leash
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once it has ended. Raises: subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout if timeout is not None else float("inf")
        while (status := self.poll()) is None:
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(f"part {self.pid}", timeout or 0)
            self.server.listen(LOOK_EVERY_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _lives(self) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            return self._process is not None and (
                self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
            )
        return False


@dataclass
class ForkServer:
    """Starts the fork server, asks it for parts, hears of their end.

    environment, folder: of every part. log: where it says why it could not load.
    """

    environment: dict[str, str]
    folder: Path
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    is_ready: bool = False
    _started_at: float = 0
    _line: socket.socket | None = None
    _ended: dict[int, int] = field(default_factory=dict)
    _made: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Have it load. ``listen`` hears when it is ready."""
        self.close()
        self._started_at = time.monotonic()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                leash.command([sys.executable, "-m", "vitrine.ops", NAME, str(theirs.fileno())]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def lives(self, pid: int = 0) -> bool:
        """Tell whether it runs. pid: whether it is still that one."""
        process = self.process
        return process is not None and pid in (0, process.pid) and process.poll() is None

    def comes_back(self) -> bool:
        """Tell whether it makes parts at once. One that ended is started again."""
        self.listen()
        if not self.lives() and time.monotonic() - self._started_at > AGAIN_SECONDS:
            self.start()
        return self.is_ready

    def spawn(self, arguments: list[str], *, log: Path) -> Fork:
        """Start a command as a part, in a process group of its own. Raises: Trouble."""
        if not self.lives():
            self.start()
        deadline = time.monotonic() + ANSWER_SECONDS
        try:
            self._say({"arguments": arguments, "log": str(log)})
            while not self._made:
                if self._line is None or time.monotonic() > deadline:
                    raise Trouble(f"The fork server does not answer; see {self.log}.")
                self.listen(LOOK_EVERY_SECONDS)
        except OSError as error:
            raise Trouble(f"The fork server does not listen: {error.strerror}.") from None
        assert self.process is not None  # noqa: S101 (it answered)
        return Fork(self._made.pop(), self.process.pid, self)

    def ended(self, pid: int) -> int | None:
        """Return how a part ended, once; None where nothing is known of its end."""
        self.listen()
        return self._ended.pop(pid, None)

    def listen(self, seconds: float = 0) -> None:
        """Hear what it says, waiting so long for it to begin."""
        while self._line is not None and select.select([self._line], [], [], seconds)[0]:
            seconds = 0
            try:
                packet = self._line.recv(LONGEST_MESSAGE_BYTES)
            except ConnectionResetError:
                packet = b""
            if not packet:
                self._hang_up()
                return
            said = json.loads(packet)
            self.is_ready = self.is_ready or "ready" in said
            if "made" in said:
                self._made.append(said["made"])
            if "ended" in said:
                self._ended[said["ended"]] = said["status"]

    def close(self) -> None:
        """End the fork server. Parts that still run are told to end by their leash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._hang_up()

    def _say(self, wanted: dict[str, Any]) -> None:
        if self._line is None:
            raise BrokenPipeError("it ended")
        self._line.send(json.dumps(wanted).encode())

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, self.is_ready = None, False
        self._made.clear()


# The other side -------------------------------------------------------------------------------


def await_part(line: socket.socket) -> list[str]:
    """Be the fork server until the supervisor hangs up. Return in each part, with its command."""
    supervisor = os.getppid()
    woken, waking = socket.socketpair()
    woken.setblocking(False)
    waking.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    line.send(json.dumps({"ready": True}).encode())
    while True:
        heard, _, _ = select.select([line, woken], [], [])
        with contextlib.suppress(BlockingIOError):
            woken.recv(4096)
        _tell_of_ended(line, supervisor)
        if line not in heard:
            continue
        packet = line.recv(LONGEST_MESSAGE_BYTES)
        if not packet:
            sys.exit()
        wanted = json.loads(packet)
        server = os.getpid()
        pid = os.fork()
        if pid:
            line.send(json.dumps({"made": pid}).encode())
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for inherited in (line, woken, waking):
            inherited.close()
        _become(wanted, server=server)
        return list(wanted["arguments"])


def _tell_of_ended(line: socket.socket, supervisor: int) -> None:
    """Tell of each part that has ended, and wake the supervisor, whose child it was not."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        told = {"ended": pid, "status": os.waitstatus_to_exitcode(status)}
        line.send(json.dumps(told).encode())
        with contextlib.suppress(ProcessLookupError):
            os.kill(supervisor, signal.SIGCHLD)


def _become(wanted: dict[str, Any], *, server: int) -> None:
    """Stand on one's own: a session, a name and a log, and an end with the fork server's."""
    os.setsid()
    leash.die_with_parent(signal.SIGTERM, parent=server)
    with contextlib.suppress(OSError):  # only Linux has names to change
        Path("/proc/self/comm").write_text(f"vitrine {wanted['arguments'][0]}")
    with open(wanted["log"], "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
