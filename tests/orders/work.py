"""Jobs as the worker would do them, in the test's own transaction."""

from importlib import import_module
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob


def jobs(task: str) -> list[dict[str, Any]]:
    """Return the arguments of the jobs of an orders task that wait."""
    waiting = ProcrastinateJob.objects.filter(task_name=f"vitrine.orders.tasks.{task}")
    return list(waiting.order_by("pk").values_list("args", flat=True))


def run_jobs() -> None:
    """Run every waiting job of orders once, in order; jobs that these enqueue are run too."""
    done: set[int] = set()
    while True:
        waiting = ProcrastinateJob.objects.filter(task_name__startswith="vitrine.orders.").exclude(
            pk__in=done
        )
        batch = list(waiting.order_by("pk"))
        if not batch:
            return
        for job in batch:
            module, name = job.task_name.rsplit(".", 1)
            getattr(import_module(module), name)(**job.args)
            done.add(job.pk)
