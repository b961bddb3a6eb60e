"""Beside which clips no ad stands, and beside which an advertiser's do not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from tests.promote.asking import errors, planned, text, url
from vitrine.ads import (
    beside,
    bidding,
    campaigning,
    holding,
    planning,
    serving,
    standing,
    wording,
)
from vitrine.ads.models import Ad, AdGroup, PastTargeting, Questioned
from vitrine.ads.viewing import Asking
from vitrine.catalog.models import Category
from vitrine.safety import appealing, judging, reporting
from vitrine.safety.models import Case
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.surfaces.watch import promoted
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


@pytest.fixture
def clips() -> list[Clip]:
    """Make a page whose ads stand after its second and eighth clips, or one or two clips later."""
    creator = make.person()
    return [make.clip(creator) for _ in range(10)]


def places(clips: list[Clip], *, key: str = "v_somebody") -> list[int]:
    """Return after how many clips of a page ads stand."""
    keys = [clip.pk for clip in clips]
    asking = Asking(key, AnonymousUser(), "en", first=5, clips=keys)
    return [ad.after for ad in serving.ads_for(asking, at=make.NOON)]


def two_ads() -> list[Ad]:
    return [making.ad(), making.ad()]


@pytest.mark.parametrize(
    "at, left", [(0, [2, 8]), (1, [3, 9]), (2, [4]), (3, [2, 8]), (7, [2, 9]), (8, [2])]
)
def test_no_ad_stands_beside_a_clip_for_adults(clips: list[Clip], at: int, left: list[int]) -> None:
    two_ads()
    clips[at].rate(is_mature=True, at=make.NOON)

    assert places(clips) == left


def test_nor_beside_one_made_with_it(clips: list[Clip]) -> None:
    two_ads()
    origin = make.clip(is_mature=True)
    clips[1] = make.remix(origin)

    assert places(clips) == [3, 9]


def test_nor_beside_one_that_is_yet_to_be_judged(clips: list[Clip]) -> None:
    two_ads()
    thing = Thing.of(clips[8])
    reporting.report(thing, by=make.person(), reason="spam", note="", at=make.NOON)
    assert places(clips) == [2]

    case = Case.objects.get()
    decision = judging.decide(
        case, by=make.person(is_moderator=True), reason="spam", measure=Measure.WARN,
        words="", at=make.NOON,
    )  # fmt: skip
    assert not Questioned.objects.exists()
    appealing.appeal(decision, by=clips[8].creator, text="No.", at=make.NOON)
    assert Questioned.objects.get().clip == clips[8]
    Case.objects.filter(closed_at=None).update(closed_at=make.NOON)
    assert places(clips, key="v_other") == [2, 8]


@pytest.mark.parametrize(
    "fields", [{"title": "A FIRE in Albany"}, {"description": "Burning #fire"}]
)
@pytest.mark.parametrize("at", [1, 2, 8])
def test_an_advertiser_s_ads_keep_off_the_words_they_avoid(
    clips: list[Clip], fields: dict[str, Any], at: int
) -> None:
    shy, other = two_ads()
    beside.put(shy.group.campaign.advertiser, words=["fire"], categories=[])
    assert places(clips, key="v_first") == [2, 8]

    Clip.objects.filter(pk=clips[at].pk).update(**fields)

    keys = [clip.pk for clip in clips]
    shown = serving.ads_for(
        Asking("v_somebody", AnonymousUser(), "en", first=5, clips=keys), at=make.NOON
    )
    assert [ad.ad for ad in shown] == [other.public_id]


def test_a_word_is_a_whole_one_and_of_what_stands_next(clips: list[Clip]) -> None:
    beside.put(making.ad().group.campaign.advertiser, words=["fire"], categories=[])
    Clip.objects.filter(pk=clips[1].pk).update(title="Fireflies")
    Clip.objects.filter(pk=clips[5].pk).update(title="Fire")

    assert len(places(clips)) == 1


def test_what_is_sold_on_a_clip_is_its_category(clips: list[Clip]) -> None:
    home = Category.objects.get(key="home")
    chairs = Category.objects.get(key="home/furniture/chairs")
    clothing = Category.objects.get(key="clothing")
    payer = making.ad().group.campaign.advertiser
    make.tag(clips[2], make.product(listed_in=chairs))

    beside.put(payer, words=[], categories=[clothing.pk])
    assert len(places(clips, key="v_first")) == 1
    beside.put(payer, words=[], categories=[home.pk])
    standing.forget()

    assert places(clips) == []


def test_an_ad_stands_only_beside_clips_that_sell_what_its_group_names(clips: list[Clip]) -> None:
    chair = make.product(listed_in=Category.objects.get(key="home/furniture/chairs"))
    ad = making.ad(making.group(beside=["home", "clothing"]))
    assert places(clips, key="v_none") == []
    standing.forget()

    making.ad()
    elsewhere = clips[4]
    make.tag(elsewhere, chair)
    astray = places(clips, key="v_astray")
    make.tag(clips[2], chair)
    both = places(clips, key="v_both")
    AdGroup.objects.filter(pk=ad.group_id).update(beside=["clothing", chair.public_id])
    standing.forget()
    by_product = places(clips, key="v_product")
    AdGroup.objects.filter(pk=ad.group_id).update(beside=["home/furniture/chairs/deck"])
    standing.forget()

    assert (astray, both, by_product) == ([2], [2, 8], [2, 8])
    assert places(clips, key="v_deck") == [2]


def test_beside_what_it_stands_is_read_by_whoever_sees_it_and_by_everybody() -> None:
    lamp = make.product(title="A lamp")
    ad = making.ad(making.group(beside=["home"]))
    campaigning.change_group(
        ad.group, "All", campaigning.Audience(beside=("home", lamp.public_id)), at=make.NOON
    )

    ad.group.refresh_from_db()

    assert "beside clips that sell: Home; A lamp" in list(wording.whom(ad.group))
    (why, *_) = promoted.reasons(ad)
    assert why == "It stands beside clips that sell: Home; A lamp."
    assert PastTargeting.objects.get(group=ad.group).beside == ["home"]
    assert not ad.group.is_profiled


def test_beside_what_is_chosen_in_the_form_of_a_group() -> None:
    owner = make.person()
    shop = make.merchant("Ours", owner=owner)
    lamp = make.product(shop, title="A lamp")
    payer = making.advertiser(owner, merchant=shop)
    typed = planned(make.clip(owner).public_id) | {"beside_categories": ["home"]}
    client, new = signed_in(owner), url("new", payer.public_id)

    wrong = client.post(new, typed | {"beside_product": "A bell"})
    client.post(new, typed | {"beside_product": "a lamp"})

    assert errors(wrong) == {"beside_product": "You sell nothing of that name."}
    group = AdGroup.objects.get()
    assert group.beside == ["home", lamp.public_id]
    page = text(client.get(url("group", payer.public_id, group.public_id)))
    assert f'value="{lamp.get_absolute_url()}"' in page
    assert 'value="home" id="group-beside_categories_' in page
