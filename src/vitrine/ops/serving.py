"""The web processes: Granian around the WSGI application."""

import gc
import logging
import multiprocessing
import os
import signal
from collections import deque
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connections
from django.urls import get_resolver
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from vitrine.ads import holding
from vitrine.ads.demand import keeping
from vitrine.kernel import addresses, batches
from vitrine.kernel.lent import Lent
from vitrine.ops import leash

THREADS = 32
"""Per process. Python runs one at a time; the others wait for Postgres, for the disk, or for each
other: so many presses of the order button, or beacons, are carried through together."""

BACKPRESSURE = 64
"""Requests one process takes in before it leaves the rest to its neighbours and the backlog."""

PATIENCE_MS = 30_000
"""How long a browser may take to send what it asks for, and how long a connection is kept on which
it asks for nothing: then it is closed, as HTTP has it."""

STOP_SECONDS = 15

log = logging.getLogger(__name__)


def serve(*, host: str, port: int, processes: int, most_connections: int) -> None:
    """Serve until SIGTERM, then finish the requests in flight.

    The application and all its pages are imported here, before the processes are forked: they share
    its memory, a second process costs no second start, and a fault shows before anybody is let in.
    most_connections: to Postgres, of each process; 0 for one of each thread, begun when needed.
    """
    multiprocessing.set_start_method("fork")
    application = get_wsgi_application()
    application.request_class = Request
    load()
    if most_connections:
        connections.settings["default"].update(_pooled(most_connections))
    server = Granian(
        "vitrine.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=BACKPRESSURE,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=PATIENCE_MS),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_access=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=_Application(application, parent=os.getpid()), wrap_loader=False)


def load() -> None:
    """Import all pages, and keep what is loaded out of the collector's way.

    Looking through it again and again was a tenth of a request.
    """
    addresses.remember(get_resolver())
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def _pooled(size: int) -> dict[str, Any]:
    """Return the settings of a database whose connections the threads of a process share."""
    pool = {"min_size": 1, "max_size": size, "timeout": 10, "connection_class": Lent}
    options = {**connections.settings["default"]["OPTIONS"], "pool": pool}
    return {"OPTIONS": options, "CONN_MAX_AGE": 0}


class Request(WSGIRequest):
    """A request that lets go of all that knows it: who is signed in, the messages, the forms.

    Else they are a ring of fifty objects, which the collector has to find.
    """

    def close(self) -> None:
        """End it, when its answer is sent."""
        super().close()
        vars(self).clear()


class _Application:
    """Hand a web process the application, and tie its life to the process that started it."""

    def __init__(self, application: WSGIHandler, *, parent: int) -> None:
        self.application = application
        self.parent = parent

    def __call__(self) -> WSGIHandler:
        leash.die_with_parent(signal.SIGTERM, parent=self.parent)
        batches.keep_writing()
        keeping.keep_asking()
        # As multiprocessing ends a child: Python's own exit handlers are not called in one.
        Finalize(None, _end, exitpriority=0)
        lend_the_latest(connections["default"].pool)  # type: ignore[attr-defined]
        return self.application


def _end() -> None:
    """Give back what this process holds of budgets. Killed, or without Postgres, it waits."""
    try:
        holding.give_back(at=datetime.now(UTC))
    except DatabaseError:
        log.exception("leases of ads were not given back")


class _Latest(deque[Any]):
    """Connections at rest: the one that came back last is lent first.

    Each has a process of Postgres with caches and plans of its own. Lent in turn, as the pool does,
    each is the coldest of all; so, two or three do nearly all the work.
    """

    def append(self, connection: Any) -> None:
        """Take a connection back."""
        self.appendleft(connection)


def lend_the_latest(pool: Any) -> None:
    """Have a pool lend the connection that came back last. pool: None for none."""
    if pool is not None:
        pool._pool = _Latest(pool._pool)
