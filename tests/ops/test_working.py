"""What a worker says to Postgres by itself, and how little that is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from tests.races import race
from vitrine.ops import working

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30


def _with(act: Callable[[PsycopgConnector, PsycopgConnector], Awaitable[None]]) -> None:
    """Act with the connector of a worker, and with that of another one."""
    connector, other = working.connector(), working.connector()

    async def run() -> None:
        await other.open_async()
        async with app.open_async():
            await act(connector, other)
        await other.close_async()

    with app.replace_connector(connector):
        asyncio.run(run())


async def _session(connector: PsycopgConnector) -> dict[str, Any]:
    found: dict[str, Any] = await connector.execute_query_one_async(
        "SELECT pg_backend_pid() AS pid"
    )
    return found


def test_a_worker_starts_the_timers_of_its_own_queues() -> None:
    async def act(connector: PsycopgConnector, _: PsycopgConnector) -> None:
        encoder, teller = (
            asyncio.create_task(working.QueueWorker(app, queues=[queue])._periodic_deferrer())
            for queue in ("encode", "hooks")
        )
        query = "SELECT DISTINCT queue_name FROM procrastinate_jobs"
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await connector.execute_query_all_async(query)):
                await asyncio.sleep(0.05)
        assert found == [{"queue_name": "hooks"}]
        assert not encoder.done()  # its end would be taken for that of the worker's other tasks
        for task in (encoder, teller):
            task.cancel()

    _with(act)


def test_a_statement_of_a_worker_is_all_that_is_said() -> None:
    async def act(connector: PsycopgConnector, other: PsycopgConnector) -> None:
        first, second = [await _session(connector) for _ in range(2)]
        said = await other.execute_query_one_async(
            "SELECT query FROM pg_stat_activity WHERE pid = %(pid)s", **first
        )
        assert first == second
        assert said == {"query": "SELECT pg_backend_pid() AS pid"}

    _with(act)


def test_a_worker_goes_on_with_another_session_when_its_own_has_ended() -> None:
    async def act(connector: PsycopgConnector, other: PsycopgConnector) -> None:
        first = await _session(connector)
        await other.execute_query_async("SELECT pg_terminate_backend(%(pid)s, 5000)", **first)
        assert await _session(connector) != first

    _with(act)


def test_a_job_goes_on_with_the_session_of_the_one_before_unless_that_has_ended() -> None:
    def jobs(_: int) -> list[int]:
        found = []
        for number in range(3):
            close_old_connections()  # as is done around each job
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                found.append(cursor.fetchone()[0])
            if number == 1:
                connection.connection.pgconn.finish()
        return found

    ((first, second, third),) = race(1, jobs)  # type: ignore[misc]

    assert first == second != third
