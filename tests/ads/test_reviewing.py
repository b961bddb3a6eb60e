"""What reviewers approved is what is shown, to no more people: else an ad waits again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.ads import making
from tests.races import race
from vitrine.ads import campaigning, reviewing
from vitrine.ads.campaigning import Audience
from vitrine.ads.invariants import ads_are_what_was_seen
from vitrine.ads.models import Ad, AdGroup, AdVerdict, Advertiser
from vitrine.ads.standing import standing_ads
from vitrine.catalog.models import Picture, Product
from vitrine.kernel.errors import Refusal
from vitrine.videos.models import Caption, Clip

pytestmark = pytest.mark.django_db


def stands(ad: Ad) -> bool:
    """Tell whether an ad may be shown, and see that it waits if it may not."""
    is_shown = standing_ads().filter(pk=ad.pk).exists()
    assert Ad.objects.waiting().filter(pk=ad.pk).exists() != is_shown
    return is_shown


def of_product() -> Ad:
    """Make an approved ad that leads to a product with a picture, with captions on its clip."""
    owner = make.person()
    shop = make.merchant(owner=owner)
    product = make.product(shop)
    make.variant(product, stock=5)
    Picture.objects.create(product=product, key="p/1", width=9, height=9)
    ad = making.ad(
        making.group(making.campaign(making.advertiser(owner, merchant=shop))),
        product=product,
        call="shop",
    )
    assert stands(ad)
    return ad


CHANGES: dict[str, Callable[[Ad], Any]] = {
    "title": lambda ad: Clip.objects.filter(pk=ad.clip_id).update(title="Other"),
    "description": lambda ad: Clip.objects.filter(pk=ad.clip_id).update(description="Other"),
    "cover": lambda ad: Clip.objects.filter(pk=ad.clip_id).update(cover_key="v/1/other"),
    "captions": lambda ad: Caption.objects.create(clip=ad.clip, language="en", webvtt="Other"),
    "product": lambda ad: Product.objects.filter(pk=ad.product_id or 0).update(title="Other"),
    "its text": lambda ad: Product.objects.filter(pk=ad.product_id or 0).update(
        description="Other"
    ),
    "its picture": lambda ad: Picture.objects.filter(product=ad.product_id).update(key="p/2"),
    "no picture": lambda ad: Picture.objects.filter(product=ad.product_id).delete(),
    "who pays": lambda _: Advertiser.objects.update(name="Other"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_other_words_or_pictures_are_looked_at_anew(what: str) -> None:
    ad = of_product()

    CHANGES[what](ad)

    assert not stands(ad)
    ad.refresh_from_db()
    reviewing.judge(ad, by=make.person(is_moderator=True), at=make.NOON)
    assert stands(ad)


def test_what_was_approved_once_needs_no_second_look() -> None:
    ad = making.ad()
    clip = Clip.objects.filter(pk=ad.clip_id)
    clip.update(title="Other")
    Caption.objects.create(clip=ad.clip, language="en", webvtt="Heard", heard_at=make.NOON)

    clip.update(title=ad.clip.title, comments_open=False)

    assert stands(ad)


WIDE = Audience(ages=("25-34",), interests=("lamps",), regions=("NY",))


@pytest.mark.parametrize(
    "now, waits",
    [
        (Audience(), True),
        (Audience(interests=("lamps",), regions=("NY",)), True),
        (Audience(ages=("25-34", "35-44"), interests=("lamps",), regions=("NY",)), True),
        (Audience(ages=("18-24",), interests=("lamps",), regions=("NY",)), True),
        (Audience(ages=("25-34",), interests=("lamps", "brass"), regions=("NY",)), True),
        (Audience(ages=("25-34",), interests=("lamps",)), True),
        (WIDE, False),
        (Audience(("search",), 5_000, ("en",), *list(vars(WIDE).values())[3:]), False),  # type: ignore[arg-type]
    ],
)
def test_an_ad_for_more_people_is_looked_at_anew(now: Audience, waits: bool) -> None:
    group = making.group(ages=["25-34"], interests=["lamps"], regions=["NY"])
    ad = making.ad(group, product=make.variant(stock=1).product, call="shop")
    assert stands(ad)

    said = campaigning.change_group(group, "Others", now, at=make.NOON)

    assert said is waits
    assert stands(ad) is not waits


def test_of_whom_nobody_is_left_out_any_more_it_is_for_more_people() -> None:
    ad = making.ad(making.group(left_out=["bought"], alike=["looked"], alike_percent=2))
    groups = AdGroup.objects.filter(pk=ad.group_id)
    groups.update(left_out=["bought", "bagged"], alike_percent=1)
    assert stands(ad)

    groups.update(alike_percent=2)
    assert not stands(ad)

    groups.update(left_out=["bagged"])
    assert groups.get().widened == 2


def test_postgres_takes_no_verdict_of_something_else_nor_two_of_one_thing() -> None:
    ad = making.ad()
    said: dict[str, Any] = {
        "ad": ad, "is_approved": False, "reason": "age", "by": make.person(), "at": make.NOON
    }  # fmt: skip

    with pytest.raises(IntegrityError, match="not what was seen"), transaction.atomic():
        AdVerdict.objects.create(digest="0" * 64, **said)
    with pytest.raises(IntegrityError, match="ad_verdict_once"), transaction.atomic():
        AdVerdict.objects.create(**said)

    assert stands(ad)


def test_what_a_digest_hides_is_found() -> None:
    ad = making.ad()
    assert ads_are_what_was_seen().violations == []

    Ad.objects.update(digest="0" * 64)

    assert ads_are_what_was_seen().violations == [f"the ad {ad} is not what its digest says"]


@pytest.mark.django_db(transaction=True)
def test_of_two_verdicts_at_once_one_is_refused() -> None:
    ad = making.ad(is_approved=False)
    reviewers = [make.person(is_moderator=True) for _ in range(2)]

    def judge(n: int) -> str:
        try:
            reviewing.judge(ad, by=reviewers[n], at=make.NOON)
        except Refusal as refusal:
            return refusal.code
        return "said"

    assert sorted(map(str, race(2, judge))) == ["ad_judged_meanwhile", "said"]
    assert AdVerdict.objects.count() == 1
