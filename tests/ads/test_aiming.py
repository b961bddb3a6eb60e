"""Whom ads are for: where people are, and what they did in the advertiser's own shop."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.making import lives
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import bidding, campaigning, dealings, holding, planning, standing
from vitrine.ads.campaigning import Audience
from vitrine.ads.invariants import ads_say_whom_they_were_for
from vitrine.ads.models import AdGroup, Campaign, Look, PastTargeting
from vitrine.catalog.models import Merchant
from vitrine.feed import history, looking, watching
from vitrine.feed.models import Habit
from vitrine.orders import carts
from vitrine.orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()
    looking.batch.drop()


def grown_up(**fields: Any) -> Person:
    return make.person(born_on=date(1990, 1, 1), **fields)


def test_an_ad_for_a_region_is_for_people_who_have_things_sent_there() -> None:
    making.ad(making.group(regions=["NY", "OH"]))
    here, there, nowhere = lives(grown_up(), "NY"), lives(grown_up(), "CA"), grown_up()

    assert len(ads_for(here)) == 1
    assert ads_for(there) == ads_for(nowhere) == ads_for() == []


def test_a_region_picks_neither_minors_nor_whoever_wants_that() -> None:
    making.ad(making.group(regions=["NY"]))
    young = lives(make.person(born_on=date(2010, 5, 1)), "NY")
    ageless = lives(make.person(), "NY")
    plain = lives(grown_up(), "NY")

    assert ads_for(young) == ads_for(ageless) == ads_for(plain, is_plain=True) == []
    assert len(ads_for(plain)) == 1


def test_of_several_addresses_the_one_counts_that_is_filled_in_first() -> None:
    making.ad(making.group(regions=["NY"]))
    moved = lives(lives(grown_up(), "NY"), "CA", at=make.NOON + timedelta(days=1))
    chosen = lives(lives(grown_up(), "CA", at=make.NOON + timedelta(days=1)), "NY", is_first=True)

    assert ads_for(moved) == []
    assert len(ads_for(chosen)) == 1


@pytest.fixture
def shop() -> Merchant:
    return make.merchant("Brass")


def ad_of(shop: Merchant, **fields: Any) -> AdGroup:
    """Let a shop advertise to some people."""
    advertiser = making.advertiser(merchant=shop)
    return making.ad(making.group(making.campaign(advertiser), **fields)).group


def look(who: Person, shop: Merchant, *, at: datetime = make.NOON) -> None:
    """Let a person look at a product, as a web process tells it a moment later."""
    looking.note(who, merchant=shop.pk, at=at)
    looking.batch.flush(at=at)


def bag(who: Person, shop: Merchant) -> None:
    """Let a person put something of a shop into their bag."""
    cart = carts.open_for(who, "", at=make.NOON)
    carts.put(cart, make.variant(make.product(shop), stock=1), 1, clip_id=None, at=make.NOON)


def buy(who: Person, shop: Merchant) -> Order:
    """Let a person buy something of a shop."""
    return make.purchase(make.variant(make.product(shop), stock=1), buyer=who).group.orders.get()


DEALINGS: dict[str, Callable[[Person, Merchant], object]] = {
    "looked": look, "bagged": bag, "bought": buy
}  # fmt: skip


@pytest.mark.parametrize("did", DEALINGS)
def test_a_shop_meets_those_who_looked_put_aside_or_bought(shop: Merchant, did: str) -> None:
    ad_of(shop, dealings=[did])
    there, elsewhere, nowhere = grown_up(), grown_up(), grown_up()
    DEALINGS[did](there, shop)
    DEALINGS[did](elsewhere, make.merchant())

    assert len(ads_for(there)) == 1
    assert ads_for(there, is_plain=True) == ads_for(elsewhere) == ads_for(nowhere) == []
    assert ads_for() == []


@pytest.mark.parametrize("did", DEALINGS)
def test_a_shop_leaves_them_out(shop: Merchant, did: str) -> None:
    ad_of(shop, left_out=[did])
    there, nowhere = grown_up(), grown_up()
    DEALINGS[did](there, shop)

    assert ads_for(there) == []
    assert len(ads_for(nowhere)) == 1
    assert ads_for() == []  # of visitors nobody knows, so nobody may say that they did not


@pytest.mark.parametrize("did", DEALINGS)
@pytest.mark.parametrize("way", ["start over", "clear", "unprofile", "pause"])
def test_whoever_starts_over_is_met_no_more_for_what_they_did(
    shop: Merchant, did: str, way: str
) -> None:
    ad_of(shop, dealings=[did])
    person = grown_up()
    DEALINGS[did](person, shop)
    assert len(ads_for(person)) == 1

    later = make.NOON + timedelta(minutes=1)
    match way:
        case "start over":
            watching.start_over(key=person.public_id, at=later)
        case "clear":
            history.forget(person, at=later)
        case "unprofile":
            Habit.unprofile(person, at=later)
        case "pause":
            Habit.pause(person, at=later)

    assert ads_for(person) == []
    assert not Look.objects.exists()
    look(person, shop, at=make.NOON)  # told late
    assert not Look.objects.exists()


def test_looks_are_of_grown_up_people_at_shops_with_campaigns_alone(shop: Merchant) -> None:
    ad_of(shop, dealings=["looked"])
    over = ad_of(make.merchant(), dealings=["looked"]).campaign
    Campaign.objects.filter(pk=over.pk).update(ended_at=make.NOON)
    person, plain = grown_up(), grown_up()
    Habit.unprofile(plain, at=make.NOON - timedelta(days=1))

    look(make.person(born_on=date(2010, 5, 1)), shop)
    look(make.person(), shop)
    look(plain, shop)
    assert over.advertiser.merchant is not None
    look(person, over.advertiser.merchant)
    look(person, make.merchant())
    assert not Look.objects.exists()

    look(person, shop)
    look(person, shop, at=make.NOON + timedelta(days=1))
    assert Look.objects.get().at == make.NOON + timedelta(days=1)
    dealings.forget(at=make.NOON + timedelta(days=31, minutes=1))
    assert not Look.objects.exists()


def test_a_look_counts_for_thirty_days_and_what_was_taken_back_for_none(shop: Merchant) -> None:
    ad_of(shop, dealings=["looked", "bought"])
    looked, bought = grown_up(), grown_up()
    look(looked, shop, at=make.NOON - timedelta(days=30, minutes=1))
    order = buy(bought, shop)
    Order.objects.filter(pk=order.pk).update(state="cancelled")

    assert ads_for(looked) == ads_for(bought) == []


def test_a_page_of_a_product_notes_a_look(shop: Merchant) -> None:
    ad_of(shop)
    product, person = make.product(shop), grown_up()
    make.variant(product, stock=1)
    client = signed_in(person)

    client.get(product.get_absolute_url())
    assert not Look.objects.exists()  # no page waits for it
    looking.batch.flush(at=make.NOON)

    assert Look.objects.get().person == person


def test_an_audience_of_few_is_none(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealings, "FEWEST", 3)
    group = ad_of(shop)
    people = [grown_up() for _ in range(3)]
    for person in people:
        buy(person, shop)
    for person in people[1:]:
        look(person, shop)
    buy(make.person(born_on=date(2010, 5, 1)), shop)
    buyers = Audience(dealings=("bought",))

    campaigning.change_group(group, "Buyers", buyers, at=make.NOON)
    for few in (Audience(dealings=("looked",)), replace(buyers, left_out=("looked",))):
        with pytest.raises(dealings.TooFew):
            campaigning.change_group(group, "Few", few, at=make.NOON)
    with pytest.raises(dealings.NoShop):
        campaigning.add_group(making.campaign(), "None", buyers, at=make.NOON)

    group.refresh_from_db()
    assert (group.name, group.dealings) == ("Buyers", ["bought"])
    watching.start_over(key=people[0].public_id, at=timezone.now() + timedelta(days=1))
    campaigning.change_group(group, "Still theirs", replace(buyers, most_shown=9), at=make.NOON)
    with pytest.raises(dealings.TooFew):
        campaigning.add_group(group.campaign, "Buyers", buyers, at=make.NOON)


def test_nobody_is_meant_and_left_out_at_once() -> None:
    with pytest.raises(IntegrityError, match="ad_group_dealings_known"):
        making.group(dealings=["looked"], left_out=["bought", "looked"])


def test_whom_a_group_was_for_is_kept_by_the_database() -> None:
    group = making.group(ages=["25-34"], regions=["NY"], aimed_at=make.NOON)
    later = make.NOON + timedelta(days=2)

    campaigning.change_group(group, "Dearer", audience(group, bid_micros=90_000), at=later)
    assert not PastTargeting.objects.exists()
    campaigning.change_group(group, "All", audience(group, regions=()), at=later)

    past = PastTargeting.objects.get()
    assert (past.group, past.ages, past.regions) == (group, ["25-34"], ["NY"])
    assert (past.aimed_at, past.until_at) == (make.NOON, later)
    group.refresh_from_db()
    assert (group.name, group.regions, group.aimed_at) == ("All", [], later)
    AdGroup.objects.update(ages=[])  # whoever forgets to say when
    assert PastTargeting.objects.order_by("-pk")[0].aimed_at == later
    assert ads_say_whom_they_were_for().violations == []
    for change in (past.delete, lambda: PastTargeting.objects.update(ages=[])):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing waits for the table
        cursor.execute("ALTER TABLE ads_adgroup DISABLE TRIGGER ads_adgroup_keeps_aim")
        cursor.execute("UPDATE ads_adgroup SET aimed_at = now() + interval '1 hour'")
    gap, guard = ads_say_whom_they_were_for().violations
    assert gap.startswith(f"group {group.pk} was for somebody else from")
    assert guard == "the guard ads_adgroup_keeps_aim is gone"


def audience(group: AdGroup, **fields: Any) -> Audience:
    """Return whom a group is for, changed in some points."""
    known = {name: tuple(getattr(group, name)) for name in ("ages", "regions")}
    return Audience(**known | fields)
