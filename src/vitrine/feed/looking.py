"""Who looked at products of which shop, for ads of that shop: kept in memory for some seconds.

A page of a product waits for no write by it.
"""

from datetime import datetime, timedelta

from vitrine.accounts.models import Person, Viewer
from vitrine.ads import dealings
from vitrine.feed.models import Habit
from vitrine.kernel.batches import Batch

Look = tuple[int, int, datetime]


def note(viewer: Viewer, *, merchant: int, at: datetime) -> None:
    """Note that somebody looks at a product. Of minors and visitors nothing is noted."""
    if isinstance(viewer, Person) and viewer.born_on and not viewer.is_minor(at=at):
        # Down to the second: a fresh start in the same one comes after it.
        batch.add((viewer.pk, merchant, at - timedelta(microseconds=at.microsecond)), 1)


def _write(looks: dict[Look, int], at: datetime) -> dict[Look, int]:
    plain = Habit.plain_among({person for person, _, _ in looks})
    dealings.looked([look for look in looks if look[0] not in plain])
    return {}


batch: Batch[Look] = Batch(_write)
