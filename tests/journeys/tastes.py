"""Clips of two kinds, and people who watch one kind each. Runs inside the cell: see Site.inside."""

import random
from datetime import timedelta

from django.utils import timezone

from tests import make
from tests.feed.learned import watch_all

EACH = 270
WATCHERS = 12
WATCHED = 40


def two_kinds() -> dict[str, list[str]]:
    """Make clips that are no news, and have viewers watch some; return their public ids by kind."""
    dice, now = random.Random(5), timezone.now()
    long_ago = now - timedelta(days=20)
    makers = [make.person() for _ in range(60)]
    made = {
        name: [
            make.clip(makers[n % 60], title=f"{name} {n}", published_at=long_ago)
            for n in range(EACH)
        ]
        for name in ("Boat", "Lamp")
    }
    for name, clips in made.items():
        for viewer in range(WATCHERS):
            watch_all(dice.sample(clips[:WATCHED], WATCHED), to=f"v_{name}{viewer}", at=long_ago)
    return {name: [clip.public_id for clip in clips[:WATCHED]] for name, clips in made.items()}
