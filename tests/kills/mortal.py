"""Do jobs as a worker does, and die before a given step: run in a process of its own.

Reads one JSON object a line: task, arguments, step (null: live), at (what the clock says; null: the
time). For each it forks a child, which kills itself before that step. Says "killed", "failed", or
how many steps it lived. The forking process never opens the object store, whose threads a fork
would lose.
"""

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import django

django.setup()

from asgiref.sync import async_to_sync, iscoroutinefunction  # noqa: E402
from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.utils import timezone  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

from tests.fakes import whisper  # noqa: E402
from vitrine.kernel import storage  # noqa: E402
from vitrine.sovereignty.gate import MailBackend  # noqa: E402
from vitrine.videos import hearing  # noqa: E402

sys.modules[hearing.PACKAGE] = whisper
whisper.WhisperModel.says = [whisper.Segment(0.1, 0.9, "Watch the lamp.")]


class Mortal:
    """Counts steps, and dies as by kill -9 before the last.

    A step is a statement, a change in the object store, the sending of letters,
    a post to a push service, or the hearing of its answer.
    """

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.taken = 0

    def live(self) -> None:
        """Take a step, or die."""
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.taken += 1

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that takes a step before it does what it did."""

        def step(*arguments: Any, **named: Any) -> Any:
            self.live()
            return function(*arguments, **named)

        return step

    def work(self, task: str, arguments: dict[str, Any]) -> None:
        """Do a job for as long as life lasts."""
        for holder, name in (
            (storage, "put"),
            (storage, "adopt"),
            (storage, "delete"),
            (MailBackend, "send_messages"),
            (HTTPConnection, "request"),
            (HTTPConnection, "getresponse"),
        ):
            setattr(holder, name, self.before(getattr(holder, name)))
        job = app.tasks[task].func
        with connection.execute_wrapper(lambda execute, *given: self.before(execute)(*given)):
            (async_to_sync(job) if iscoroutinefunction(job) else job)(**arguments)


def fate(task: str, arguments: dict[str, Any], step: int | None, at: str | None) -> str:
    """Return what became of a child that did a job."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if at is not None:
                hour = datetime.fromisoformat(at)
                timezone.now = lambda: hour
            mortal = Mortal(step)
            mortal.work(task, arguments)
            os.write(said, str(mortal.taken).encode())
            status = 0
        except BaseException:  # noqa: BLE001 (the status tells)
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(said)
    with os.fdopen(heard) as told:
        steps = told.read()
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        return "killed"
    return "failed" if ended else steps


def load_letters() -> None:
    """Read what letters are drawn with, once for all children: each would for its one letter."""
    for app_config in apps.get_app_configs():
        templates = Path(app_config.path, "templates")
        for letter in templates.glob("*/mail/*.txt"):
            get_template(str(letter.relative_to(templates)))


if __name__ == "__main__":
    load_letters()
    gc.freeze()  # a collection in a child would copy all that it shares with this process
    for line in sys.stdin:
        sys.stdout.write(f"{fate(**json.loads(line))}\n")
        sys.stdout.flush()
