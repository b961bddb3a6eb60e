"""What the operator lets nobody advertise is refused as it is made, and stands nowhere."""

import pytest
from django.conf import LazySettings

from tests import make
from tests.ads import making
from vitrine.ads import blocklist, campaigning, obstacles, refusals
from vitrine.ads.campaigning import Shown
from vitrine.ads.demand import answers, asking
from vitrine.ads.models import Ad, Call
from vitrine.ads.standing import standing_ads
from vitrine.catalog.models import Category, Product
from vitrine.surfaces.promote import state


@pytest.mark.parametrize(
    "text, read",
    [("", ()), (" home/knives,IAB7-39 home/knives", ("home/knives", "IAB7-39"))],
)
def test_a_list_of_categories_is_read(text: str, read: tuple[str, ...]) -> None:
    assert blocklist.categories(text) == read


def test_a_list_of_words_is_read_folded() -> None:
    assert blocklist.words("Crypto , Épée,, get  rich") == ("crypto", "epee", "get rich")


@pytest.mark.parametrize("text", ["Home", "IAB", "home//knives", "home/"])
def test_what_is_no_category_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="list categories such as"):
        blocklist.categories(text)


def of_shop(**said: str) -> Ad:
    """Make an approved ad that leads to a product of its shop."""
    owner = make.person()
    shop = make.merchant(owner=owner)
    product = make.product(shop, **said)
    make.variant(product, stock=5)
    campaign = making.campaign(making.advertiser(owner, merchant=shop))
    return making.ad(making.group(campaign), product=product, call="shop")


@pytest.mark.django_db
def test_goods_of_a_blocked_branch_are_not_advertised(settings: LazySettings) -> None:
    ad, other = of_shop(), of_shop()
    top = Category.objects.create(key="blades", name="Blades")
    kept = Category.objects.create(key="blades/knives", name="Knives", parent=top)
    Product.objects.filter(pk=ad.product_id or 0).update(listed_in=kept)
    assert set(standing_ads()) == {(ad.pk,), (other.pk,)}

    settings.VITRINE_AD_BLOCKED_CATEGORIES = ("blades",)
    owner = making.owner_of(ad.advertiser)
    shown = Shown(ad.clip, Product.objects.get(pk=ad.product_id or 0), Call.SHOP)

    assert list(standing_ads()) == [(other.pk,)]
    with pytest.raises(refusals.Blocked, match="“Knives”"):
        campaigning.add_ad(ad.group, shown, by=owner, at=make.NOON)
    assert set(Ad.objects.all()) == {ad, other}
    named = obstacles.told(Ad.objects.with_standing()).get(pk=ad.pk)
    assert state.of_ad(named).why == obstacles.BLOCKED


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["title", "brand", "category"])
def test_no_ad_has_a_blocked_word(settings: LazySettings, where: str) -> None:
    ad, other = of_shop(**{where: "The Épée of luck"}), of_shop(title="Epées")

    settings.VITRINE_AD_BLOCKED_WORDS = blocklist.words("épée")

    assert list(standing_ads()) == [(other.pk,)]
    shown, owner = Shown(ad.clip, ad.product, Call.SHOP), making.owner_of(ad.advertiser)
    with pytest.raises(refusals.Blocked, match="“epee”"):
        campaigning.add_ad(ad.group, shown, by=owner, at=make.NOON)
    clip = make.clip(owner, title="An épée")
    with pytest.raises(refusals.Blocked):
        campaigning.boost(ad.advertiser, clip, daily_minor=500, days=2, by=owner, at=make.NOON)


@pytest.mark.django_db
def test_nobody_outside_bids_for_what_is_blocked(settings: LazySettings) -> None:
    settings.VITRINE_AD_BLOCKED_CATEGORIES = ("blades", "IAB7-39")

    listed = blocklist.of_iab(settings.VITRINE_AD_BLOCKED_CATEGORIES)

    assert b'"bcat":["IAB25","IAB26","IAB7-39"]' in asking.request("", 1).body.replace(b" ", b"")
    assert blocklist.is_in("IAB7-39", listed, "-")
    assert blocklist.is_in("IAB25-3", listed, "-")
    assert not blocklist.is_in("IAB7-3", listed, "-")
    assert answers.Refused.CATEGORY.value == "blocked category"
