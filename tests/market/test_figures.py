"""The seller's figures: from views to money; the sums on the page are those of its rows."""

import csv
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import signed_in, url
from vitrine.catalog.models import Merchant, Role
from vitrine.feed.models import ClipDay, CountedDay
from vitrine.orders import figures
from vitrine.orders.models import Bagging, Order
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.templatetags.charts import bars
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def _counted(clip: Clip, day: date, qualified: int, taps: int) -> None:
    """Store what a closed day came to."""
    named = ("watched_ms", "skipped", "finished", "shares", "follows")
    ClipDay.objects.create(
        clip=clip,
        day=day,
        source="for_you",
        reach=qualified,
        qualified=qualified,
        taps=taps,
        seen=[],
        **dict.fromkeys(named, 0),
    )


def test_from_views_to_money_by_day_clip_creator_and_product(
    client: Client, shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    today, before = local_day(now), local_day(now - timedelta(days=3))
    lamp = make.variant(make.product(shop, title="=lamp"), stock=50)
    mug = make.variant(make.product(shop, title="Mug"), stock=50, price_minor=900)
    clip, second = make.clip(title="Lamp & co"), make.clip(title="Never bought from")
    stranger = make.clip()
    make.tag(clip, lamp.product)
    make.tag(second, mug.product)
    for day, views, taps in ((today, 70, 7), (before, 1_200, 50)):
        _counted(clip, day, views, taps)
    _counted(second, before, 30, 0)
    _counted(stranger, before, 999, 99)
    CountedDay.objects.create(day=today, closed_at=now)
    make.purchase(lamp, mug, clip=clip)
    make.purchase(lamp)
    Order.objects.update(placed_at=now)
    client.post("/cart/lines", {"variant": lamp.public_id, "clip": clip.public_id})
    figures.sum_days(at=now)

    with django_assert_max_num_queries(10):  # two for the session
        answer = client.get(url("figures", shop))
    page, found = answer.content.decode(), answer.context["found"]

    assert Bagging.objects.get().clip == clip
    assert found.total.cells == [1_300, 57, 1, 2, 3, 4_900]
    assert [sum(day.steps.cells[n] for day in found.days) for n in range(6)] == found.total.cells
    assert [(one.title, steps.cells) for one, steps in found.by_clip] == [
        ("Lamp & co", [1_270, 57, 1, 1, 2, 2_900]),
        ("Never bought from", [30, 0, 0, 0, 0, 0]),
    ]
    assert [(who, steps.paid_minor) for who, steps in found.by_creator] == [
        (clip.creator, 2_900),
        (second.creator, 0),
    ]
    assert [(one.title, steps.cells[2:]) for one, steps in found.by_product] == [
        ("=lamp", [1, 2, 2, 4_000]),
        ("Mug", [0, 1, 1, 900]),
    ]
    assert "<b>1,300</b>" in page
    assert "$49.00" in page
    sent = client.get(url("figures_table", shop)).content.decode()
    rows = list(csv.DictReader(sent.splitlines()))
    days = [row for row in rows if row["by"] == "day"]
    assert len(days) == 28
    assert sum(int(row["views"]) for row in days) == 1_300
    assert [row["paid"] for row in rows if row["by"] == "product"] == ["40.00", "9.00"]
    assert "'=lamp" in {row["what"] for row in rows}
    one = {"since": before.isoformat(), "until": before.isoformat()}
    assert client.get(url("figures", shop), one).context["found"].total.views == 1_230
    Clip.objects.filter(pk=clip.pk).update(visibility="private")
    second.delete(at=now)
    for name in ("figures", "figures_table"):
        sent = client.get(url(name, shop)).content.decode()
        assert not re.search("Lamp .* co|Never bought", sent)


def test_days_that_make_no_sense_are_said_and_kept(client: Client, shop: Merchant) -> None:
    asked = {"since": "2026-05-02", "until": "2026-05-01"}

    answer = client.get(url("figures", shop), asked)

    assert answer.status_code == client.get(url("figures_table", shop), asked).status_code == 422
    assert "The last day must not be before the first." in answer.content.decode()
    assert 'value="2026-05-02"' in answer.content.decode()


def test_the_counter_sees_no_figures_and_no_other_shop_does(shop: Merchant) -> None:
    make.member(shop, clerk := make.person(), Role.COUNTER)
    make.member(shop, keeper := make.person(), Role.FINANCE)

    assert signed_in(clerk).get(url("figures", shop)).status_code == 404
    assert signed_in(keeper).get(url("figures", shop)).status_code == 200


def test_bars_are_drawn_to_scale() -> None:
    drawn = bars([0, 5, 10, -1])

    assert [(bar.x, bar.y, bar.height) for bar in drawn] == [
        ("0.00", "100.00", "0.00"),
        ("25.00", "50.00", "50.00"),
        ("50.00", "0.00", "100.00"),
        ("75.00", "100.00", "0.00"),
    ]
