"""Clips of two kinds, and people who watch one kind each. Runs inside the cell: see Site.inside."""

import random
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
from django.utils import timezone

from tests import make
from tests.feed.learned import watch_all
from vitrine.feed.learning import rebuilding
from vitrine.kernel import storage
from vitrine.videos.models import Clip, Rendition

EACH = 270
MAKERS = 30
WATCHERS = 12
WATCHED = 40


def two_kinds() -> dict[str, list[str]]:
    """Make clips that are no news, and have viewers watch some; return their public ids by kind."""
    dice, now = random.Random(5), timezone.now()
    long_ago = now - timedelta(days=20)
    makers = {name: [make.person() for _ in range(MAKERS)] for name in ("Boat", "Lamp")}
    made: dict[str, list[Clip]] = {"Boat": [], "Lamp": []}
    for n in range(EACH):  # by turns: between equals, the feed begins with the oldest
        for name, clips in made.items():
            creator = makers[name][n % MAKERS]
            clips.append(make.clip(creator, title=f"{name} {n}", published_at=long_ago))
    for name, clips in made.items():
        put_films(clips[:WATCHED])
        for viewer in range(WATCHERS):
            watch_all(dice.sample(clips[:WATCHED], WATCHED), to=f"v_{name}{viewer}", at=long_ago)
    rebuilding.rebuild()  # what was learnt meanwhile is of the first watchers alone
    return {name: [clip.public_id for clip in clips[:WATCHED]] for name, clips in made.items()}


def put_films(clips: Sequence[Clip]) -> None:
    """Have made clips play: nine seconds that any browser shows, the same for all."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder, "film.mp4")
        drawn = ["-f", "lavfi", "-i", "color=c=teal:s=90x160:r=5:d=9", "-pix_fmt", "yuv420p"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *drawn, str(film)]
        subprocess.run(command, check=True)
        for one in Rendition.objects.filter(clip__in=clips):
            storage.put(one.key, film)
        Rendition.objects.filter(clip__in=clips).update(size=film.stat().st_size)
