"""A country's worth of people and clips, with words as languages have them.

Imported only once Django is set up on the cell. The same rows every time.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.search import keeping
from vitrine.sovereignty.cell import this_cell
from vitrine.videos.models import Clip

PEOPLE = 100_000
CLIPS = 1_000_000
LIKES = 1_000_000
FOLLOWS = 500_000
WORDS = 60_000
BATCH = 20_000
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u")]

# Whoever has a low number is well known: a power of an even draw is a long tail.
_TAIL = "1 + floor(power(random(), 4) * %s)::bigint"
_LIKES = f"""
INSERT INTO videos_like (home_cell, clip_id, person_id, at)
SELECT %s, (SELECT min(id) FROM videos_clip) - 1 + {_TAIL},
  (SELECT min(id) FROM accounts_person) + floor(random() * %s)::bigint, now()
FROM generate_series(1, %s) ON CONFLICT DO NOTHING"""
_FOLLOWS = f"""
INSERT INTO accounts_follow (home_cell, followed_id, follower_id, at)
SELECT %s, first + a, first + b, now() FROM (
  SELECT (SELECT min(id) FROM accounts_person) AS first, -1 + {_TAIL} AS a,
    floor(random() * %s)::bigint AS b FROM generate_series(1, %s)
) AS drawn WHERE a <> b ON CONFLICT DO NOTHING"""

_COPY = """
COPY videos_clip (home_cell, public_id, creator_id, title, description, created_at, published_at,
  poster_key, placeholder, language, visibility, comments_open, original_key, original_bytes,
  duration_ms, width, height, has_sound) FROM STDIN"""
_ALIKE = (bytes(146), "en", "public", True, "", 0, 9_000, 720, 1280, True)


def fill() -> list[str]:
    """Make the people, their clips, and who likes and follows; return some words, common first."""
    draw = np.random.default_rng(7)
    words = _vocabulary(draw)
    odds = 1 / np.arange(1, WORDS + 1)
    odds /= odds.sum()
    now = datetime.now(UTC)
    people = _people(draw, words)
    cell = this_cell().code
    for first in range(0, CLIPS, BATCH):
        _clips(draw, people, words, odds, cell, now, first)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_LIKES, [cell, CLIPS, PEOPLE, LIKES])
        cursor.execute(_FOLLOWS, [cell, PEOPLE, PEOPLE, FOLLOWS])
        keeping.count_received(since=now - timedelta(hours=1))
        with transaction.atomic():
            keeping.count_words()
        cursor.execute("VACUUM ANALYZE")
    return [words[place] for place in (0, 1, 5, 20, 100, 500, 3_000, 20_000, WORDS - 1)]


def _vocabulary(draw: np.random.Generator) -> list[str]:
    """Return made-up words, all different, of three to five syllables."""
    made: dict[str, None] = {}
    while len(made) < WORDS:
        places = draw.integers(len(SYLLABLES), size=3 + len(made) % 3)
        made["".join(SYLLABLES[place] for place in places)] = None
    return list(made)


def _people(draw: np.random.Generator, words: list[str]) -> list[Person]:
    made: list[Person] = []
    for first in range(0, PEOPLE, BATCH):
        names = draw.integers(WORDS, size=(BATCH, 2))
        made += Person.objects.bulk_create(
            Person(
                email=f"person{first + n}@example.org",
                handle=f"{words[names[n, 0]]}{first + n}",
                display_name=f"{words[names[n, 0]]} {words[names[n, 1]]}".title(),
                password="!",
            )
            for n in range(BATCH)
        )
    return made


def _clips(
    draw: np.random.Generator,
    people: list[Person],
    words: list[str],
    odds: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    cell: str,
    now: datetime,
    first: int,
) -> None:
    """Write one batch of clips with COPY: objects of a million rows take longer than their rows."""
    texts = draw.choice(WORDS, size=(BATCH, 16), p=odds)
    makers = (draw.random(BATCH) ** 4 * PEOPLE).astype(int)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for n in range(BATCH):
            text = [words[each] for each in texts[n]]
            copy.write_row(
                (
                    cell,
                    ids.new(),
                    people[makers[n]].pk,
                    " ".join(text[:5]).capitalize(),
                    f"{' '.join(text[5:15]).capitalize()}. #{text[15]}",
                    now,
                    now - timedelta(seconds=90 * (first + n)),
                    f"renditions/{first + n}/poster.webp",
                    *_ALIKE,
                )
            )


def profiles(count: int) -> list[str]:
    """Return profile URLs: the one with most clips first, then ever smaller ones."""
    step = PEOPLE // count
    people = Person.objects.order_by("pk")
    return [f"/@{people[n * step].handle}" for n in range(count)]


def viewer() -> str:
    """Sign in somebody who follows a few hundred; return the cookie."""
    person = Person.objects.order_by("-pk")[0]
    for followed in Person.objects.order_by("pk")[:300]:
        person.follow(followed, at=datetime.now(UTC))
    client = Client()
    client.force_login(person, "vitrine.accounts.backend.Backend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def most_queries(urls: list[str]) -> int:
    """Return the queries of the page that makes most, to somebody signed in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.order_by("-pk")[0], "vitrine.accounts.backend.Backend")
    most = 0
    for url in urls:
        with CaptureQueriesContext(connection) as made:
            if client.get(url).status_code != 200:
                raise RuntimeError(f"{url} does not answer.")
        most = max(most, len(made))
    return most


def clips_on_show() -> int:
    """Return how many clips anybody may see."""
    return Clip.objects.listed_for(AnonymousUser()).count()
