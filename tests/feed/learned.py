"""Viewers who watch, and what is learnt of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests import make
from tests.feed import telling
from vitrine.feed.learning import news
from vitrine.videos.models import Clip


def watch_all(
    clips: Sequence[Clip], *, to: str, ms: int = 6_000, at: datetime = make.NOON
) -> datetime:
    """Watch clips one after the other; return when the last one was over."""
    for clip in clips:
        telling.watch(clip, ms, to=to, at=at)
        at += timedelta(milliseconds=ms)
    return at


def learn(*, at: datetime = make.NOON) -> None:
    """Learn what was reported, as the job does."""
    assert not news.learn(at=at)
