"""A real cell for tests: `vitrine up` in its own processes, on a free port of loopback."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from vitrine.ops.datadir import Child, DataDir

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90
RECOVERY_SECONDS = 60


class RunningCell:
    """A cell that is up. home: its data directory; origin: where its site answers."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.directory = DataDir(home)
        self.output = home.with_suffix(".out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vitrine.ops", "up", "--data", str(home), "--port", "0"]
                + (list(arguments) or ["--no-demo"]),
                stdout=output,
                stderr=output,
                env=environment(),
                cwd=ROOT,
            )
        self.wait_answering(START_SECONDS)

    @property
    def origin(self) -> str:
        """Return the site's address on loopback."""
        running = self.directory.running()
        assert running is not None, self.output.read_text()
        return running.origin.replace("localhost", "127.0.0.1")

    def child(self, name: str) -> Child | None:
        """Return a part of the cell by name (postgres, web, worker, encoder) if it lives."""
        running = self.directory.running()
        parts = running.children if running else ()
        return next((part for part in parts if part.name == name and part.process()), None)

    def kill(self, name: str) -> bool:
        """Kill a part with -9, and the processes it started. False if it is not there now."""
        part = self.child(name)
        process = part.process() if part else None
        if process is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            if name == "postgres":
                os.kill(process.pid, signal.SIGKILL)
            else:
                os.killpg(process.pid, signal.SIGKILL)
        return True

    def wait_answering(self, seconds: float = RECOVERY_SECONDS) -> None:
        """Wait until a page is answered from the database."""
        deadline = time.monotonic() + seconds
        while not self._answers():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, f"no answer within {seconds} s"
            time.sleep(0.05)

    def _answers(self) -> bool:
        running = self.directory.running()
        if running is None or not any(part.name == "web" for part in running.children):
            return False
        page = f"{self.origin}/transparency/data"
        with (
            contextlib.suppress(OSError, urllib.error.HTTPError),
            urllib.request.urlopen(page, timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a connection to the cell's database."""
        return psycopg.connect(self.directory.cluster.url())

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one vitrine command on this cell's data."""
        return subprocess.run(
            [sys.executable, "-m", "vitrine.ops", *arguments, "--data", str(self.directory.path)],
            capture_output=True,
            text=True,
            env=environment(),
            cwd=ROOT,
            check=False,
        )

    def assert_sound(self) -> None:
        """Run `vitrine check`: every invariant holds."""
        checked = self.run("check")
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def stop(self) -> None:
        """Stop it as Ctrl-C would."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextlib.contextmanager
def running(home: Path, *arguments: str) -> Iterator[RunningCell]:
    """Run a cell for the length of a block. arguments: of `up`; "--no-demo" by default."""
    cell = RunningCell(home, *arguments)
    try:
        yield cell
    finally:
        cell.stop()


def environment() -> dict[str, str]:
    """Return an environment without the test run's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "PYTHONPATH": str(ROOT / "src")}
