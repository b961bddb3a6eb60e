"""Races that are races: every session is connected first, then all are let go at one moment.

Threads that still have to connect arrive one after another, and broken code passes. Tests that race
are marked ``django_db(transaction=True)``, since each thread has a session of its own.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
PATIENCE_S = 120


def race(runners: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Run ``act(0)`` … ``act(runners - 1)`` at one moment; return what each gave or raised."""
    gate = threading.Barrier(runners, timeout=PATIENCE_S)
    results: list[T | Exception] = [RuntimeError("never ran")] * runners

    def run(number: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            gate.wait()
            results[number] = act(number)
        except Exception as raised:  # noqa: BLE001  (what a runner raises is its result)
            results[number] = raised
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        if thread.is_alive():
            raise TimeoutError("A runner is stuck: look for a deadlock.")
    return results


def winners(results: list[T | Exception]) -> list[T]:
    """Return what the runners that raised nothing gave back."""
    return [each for each in results if not isinstance(each, Exception)]


def losers(results: list[T | Exception]) -> list[Exception]:
    """Return what the others raised."""
    return [each for each in results if isinstance(each, Exception)]
