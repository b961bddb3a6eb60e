"""Beacons of visitors who were served clips a while ago.

Imported only once Django is set up on the cell.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse

from bench.events import Batch
from vitrine.accounts import visitors
from vitrine.feed import impressions
from vitrine.feed.models import Viewing
from vitrine.feed.sources import Source
from vitrine.videos.models import Clip

BATCHES_A_VISITOR = 10
SECRET = "b" * 32
AGO = timedelta(minutes=3)


def facts() -> int:
    """Return how many reports were believed."""
    return Viewing.objects.count()


def batches(count: int, each: int) -> list[Batch]:
    """Make beacons with that many events each, one of each visitor after another.

    A browser sends the next once it has its answer: no two of one visitor are under way at once.
    """
    clips = list(Clip.objects.order_by("pk").values_list("public_id", flat=True))
    crowd = range(-(-count // BATCHES_A_VISITOR))
    lines = [_of(f"v_{secrets.token_urlsafe(16)}", clips, each) for _ in crowd]
    return list(islice(chain.from_iterable(zip(*lines, strict=True)), count))


def _of(key: str, clips: list[str], each: int) -> Iterator[Batch]:
    response = HttpResponse()
    visitors.remember(response, key)
    cookies = (
        f"{settings.CSRF_COOKIE_NAME}={SECRET}; "
        f"{visitors.COOKIE}={response.cookies[visitors.COOKIE].coded_value}"
    )
    at = datetime.now(UTC) - AGO
    for first in range(0, BATCHES_A_VISITOR * each, each):
        shown = [clips[n % len(clips)] for n in range(first, first + each)]
        tokens = impressions.tokens(shown, to=key, source=Source.FOR_YOU, at=at)
        events = [
            {"clip": clip, "token": token, "seq": 1, "ms": 8_000, "seen": "/wE="}
            for clip, token in zip(shown, tokens, strict=True)
        ]
        form = {"csrfmiddlewaretoken": SECRET, "events": json.dumps(events, separators=(",", ":"))}
        yield Batch(cookies, urlencode(form).encode())
