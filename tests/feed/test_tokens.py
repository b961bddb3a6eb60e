"""Playback tokens, and what a browser may say with them."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.feed import telling
from tests.feed.reported import AFTER
from tests.feed.telling import KEY
from vitrine.feed import impressions, plausible
from vitrine.feed.plausible import Told
from vitrine.feed.sources import Source

READER = impressions.Reader(KEY, at=make.NOON + AFTER)


def test_ids_of_one_page_share_all_but_the_place() -> None:
    clips = ["us_01HZZZZZZZZZZZZZZZZZZZZZZZ"] * 10
    ids = [
        READER.read(token, clip=clips[0]).id
        for token in impressions.tokens(clips, to=KEY, source=Source.EMBED, at=make.NOON)
    ]

    assert [one[15] for one in ids] == list(range(10))
    assert len({one[:15] for one in ids}) == 1
    assert ids == sorted(ids)


def test_a_token_says_what_it_was_made_with() -> None:
    clip = "us_01HZZZZZZZZZZZZZZZZZZZZZZZ"
    for source in Source:
        (token,) = impressions.tokens([clip], to=KEY, source=source, at=make.NOON)

        read = READER.read(token, clip=clip)

        assert (read.source, read.served_ms) == (source, make.NOON.timestamp() * 1000)
        assert len(token) == 52
        assert KEY not in token


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(impressions.NotBelieved):
        READER.read(text, clip="us_x")


@given(st.binary(max_size=80), st.integers(1, 200_000))
def test_what_was_seen_has_a_bit_for_each_second_of_the_clip(seen: bytes, duration_ms: int) -> None:
    of = plausible.extent(duration_ms)

    kept = plausible.seen(Told(0, 1, 0, seen, 0, 0), of)

    seconds = -(-duration_ms // 1000)
    assert kept == int.from_bytes(seen, "little") % 2**seconds
    assert of.size == -(-seconds // 8)


@given(st.integers(0, 600_000), st.integers(1, 180_000), st.sampled_from([0.5, 1.0, 1.5, 2.0]))
def test_an_honest_browser_is_always_believed(ms: int, duration_ms: int, speed: float) -> None:
    """It watches on and on at one speed, beginning a moment after the page was served."""
    played_ms = int(ms * speed)
    seconds = min(played_ms // 1000 + 1, -(-duration_ms // 1000))
    told = Told(0, ms, played_ms // duration_ms, telling.seconds((0, seconds)), 0, 0)

    of = plausible.extent(duration_ms)
    assert plausible.fault(told, plausible.seen(told, of), of, elapsed_ms=ms) is None


def test_a_token_of_an_earlier_release_is_still_read() -> None:
    clip = "us_01HZZZZZZZZZZZZZZZZZZZZZZZ"
    (now,) = impressions.tokens([clip], to=KEY, source=Source.EMBED, at=make.NOON)
    packed = b"\1" + base64.urlsafe_b64decode(now)[1:24]
    seal = hmac.digest(impressions._key(), packed + clip.encode(), "sha256")[:15]
    before = base64.urlsafe_b64encode(packed + seal).decode()

    assert READER.read(before, clip=clip) == READER.read(now, clip=clip)
    with pytest.raises(impressions.NotBelieved):
        READER.read(before, clip=clip.replace("H", "J"))
