"""A worker, and the rescue of jobs whose worker was killed."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Set
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.db import connections
from django.utils import timezone
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.periodic import PeriodicDeferrer, PeriodicRegistry
from procrastinate.worker import Worker
from psycopg.abc import RV, PQGen

from vitrine.kernel.lent import has_word
from vitrine.timers import recording
from vitrine.videos import hardware

log = structlog.get_logger(__name__)

FINISH_SECONDS = 20
"""How long a job in hand may go on after SIGTERM."""

HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20
RESCUE_EVERY_SECONDS = 10
LOOK_UP_EVERY_SECONDS = 5.0
MOST_CONNECTIONS = 4
"""For what a worker says by itself. One does while nothing happens."""
MOST_ATTEMPTS = 5
"""A job that kills its worker each time is given up, so that it cannot do so for ever."""


BEHIND_PAGES = 10
"""How much less the processor is a worker's than a page's, as ``nice`` counts, when both want it.

Who presses a button waits for it; a receipt may come a minute later.
"""


def work(*, queues: Set[str], besides: Set[str], jobs: int) -> None:
    """Carry out jobs until SIGTERM. queues: empty for all that any task uses."""
    chosen = set(queues) or {task.queue for task in app.tasks.values()}
    if "encode" in chosen - besides:
        hardware.working()  # asked now, not while the first clip waits
    _step_behind_pages()
    recording.record_all(app, clock=timezone.now)
    connections.close_all()  # jobs have threads, and so connections, of their own
    with app.replace_connector(connector()):
        asyncio.run(_work(sorted(chosen - besides), jobs))


def _step_behind_pages() -> None:
    """Leave the processor to pages while they want it.

    Linux may share it by sessions before it looks at processes: ours is told so too.
    """
    os.nice(BEHIND_PAGES)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(BEHIND_PAGES))


def connector() -> PsycopgConnector:
    """Return what asks Postgres as a worker: what it says by itself is one question each."""
    return PsycopgConnector(
        kwargs=connector_params(),
        connection_class=_PatientConnection,
        configure=_commit_each,
        min_size=1,
        max_size=MOST_CONNECTIONS,
    )


async def _commit_each(connection: psycopg.AsyncConnection[Any]) -> None:
    """Have each statement be its own transaction: none of a worker's needs another beside it."""
    await connection.set_autocommit(True)


class _PatientConnection(psycopg.AsyncConnection[Any]):
    """A connection that waits without looking up ten times a second.

    Psycopg looks up so often for the sake of Ctrl-C in programs without an event loop; ours has
    one. For a worker that waits for notifications it was nearly all that an idle cell used.
    """

    async def execute(
        self, query: Any, params: Any = None, **options: Any
    ) -> psycopg.AsyncCursor[Any]:
        """Run a statement; the pool's empty one only where something waits to be read."""
        if query == "" and not has_word(self.pgconn):
            return self.cursor()
        return await super().execute(query, params, **options)

    async def wait(
        self,
        gen: PQGen[RV],
        interval: float = LOOK_UP_EVERY_SECONDS,
        timeout: float | None = None,
    ) -> RV:
        return await super().wait(gen, interval, timeout)


async def _work(queues: list[str], jobs: int) -> None:
    """Run the worker and the rescue; when either fails both end, and the process is restarted."""
    async with app.open_async(), asyncio.TaskGroup() as group:
        rescue = group.create_task(_rescue_for_ever())
        worker = group.create_task(
            QueueWorker(  # type: ignore[no-untyped-call]
                app,
                queues=queues,
                concurrency=jobs,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=FINISH_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                task_middleware=app.worker_defaults.get("task_middleware"),
            ).run()
        )
        worker.add_done_callback(lambda _: rescue.cancel())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, _stop, worker)
        log.info("worker started", queue=",".join(queues))


class QueueWorker(Worker):
    """A worker that starts the timers of its own queues; who works on others starts theirs."""

    async def _periodic_deferrer(self) -> None:
        own = PeriodicRegistry()  # type: ignore[no-untyped-call]
        own.periodic_tasks = {
            key: timer
            for key, timer in self.app.periodic_registry.periodic_tasks.items()
            if timer.task.queue in (self.queues or ())
        }
        await PeriodicDeferrer(own).worker()
        await asyncio.Event().wait()  # without timers it ends: who watches it would watch no more


def _stop(worker: "asyncio.Task[None]") -> None:
    """Let the jobs in hand end. A thread cannot be stopped: a long one is left to the rescue."""
    worker.cancel()
    giving_up = threading.Timer(FINISH_SECONDS + 1, os._exit, [0])
    giving_up.daemon = True
    giving_up.start()


async def _rescue_for_ever() -> None:
    """Give the jobs of dead workers back to the queue, within about half a minute."""
    manager = app.job_manager
    while True:
        stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
        for job in stalled:
            log.warning("job rescued", job=job.id, task=job.task_name, attempt=job.attempts)
            with contextlib.suppress(ConnectorException):  # another worker's rescue was faster
                await _give_back(job)
        await asyncio.sleep(RESCUE_EVERY_SECONDS)


async def _give_back(job: Job) -> None:
    manager = app.job_manager
    if job.attempts >= MOST_ATTEMPTS:
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return
    try:
        await manager.retry_job(job)
    except UniqueViolation:  # a periodic job, whose next turn is queued already
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
