"""The web processes: Granian around the WSGI application."""

import os
import signal
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from vitrine import wsgi
from vitrine.ops import leash

THREADS = 8
"""Per process. Python runs one at a time; the others wait for Postgres or for the disk."""

BACKPRESSURE = 64
"""Requests one process takes in before it leaves the rest to its neighbours and the backlog."""

STOP_SECONDS = 15


def serve(*, host: str, port: int, processes: int) -> None:
    """Serve until SIGTERM, then finish the requests in flight.

    The application is imported here, before the processes are forked: they share its memory, and
    a second process costs no second start.
    """
    server = Granian(
        "vitrine.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=BACKPRESSURE,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=30_000),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_access=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=_Application(os.getpid()), wrap_loader=False)


class _Application:
    """Hand a web process the application, and tie its life to the process that started it."""

    def __init__(self, parent: int) -> None:
        self.parent = parent

    def __call__(self) -> Callable[..., Any]:
        leash.die_with_parent(signal.SIGTERM, parent=self.parent)
        return wsgi.application
