"""The supervisor, with small programs in place of the parts of a cell."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from vitrine.ops.supervisor import Service, Supervisor

PATIENCE_SECONDS = 30


def supervisor(told: list[str]) -> Supervisor:
    return Supervisor(changed=lambda: None, told=told.append, housekeeping=lambda: None)


def spawning(*argv: str) -> Callable[[], "subprocess.Popen[bytes]"]:
    return lambda: subprocess.Popen(argv, start_new_session=True)


def watch_until(watcher: Supervisor, condition: Callable[[], bool], *, every: float = 0.02) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    watcher.watch(until=lambda: condition() or time.monotonic() > deadline, every=every)
    assert condition()


class Orphan:
    """A program that is nobody's child here: no signal comes when it ends."""

    def __init__(self) -> None:
        starter = ["sh", "-c", "setsid sleep 60 > /dev/null & echo $!"]
        self.pid = int(subprocess.run(starter, stdout=subprocess.PIPE, check=True).stdout)

    def poll(self) -> int | None:
        return None if lives(self.pid) else -9

    def wait(self, timeout: float | None = None) -> int:
        psutil.wait_procs([psutil.Process(self.pid)] if lives(self.pid) else [], timeout)
        return -9

    def send_signal(self, sig: int, /) -> None:
        os.kill(self.pid, sig)


def test_a_killed_process_is_started_again_at_once() -> None:
    told: list[str] = []
    watcher = supervisor(told)
    service = Service("sleeper", spawning("sleep", "60"))
    with watcher.signals():
        watcher.add(service)
        assert service.process is not None
        first = service.process.pid

        os.kill(first, 9)
        watch_until(watcher, lambda: is_another(service, first))

        watcher.stop()
    assert told == ["sleeper ended (killed by SIGKILL)"]


def test_an_end_that_nobody_tells_of_is_noticed_by_a_restless_supervisor() -> None:
    watcher = supervisor([])
    watcher.is_restless = lambda: True
    service = Service("orphan", Orphan)
    asleep = threading.Timer(PATIENCE_SECONDS, os.kill, [os.getpid(), signal.SIGTERM])
    with watcher.signals():
        watcher.add(service)
        assert service.process is not None
        first = service.process.pid
        turns = iter(range(3))
        watcher.watch(until=lambda: next(turns, None) is None, every=0.02)  # hears of its starter
        asleep.start()

        os.kill(first, 9)
        watcher.watch(until=lambda: is_another(service, first), every=10 * PATIENCE_SECONDS)

        asleep.cancel()
        assert not watcher.stopping, "it slept"
        assert is_another(service, first)
        watcher.stop()


def is_another(service: Service, first: int) -> bool:
    return service.process is not None and service.process.pid != first


def test_what_cannot_be_started_yet_is_started_when_it_can() -> None:
    can_spawn = False
    watcher = supervisor([])
    service = Service("sleeper", spawning("sleep", "60"), can_spawn=lambda: can_spawn)
    watcher.is_restless = lambda: not can_spawn
    with watcher.signals():
        watcher.add(service)
        assert service.process is not None

        os.kill(service.process.pid, 9)
        watch_until(watcher, lambda: service.restart_at is not None)
        watcher.look_after()
        assert service.process is None
        can_spawn = True
        watch_until(watcher, lambda: service.process is not None)

        watcher.stop()


def test_a_process_that_keeps_failing_is_started_ever_more_slowly() -> None:
    watcher = supervisor([])
    service = Service("failing", spawning("false"))
    with watcher.signals():
        watcher.add(service)

        watch_until(watcher, lambda: service.crashes == 3)

        assert service.restart_at is not None
        assert service.restart_at - time.monotonic() > 1
        watcher.stop()


def test_a_task_that_succeeds_is_not_repeated_and_not_mentioned() -> None:
    told: list[str] = []
    watcher = supervisor(told)
    service = Service("task", spawning("true"), once=True)
    with watcher.signals():
        watcher.add(service)

        watch_until(watcher, lambda: service.exit_status == 0)

        assert service.process is None
        assert service.restart_at is None
        watcher.stop()
    assert told == []


def test_stopping_ends_grandchildren_that_ignore_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stubborn = f"trap '' TERM; sleep 60 & echo $! > '{note}'; wait; sleep 60"
    watcher = supervisor([])
    service = Service("stubborn", spawning("sh", "-c", stubborn), stop_seconds=0.2)
    with watcher.signals():
        watcher.add(service)
        watch_until(watcher, lambda: note.exists() and note.read_text() != "")
        grandchild = int(note.read_text())

        watcher.stop()

    deadline = time.monotonic() + PATIENCE_SECONDS
    while lives(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not lives(grandchild)


def test_the_first_service_is_stopped_last() -> None:
    ended: list[str] = []
    watcher = supervisor([])

    class Noted(Service):
        def await_stop(self, deadline: float) -> None:
            super().await_stop(deadline)
            ended.append(self.name)

    with watcher.signals():
        for name in ("database", "site", "worker"):
            watcher.add(Noted(name, spawning(sys.executable, "-c", "import time; time.sleep(60)")))

        watcher.stop()

    assert ended == ["site", "worker", "database"]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
