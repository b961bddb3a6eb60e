"""Whom a text about a clip names, and telling them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.videos import mentions
from vitrine.videos.models.visibility import Visibility

if TYPE_CHECKING:  # a clip tells as it is published, so it imports this
    from vitrine.videos.models.clip import Clip


def tell(clip: "Clip", text: str, *, at: datetime) -> None:
    """Tell those whom the clip's own text names and who may see it. Queries: 0 or 1 + n."""
    for person in named_in(clip, text, by=clip.creator_id):
        telling.tell(
            Kind.MENTION,
            whom=person,
            by=clip.creator_id,
            about=clip.public_id,
            path=clip.get_absolute_url(),
            at=at,
        )


def named_in(clip: "Clip", text: str, *, by: int) -> list[int]:
    """Return the people whom a text about the clip names and who may see it. Queries: 0 or 1.

    Who is under 18 is named by people whom they follow alone. Whether a block stands between is
    asked as they are told.
    """
    handles = mentions.handles(text)
    if not handles or clip.visibility == Visibility.PRIVATE:
        return []
    people = Person.objects.filter(handle__in=handles, is_active=True)
    if clip.visibility == Visibility.FOLLOWERS:
        theirs = Q(following__followed=clip.creator_id) | Q(pk=clip.creator_id)
        people = people.filter(theirs).distinct()
    apart = Person.objects.minors()
    if not clip.is_for_adults:
        apart = apart.exclude(following__followed=by)
    people = people.exclude(pk__in=apart.values("pk"))
    return list(people.values_list("pk", flat=True))
