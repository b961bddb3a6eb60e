"""A page goes on from the last row seen, whatever was added meanwhile."""

from datetime import timedelta

import pytest

from tests import make
from vitrine.kernel.paging import newest_first
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def titles(cursor: str | None, size: int = 2) -> tuple[list[str], str | None]:
    page = newest_first(Clip.objects.all(), by="created_at", cursor=cursor, size=size)
    return [clip.title for clip in page.rows], page.next_cursor


def test_pages_follow_each_other_without_a_gap_or_a_repeat() -> None:
    creator = make.person()
    for number in range(5):
        make.clip(creator, title=str(number))  # all at the same moment: ties go by key

    first, cursor = titles(None)
    make.clip(creator, title="late")
    second, cursor = titles(cursor)
    third, end = titles(cursor)

    assert first + second + third == ["4", "3", "2", "1", "0"]
    assert end is None


def test_newer_moments_come_first() -> None:
    creator = make.person()
    for hours in (1, 3, 2):
        clip = make.clip(creator, title=str(hours))
        Clip.objects.filter(pk=clip.pk).update(created_at=make.NOON + timedelta(hours=hours))

    assert titles(None, size=3) == (["3", "2", "1"], None)


@pytest.mark.parametrize("cursor", ["", "nonsense", "W10", "WyJhIiwgImIiXQ"])
def test_a_cursor_that_cannot_be_read_starts_from_the_top(cursor: str) -> None:
    make.clip(title="only")

    assert titles(cursor) == (["only"], None)
