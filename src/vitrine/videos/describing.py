"""Change what is said about a clip; its hashtags and mentions change with it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from vitrine.videos.models import Clip, Hashtag, Mention


@transaction.atomic
def describe(clip: Clip, *, at: datetime, **said: Any) -> None:
    """Change fields of a clip, title and description among them. Queries: 3 to 6.

    The row is locked, so that of two changes at once the hashtags are those of the later text.
    """
    kept = Clip.objects.select_for_update(no_key=True).select_related(None).get(pk=clip.pk)
    for name, value in said.items():
        setattr(kept, name, value)
        setattr(clip, name, value)
    if said:
        kept.save(update_fields=list(said))
    mark(kept, at=at)


def mark(clip: Clip, *, at: datetime) -> None:
    """Note the hashtags and mentions of a clip's text, in the transaction that wrote it."""
    Hashtag.note(clip)
    Mention.note(clip.title, clip.description, by=clip.creator, at=at, clip=clip)
