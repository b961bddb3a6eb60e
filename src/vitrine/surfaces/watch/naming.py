"""Which @handles in a text are somebody's."""

from collections.abc import Iterable

from vitrine.accounts.models import Person
from vitrine.videos import mentions
from vitrine.videos.models import Viewer


def named_in(texts: Iterable[str], viewer: Viewer) -> frozenset[str]:
    """Return the handles in texts that a viewer may follow to a profile. Queries: 0 or 1.

    People under 18 are not led to by what others write.
    """
    handles = mentions.handles(*texts)
    if not handles:
        return frozenset()
    people = Person.objects.visible_to(viewer).filter(handle__in=handles)
    people = people.exclude(pk__in=Person.objects.minors().values("pk"))
    return frozenset(people.values_list("handle", flat=True))
