"""Products on clips."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from vitrine.catalog import tagging
from vitrine.catalog.models import Tag

pytestmark = pytest.mark.django_db


def test_a_creator_puts_a_product_on_a_clip_for_a_span() -> None:
    clip, product = make.clip(), make.product()

    tagging.tag(clip, product, from_ms=1_000, until_ms=4_000, by=clip.creator)
    tagging.tag(clip, product, from_ms=2_000, until_ms=5_000, by=clip.creator)

    tag = Tag.objects.get()
    assert (tag.from_ms, tag.until_ms) == (2_000, 5_000)


def test_nobody_else_can() -> None:
    clip = make.clip()

    with pytest.raises(tagging.NotTheCreator):
        tagging.tag(clip, make.product(), by=make.person())

    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"published_at": None}, {"withdrawn_at": make.NOON + timedelta(days=1)}],
)
def test_what_is_not_on_sale_cannot_be_tagged(fields: dict[str, Any]) -> None:
    clip, product = make.clip(), make.product(**fields)

    with pytest.raises(tagging.NotOnSale):
        tagging.tag(clip, product, by=clip.creator)


@pytest.mark.parametrize("span", [(-1, 100), (100, 100), (200, 100), (0, 9_001), (9_000, 9_500)])
def test_a_span_lies_within_the_clip(span: tuple[int, int]) -> None:
    clip = make.clip(duration_ms=9_000)

    with pytest.raises(tagging.OutsideTheClip):
        tagging.tag(clip, make.product(), from_ms=span[0], until_ms=span[1], by=clip.creator)

    assert not Tag.objects.exists()


def test_a_clip_shows_a_few_products_only() -> None:
    clip = make.clip()
    for _ in range(tagging.MAX_TAGS):
        tagging.tag(clip, make.product(), by=clip.creator)

    with pytest.raises(tagging.TooManyTags):
        tagging.tag(clip, make.product(), by=clip.creator)


def test_a_tag_can_be_taken_off_again() -> None:
    clip, product = make.clip(), make.product()
    tagging.tag(clip, product, by=clip.creator)

    with pytest.raises(tagging.NotTheCreator):
        tagging.untag(clip, product, by=make.person())
    tagging.untag(clip, product, by=clip.creator)

    assert not Tag.objects.exists()


def test_the_database_lets_no_product_outlast_its_clip() -> None:
    clip, product = make.clip(duration_ms=9_000), make.product()
    tag = make.tag(clip, product, until_ms=9_000)

    for write in (
        lambda: make.tag(clip, make.product(), until_ms=9_001),
        lambda: Tag.objects.filter(pk=tag.pk).update(until_ms=9_001),
    ):
        with pytest.raises(IntegrityError, match="ends after its clip"), transaction.atomic():
            write()

    assert list(Tag.objects.values_list("until_ms", flat=True)) == [9_000]
    make.tag(make.clip(duration_ms=0), product, until_ms=5_000)  # its file is still being read
