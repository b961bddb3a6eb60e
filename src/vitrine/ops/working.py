"""A worker, and the rescue of jobs whose worker was killed."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Set

import structlog
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

log = structlog.get_logger(__name__)

FINISH_SECONDS = 20
"""How long a job in hand may go on after SIGTERM."""

HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20
RESCUE_EVERY_SECONDS = 10
MOST_ATTEMPTS = 5
"""A job that kills its worker each time is given up, so that it cannot do so for ever."""


def work(*, queues: Set[str], besides: Set[str], jobs: int) -> None:
    """Carry out jobs until SIGTERM. queues: empty for all that any task uses."""
    chosen = set(queues) or {task.queue for task in app.tasks.values()}
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        asyncio.run(_work(sorted(chosen - besides), jobs))


async def _work(queues: list[str], jobs: int) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: None)
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_for_ever())
        log.info("worker started", queue=",".join(queues))
        try:
            await app.run_worker_async(
                queues=queues,
                concurrency=jobs,
                delete_jobs="successful",
                shutdown_graceful_timeout=FINISH_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
            )
        finally:
            rescue.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescue
    # A thread that is still in a job would keep the process alive; its job has been given back.
    if any(not thread.daemon for thread in threading.enumerate() if thread.name != "MainThread"):
        threading.Timer(2, os._exit, [0]).start()


async def _rescue_for_ever() -> None:
    """Give the jobs of dead workers back to the queue, within about half a minute."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=DEAD_AFTER_SECONDS
        ):
            log.warning("job rescued", job=job.id, task=job.task_name, attempt=job.attempts)
            if job.attempts < MOST_ATTEMPTS:
                await app.job_manager.retry_job(job)
            else:
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        await asyncio.sleep(RESCUE_EVERY_SECONDS)
