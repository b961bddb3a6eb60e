"""What the data map says is kept for a time is gone after it."""

from datetime import timedelta

import pytest

from tests import make
from vitrine.catalog import tasks
from vitrine.catalog.models import ImportReport, Tag


@pytest.mark.django_db
def test_old_reports_and_tags_of_deleted_clips_are_forgotten() -> None:
    shop = make.merchant()
    for days in (89, 91):
        ImportReport.objects.create(
            merchant=shop,
            filename=f"{days}.csv",
            format="shopify",
            started_at=make.NOON - timedelta(days=days),
        )
    clips = [make.clip() for _ in range(2)]
    tags = [make.tag(clip, make.product(shop)) for clip in clips]
    clips[0].delete(at=make.NOON)

    tasks.forget_before(at=make.NOON)

    assert ImportReport.objects.get().filename == "89.csv"
    assert Tag.objects.get() == tags[1]
