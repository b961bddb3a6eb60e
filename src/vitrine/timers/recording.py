"""Remember of every periodic task when it ran and how it ended. The worker wraps them all, once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from procrastinate import Blueprint
from procrastinate.periodic import PeriodicTask

from vitrine.timers.models import Timer


def record_all(app: Blueprint, *, clock: Callable[[], datetime]) -> None:
    """Have every timer of an app remembered from now on, in this process."""
    timers = [each.task for each in periodic(app)]
    Timer.objects.bulk_create(
        [Timer(name=task.name, known_at=clock()) for task in timers], ignore_conflicts=True
    )
    for task in timers:
        task.func = recorded(task.name, task.func, clock=clock)


def periodic(app: Blueprint) -> list[PeriodicTask[Any, Any, Any]]:
    """Return the timers of an app, by name."""
    found = app.periodic_registry.periodic_tasks.values()
    return sorted(found, key=lambda each: each.task.name)


def recorded(
    name: str, act: Callable[..., Any], *, clock: Callable[[], datetime]
) -> Callable[..., Any]:
    """Return what does the same and remembers when it began, and how it ended."""

    def begin() -> None:
        _remember(name, begun_at=clock())

    def finish() -> None:
        _remember(name, finished_at=clock())

    def fail(why: Exception) -> None:
        _remember(name, failed_at=clock(), failure=type(why).__name__[:100])

    @wraps(act)
    def run(*arguments: Any, **named: Any) -> Any:
        begin()
        try:
            done = act(*arguments, **named)
        except Exception as why:
            fail(why)
            raise
        finish()
        return done

    @wraps(act)
    async def run_async(*arguments: Any, **named: Any) -> Any:
        await sync_to_async(begin)()
        waiting: Awaitable[Any] = act(*arguments, **named)
        try:
            done = await waiting
        except Exception as why:
            await sync_to_async(fail)(why)
            raise
        await sync_to_async(finish)()
        return done

    return run_async if iscoroutinefunction(act) else run


def _remember(name: str, **said: Any) -> None:
    Timer.objects.filter(name=name).update(**said)
