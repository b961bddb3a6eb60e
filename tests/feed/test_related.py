"""What goes with a clip, and what was bought after it."""

import random
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.feed.learned import learn, watch_all
from vitrine.accounts.models import Block
from vitrine.feed import related
from vitrine.feed.learning import rebuilding
from vitrine.orders.models import Order, OrderState
from vitrine.videos.models import Clip, Visibility

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NEW = make.NOON + timedelta(hours=1)


def kind(each: int = 6) -> list[Clip]:
    """Make clips that the same people watch, each in an order of their own."""
    dice = random.Random(3)
    clips = [make.clip(published_at=make.NOON - timedelta(minutes=n)) for n in range(each)]
    for viewer in range(4):
        watch_all(dice.sample(clips, each), to=f"v_{clips[0].pk}{viewer}")
    return clips


def shown(clip: Clip, client: Client | None = None) -> list[Clip]:
    return list((client or Client()).get(clip.get_absolute_url()).context["related"])


@pytest.mark.parametrize("is_built", [False, True])
def test_what_is_watched_near_a_clip_goes_with_it_before_what_is_new(is_built: bool) -> None:
    lamps, boats = kind(), kind()
    newest = make.clip(published_at=NEW)
    rebuilding.rebuild() if is_built else learn()

    near = related.clips(lamps[0])

    assert set(near[:5]) == {clip.pk for clip in lamps[1:]}
    assert not {lamps[0].pk, newest.pk} & set(near)
    *others, last = shown(boats[2])
    assert {clip.pk for clip in others} == {clip.pk for clip in boats if clip != boats[2]}
    assert last == newest


def test_where_nothing_is_learnt_the_creators_own_go_first() -> None:
    clip, newest = make.clip(), make.clip(published_at=NEW)
    same = make.clip(clip.creator)

    assert related.clips(clip) == []
    assert shown(clip) == [same, newest]


def test_nobody_is_shown_what_they_may_not_see() -> None:
    lamps = kind()
    ana, client = make.person(), Client()
    client.force_login(ana)
    Clip.objects.filter(pk=lamps[1].pk).update(visibility=Visibility.PRIVATE)
    Block.put(by=lamps[2].creator, on=ana, at=make.NOON)
    learn()

    near = shown(lamps[0], client)

    assert {clip.pk for clip in near} == {clip.pk for clip in lamps[3:]}


def test_what_three_bought_after_a_clip_is_shown_unless_it_is_on_the_clip() -> None:
    clip, other = make.clip(), make.clip()
    lamp, mug, rug = (
        make.variant(make.product(title=name), stock=9) for name in ("Lamp", "Mug", "Rug")
    )
    for variant, buyers in ((lamp, 3), (mug, 4), (rug, 2)):
        for _ in range(buyers):
            make.purchase(variant, clip=clip, buyer=make.person())
    at = make.NOON

    assert related.bought(clip, [], most=4, at=at) == [mug.product.pk, lamp.product.pk]
    assert related.bought(clip, [], most=4, at=at + timedelta(days=91)) == []
    assert related.bought(other, [clip.pk], most=4, at=at) == [mug.product.pk, lamp.product.pk]
    html = Client().get(clip.get_absolute_url()).content.decode()
    assert "Bought after this clip" in html
    assert "Rug" not in html

    make.tag(clip, mug.product)
    lost = Order.objects.filter(lines__variant=lamp).values("pk")[:1]
    Order.objects.filter(pk__in=lost).update(state=OrderState.CANCELLED)
    assert related.bought(clip, [], most=4, at=at) == []


def test_one_who_buys_thrice_is_one_buyer() -> None:
    clip, lamp, ana = make.clip(), make.variant(stock=9), make.person()
    for _ in range(3):
        make.purchase(lamp, clip=clip, buyer=ana)

    assert related.bought(clip, [], most=4, at=make.NOON) == []
