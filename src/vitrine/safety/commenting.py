"""Say something under a clip, as far as the word list, the pace and what others say allow it.

What is held is a comment that only its author reads, and a case at the desk: one for a listed
word, one for all that somebody said too fast or that a crowd said alike. While that one is open,
whatever else they say to others waits as well.
"""

from datetime import datetime

from django.db import transaction

from vitrine.accounts import limits
from vitrine.accounts.limits import Action, TooFast
from vitrine.accounts.models import Person
from vitrine.safety import echoes
from vitrine.safety.filtering import WordRefused
from vitrine.safety.models import Case, Effect, ListedWord, Origin
from vitrine.safety.things import Thing
from vitrine.videos.models import Clip, Comment


def say(
    clip: Clip, text: str, *, by: Person, at: datetime, thread: Comment | None = None
) -> Comment:
    """Comment, or answer a thread; it may be held. Queries: 8 to 10, unless it is held.

    Raises: TooFast, WordRefused, and what ``Comment.say`` raises.
    """
    is_new = limits.is_new(by, at=at)
    is_own = by.pk == clip.creator_id
    is_watched = not is_own and _is_watched(by)
    try:
        is_hasty = limits.spend(by.public_id, Action.COMMENT, is_new=is_new, at=at)
    except TooFast:
        if is_watched:
            _take_back(by, at=at)
        raise
    effect = ListedWord.effect_on(text)
    if effect == Effect.REFUSE:
        raise WordRefused
    echo = None if is_own else echoes.echo(text)
    is_hasty &= not is_own  # who answers all their guests is no machine
    with transaction.atomic():
        before = _said_alike(echo, by=by, at=at)
        is_echo = len(before) >= echoes.most_voices(is_new=is_new)
        is_withheld = is_watched or is_hasty or is_echo or effect == Effect.HOLD
        said = Comment.say(
            clip, text, by=by, at=at, thread=thread, echo=echo, is_withheld=is_withheld
        )
        if effect == Effect.HOLD:
            Case.open_on(Thing.of(said), reason="other", at=at, origin=Origin.HELD)
        if is_echo:
            for comment in before[1:]:  # the first may be who was copied
                if comment.withheld_at is None and limits.is_new(comment.author, at=at):
                    comment.withhold(at=at)
                    _hold(comment.author, at=at)
        if is_hasty or is_echo:
            _hold(by, at=at)
    return said


def _said_alike(echo: int | None, *, by: Person, at: datetime) -> list[Comment]:
    """Return what others said alike just now, the first of each, oldest first. Queries: 1 or 0."""
    if echo is None:
        return []
    rows = Comment.objects.filter(echo=echo, at__gt=at - echoes.WITHIN).exclude(author=by)
    alike = rows.select_related("author").order_by("at", "pk")[:50]
    return list({comment.author_id: comment for comment in reversed(alike)}.values())[::-1]


def _is_watched(author: Person) -> bool:
    """Tell whether a moderator has yet to judge what was held of somebody. Queries: 1."""
    held = Case.objects.filter(person=author, origin=Origin.HELD, closed_at=None)
    return held.exists()


def _take_back(author: Person, *, at: datetime) -> None:
    """Hold the first ones of a flood too, which came before it was one. Queries: 1."""
    latest = Comment.objects.filter(author=author, at__gt=at - limits.MINUTE, withheld_at=None)
    latest.exclude(clip__creator=author).update(withheld_at=at, pinned_at=None)


def _hold(author: Person, *, at: datetime) -> None:
    """Let a moderator judge all that was held of somebody, at once."""
    Case.open_on(Thing.of(author), reason="spam", at=at, origin=Origin.HELD)
