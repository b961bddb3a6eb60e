"""Jobs as the worker would do them, in the test's own transaction."""

from importlib import import_module
from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob


def jobs(task: str) -> list[dict[str, Any]]:
    """Return the arguments of the jobs of an orders task that wait."""
    waiting = ProcrastinateJob.objects.filter(task_name=f"vitrine.orders.tasks.{task}")
    return list(waiting.order_by("pk").values_list("args", flat=True))


def forget_jobs() -> None:
    """Drop all jobs: the table is a library's, so a test that commits leaves its rows there."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def run_jobs() -> None:
    """Run every waiting job of orders once, in order; jobs that these enqueue are run too."""
    done = 0
    while True:
        waiting = ProcrastinateJob.objects.filter(
            task_name__startswith="vitrine.orders.", pk__gt=done
        )
        job = waiting.order_by("pk").first()
        if job is None:
            return
        module, name = job.task_name.rsplit(".", 1)
        getattr(import_module(module), name)(**job.args)
        done = job.pk
