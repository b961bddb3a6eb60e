"""Nobody is picked by words, or by dealings, that say too much of them."""

from typing import Any

import pytest

from tests import make
from tests.ads import making
from vitrine.ads import campaigning, dealings, refusals, sensitive
from vitrine.ads.campaigning import Audience, Plan, Shown
from vitrine.ads.models import AdGroup, Objective
from vitrine.catalog.models import Merchant
from vitrine.kernel.money import MICROS_PER_MINOR

SAID = (
    *("pregnancytips", "gay", "Lesbian", "union", "debts"),
    *("enceinte", "Église", "syndicat", "dépression", "santé"),
    *("embarazada", "católico", "salud", "inmigrante", "divorciada"),
    *("schwanger", "Schulden", "jüdisch", "Krebs", "Gewerkschaft", "behindert"),
    *("hapū", "Māori", "takatāpui", "tōrangapū", "whakapono"),
)
UNSAID = (
    *("transport", "unionsuit", "conservation", "billiards", "lamps", "healthy", "museum"),
    *("terrasse", "libre", "fertiliser", "krebse", "voteless", "namaste"),
)


@pytest.mark.parametrize("word", SAID)
def test_a_word_of_any_language_that_says_too_much_is_known(word: str) -> None:
    assert sensitive.says_too_much(word)


@pytest.mark.parametrize("word", UNSAID)
def test_another_that_begins_alike_is_not(word: str) -> None:
    assert not sensitive.says_too_much(word)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """Return a shop that advertises, of which an audience of nobody is enough."""
    monkeypatch.setattr(dealings, "FEWEST", 0)
    monkeypatch.setattr(dealings, "FEWEST_ALIKE", 0)
    return make.merchant()


@pytest.mark.django_db
def test_whoever_makes_a_group_is_refused_such_a_hashtag() -> None:
    campaign = making.campaign()
    known = making.group(campaign)
    wrong = Audience(interests=("lamps", "grossesse"))
    payer, by = campaign.advertiser, making.owner_of(campaign.advertiser)
    plan = Plan("Ill", Objective.VIEWS, 100 * MICROS_PER_MINOR, None, make.NOON)

    for act in (
        lambda: campaigning.add_group(campaign, "Ill", wrong, at=make.NOON),
        lambda: campaigning.change_group(known, "Ill", wrong, at=make.NOON),
        lambda: campaigning.make(payer, plan, wrong, Shown(make.clip(by)), by=by, at=make.NOON),
    ):
        with pytest.raises(refusals.PicksByTooMuch, match="#grossesse"):
            act()

    assert AdGroup.objects.get() == known


@pytest.mark.django_db
@pytest.mark.parametrize(
    "aimed", [{"dealings": ("looked",)}, {"left_out": ("bought",)}, {"alike": ("bagged",)}]
)
@pytest.mark.parametrize("said", [{"title": "Thé de grossesse"}, {"category": "Medicines"}])
def test_what_people_did_in_a_shop_that_says_too_much_picks_nobody(
    shop: Merchant, aimed: dict[str, Any], said: dict[str, str]
) -> None:
    campaign = making.campaign(making.advertiser(merchant=shop))
    audience = Audience(**aimed, alike_percent=int("alike" in aimed))
    make.variant(make.product(shop, title="Lamp"), stock=1)
    campaigning.add_group(campaign, "Lamps", audience, at=make.NOON)

    make.variant(make.product(shop, **said), stock=1)

    with pytest.raises(dealings.SaysTooMuch):
        campaigning.add_group(campaign, "Ill", audience, at=make.NOON)
