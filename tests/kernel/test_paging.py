"""A page goes on from the last row seen, whatever was added meanwhile."""

import base64
import json
from datetime import timedelta

import pytest

from tests import make
from vitrine.kernel.paging import newest_first
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def _packed(*place: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


NUL = _packed("2026-11-20T12:00:00+00:00", "us_\0")
NAIVE = _packed("2026-11-20T12:00:00", "us_01M8AQDYBQ5WN0N0YVPWTVED0B")


def titles(cursor: str | None, size: int = 2) -> tuple[list[str], str | None]:
    page = newest_first(Clip.objects.all(), by="created_at", cursor=cursor, size=size)
    return [clip.title for clip in page.rows], page.next_cursor


def test_pages_follow_each_other_without_a_gap_or_a_repeat() -> None:
    creator = make.person()
    for number in range(5):
        make.clip(creator, title=str(number))  # all at the same moment: ties go by public id

    first, cursor = titles(None)
    late = make.clip(creator, title="late")
    Clip.objects.filter(pk=late.pk).update(created_at=make.NOON + timedelta(hours=1))
    second, cursor = titles(cursor)
    third, end = titles(cursor)

    assert sorted(first + second + third) == ["0", "1", "2", "3", "4"]
    assert end is None


def test_a_cursor_names_no_primary_key() -> None:
    clips = [make.clip(title=str(number)) for number in range(3)]

    _, cursor = titles(None)

    assert cursor is not None
    _at, name = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    assert name in {clip.public_id for clip in clips}


def test_newer_moments_come_first() -> None:
    creator = make.person()
    for hours in (1, 3, 2):
        clip = make.clip(creator, title=str(hours))
        Clip.objects.filter(pk=clip.pk).update(created_at=make.NOON + timedelta(hours=hours))

    assert titles(None, size=3) == (["3", "2", "1"], None)


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "W10", "WyJhIiwgImIiXQ", "WyJhIiwxXQ", "é", NUL, NAIVE]
)
def test_a_cursor_that_cannot_be_read_starts_from_the_top(cursor: str) -> None:
    make.clip(title="only")

    assert titles(cursor) == (["only"], None)
