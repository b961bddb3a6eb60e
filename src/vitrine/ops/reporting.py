"""What waits and what is done, for ``vitrine status``."""

from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob
from rich.table import Table

from vitrine.videos.models import Clip, Encoding

UNFINISHED = ("todo", "doing", "failed")


def work() -> Table:
    """Return the depth of each queue and the states of the clips. Queries: 3."""
    table = Table(box=None, pad_edge=False, padding=(1, 3, 0, 0), show_header=False)
    jobs = (
        ProcrastinateJob.objects.filter(status__in=UNFINISHED)
        .values_list("queue_name", "status")
        .annotate(jobs=Count("pk"))
        .order_by("queue_name", "status")
    )
    states = Encoding.objects.values_list("state").annotate(clips=Count("pk")).order_by("state")
    published = Clip.objects.published().count()
    table.add_row("Jobs", _counted([(f"{queue} {state}", count) for queue, state, count in jobs]))
    table.add_row("Clips", _counted([*states, ("published", published)]))
    return table


def _counted(pairs: list[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in pairs) or "none"
