"""The advertisers' pages: accounts, campaigns, groups, ads and boosting."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.promote.asking import errors, planned, text, url
from vitrine.accounts.models import Notice, Person
from vitrine.ads import campaigning, dealings, refusals, reviewing
from vitrine.ads.models import Ad, AdGroup, AdMember, AdRole, Advertiser, Campaign, Objective
from vitrine.catalog.models import Role
from vitrine.videos.models import Cause, Encoding, EncodingState, Takedown, Visibility

pytestmark = pytest.mark.django_db


def test_an_account_is_opened_for_oneself_a_shop_or_another(client: Client, owner: Person) -> None:
    shop = make.merchant("Brass and sons", owner=owner)
    assert "Be seen by more people" in text(client.get(url("accounts")))

    client.post(url("open"), {"whose": "own"})
    client.post(url("open"), {"whose": shop.slug})
    nameless = client.post(url("open"), {"whose": "another"})
    client.post(url("open"), {"whose": "another", "advertiser_name": "A client"})

    assert nameless.status_code == 422
    assert "Say who advertises." in text(nameless)
    found = Advertiser.objects.order_by("pk")
    assert [(one.name, one.person, one.merchant) for one in found] == [
        ("Ada", owner, None),
        ("Brass and sons", None, shop),
        ("A client", None, None),
    ]
    assert {member.role for member in AdMember.objects.filter(person=owner)} == {AdRole.OWNER}
    again = client.post(url("open"), {"whose": "own"})
    assert again.status_code == 422


def test_a_shop_has_one_account_of_its_owner_alone(client: Client, owner: Person) -> None:
    shop = make.merchant("Theirs")
    make.member(shop, owner, Role.CATALOGUE)

    answer = client.post(url("open"), {"whose": shop.slug})

    assert answer.status_code == 422
    assert not Advertiser.objects.exists()


def test_a_campaign_is_made_with_its_group_and_ad(client: Client, advertiser: Advertiser) -> None:
    clip = make.clip(making.owner_of(advertiser), title="A lamp")
    typed = planned(
        clip.public_id,
        bid_minor="4.50",
        ages=["18-24", "55+"],
        interests="#Lamps brass, lamps",
        regions="new york, oh CA, NY",
    )

    answer = client.post(url("new", advertiser.public_id), typed)

    made = Campaign.objects.get()
    assert answer["Location"] == url("campaign", advertiser.public_id, made.public_id)
    assert (made.objective, made.daily_minor, made.budget_minor) == ("views", 500, 2_000)
    group, ad = AdGroup.objects.get(), Ad.objects.get()
    assert group.bid_micros == 4_500  # 4.50 for a thousand
    assert (group.ages, group.interests) == (["18-24", "55+"], ["lamps", "brass"])
    assert group.regions == ["NY", "OH", "CA"]
    assert (ad.clip, ad.product, ad.call) == (clip, None, "visit")
    page = text(client.get(answer["Location"]))
    assert "Waits for review" in page
    assert "18-24, 55+ · #lamps #brass · New York, Ohio, California · at most" in page
    change = text(client.get(url("group", advertiser.public_id, group.public_id)))
    assert 'value="New York, Ohio, California"' in change


def test_a_click_is_bid_for_by_itself(client: Client, advertiser: Advertiser) -> None:
    clip = make.clip(making.owner_of(advertiser))
    typed = planned(clip.public_id, objective="clicks", bid_minor="0.25")

    client.post(url("new", advertiser.public_id), typed)

    assert AdGroup.objects.get().bid_micros == 250_000


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"daily_minor": "", "budget_minor": ""}, "Say what it may cost"),
        ({"daily_minor": "0.99"}, "Choose an amount from $1.00"),
        ({"budget_minor": "4.99", "daily_minor": ""}, "Choose an amount from $5.00"),
        ({"budget_minor": "1000000.01"}, "to $1,000,000.00"),
        ({"daily_minor": "30"}, "A day cannot cost more than all days."),
        ({"daily_minor": "-1"}, "cannot be negative"),
        ({"daily_minor": "five"}, "is not an amount"),
        ({"bid_minor": "0"}, "Choose an amount from $2.00"),
        ({"bid_minor": "100.01"}, "to $100.00"),
        ({"objective": "clicks", "bid_minor": "0.01"}, "Choose an amount from $0.02"),
        ({"first_on": "2026-01-01"}, "This day is over."),
        ({"last_on": "2026-01-01"}, "This day is over."),
        ({"first_on": "2190-02-02", "last_on": "2190-02-01"}, "It ends before it begins."),
        ({"last_on": "9999-12-31"}, "Choose a year from"),
        ({"zone": "Pacific/Auckland"}, "Select a valid choice"),
        ({"ages": ["13-17"]}, "Select a valid choice"),
        ({"interests": "#diabetes"}, "Nobody can be picked by #diabetes"),
        ({"interests": "half-off"}, "is no hashtag"),
        ({"interests": " ".join(f"tag{n}" for n in range(21))}, "At most 20 hashtags."),
        ({"regions": "Ontario"}, "“Ontario” is no state of this country."),
        ({"regions": "NY, Atlantis"}, "“Atlantis” is no state"),
        ({"most_shown": "0"}, "greater than or equal to 1"),
        ({"clip": ""}, "Choose a clip."),
        ({"objective": "fame"}, "Select a valid choice"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_cannot_run_is_refused_with_its_reason_and_stays_typed(
    client: Client, advertiser: Advertiser, wrong: dict[str, Any], said: str
) -> None:
    clip = make.clip(making.owner_of(advertiser))
    typed = planned(clip.public_id, name="What I typed") | wrong

    answer = client.post(url("new", advertiser.public_id), typed)

    assert answer.status_code == 422
    assert said in text(answer)
    assert typed["name"] in text(answer)
    assert not Campaign.objects.exists()


def test_a_shop_chooses_people_by_what_they_did_in_it(
    client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    advertiser = making.advertiser(owner, merchant=make.merchant("Ours", owner=owner))
    clip = make.clip(owner).public_id
    new = url("new", advertiser.public_id)

    few = client.post(new, planned(clip, dealings=["bought"], name="What I typed"))
    both = client.post(new, planned(clip, dealings=["looked"], left_out=["looked"]))
    monkeypatch.setattr(dealings, "FEWEST", 0)
    client.post(new, planned(clip, dealings=["looked", "bagged"], left_out=["bought"]))

    assert (few.status_code, both.status_code) == (422, 422)
    assert "Fewer than 50 people have done that in your shop yet." in text(few)
    assert "What I typed" in text(few)
    assert "The same people can’t be meant and left out" in text(both)
    group = AdGroup.objects.get()
    assert (group.dealings, group.left_out) == (["looked", "bagged"], ["bought"])
    page = text(client.get(url("campaign", advertiser.public_id, group.campaign.public_id)))
    assert "have something of it in their bag · not: bought from it in the last year" in page


def test_who_has_no_shop_is_not_asked_for_its_people(
    client: Client, advertiser: Advertiser
) -> None:
    assert "Only people who" not in text(client.get(url("new", advertiser.public_id)))


def test_only_what_may_be_advertised_can_be_chosen(client: Client, advertiser: Advertiser) -> None:
    owner = making.owner_of(advertiser)
    make.clip(owner)
    failed = make.clip(owner, draft=True)
    Encoding.objects.filter(clip=failed).update(
        state=EncodingState.FAILED, reason="It has no picture."
    )
    hidden = make.clip(owner)
    Takedown.objects.create(clip=hidden, cause=Cause.DECIDED, at=make.NOON)
    private = make.clip(owner, visibility=Visibility.PRIVATE)
    not_ours = {
        make.clip(): "Its creator did not let you advertise with this clip.",
        make.clip(visibility=Visibility.PRIVATE): "You have no clip of that title.",
        make.clip(owner, draft=True): "This clip is not published yet.",
        failed: "The film of this clip could not be encoded. Send it anew in the studio.",
        hidden: "This clip is taken down.",
        private: "This clip is private. Ads are for everybody.",
        make.clip(owner, visibility=Visibility.UNLISTED): "This clip is not listed.",
        make.clip(owner, is_mature=True): "This clip is for adults.",
    }

    for clip, why in not_ours.items():
        answer = client.post(url("new", advertiser.public_id), planned(clip.public_id))
        assert errors(answer)["clip"].startswith(why)
        group = making.group(making.campaign(advertiser))
        with pytest.raises(refusals.NotToAdvertise):
            campaigning.add_ad(group, campaigning.Shown(clip), by=owner, at=make.NOON)
    assert not Ad.objects.exists()


def test_an_ad_leads_to_what_the_shop_sells_or_what_is_on_the_clip(
    client: Client, owner: Person
) -> None:
    shop = make.merchant("Ours", owner=owner)
    advertiser = making.advertiser(owner, merchant=shop)
    ours, theirs, tagged = make.product(shop), make.product(), make.product()
    for each in (ours, theirs, tagged):
        make.variant(each, stock=3)
    clip = make.clip(owner)
    make.tag(clip, tagged)

    answers = [
        client.post(
            url("new", advertiser.public_id),
            planned(clip.public_id, product=product.public_id, call="shop"),
        )
        for product in (ours, tagged, theirs)
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert errors(answers[-1])["product"].startswith(f"{theirs.merchant.name} sells that.")
    assert [ad.product for ad in Ad.objects.order_by("pk")] == [ours, tagged]
    group = AdGroup.objects.order_by("pk")[0]
    with pytest.raises(refusals.NotOurs):
        campaigning.add_ad(group, campaigning.Shown(clip, theirs), by=owner, at=make.NOON)


def test_a_clip_is_boosted_in_one_step(client: Client, owner: Person) -> None:
    clip = make.clip(owner, title="A lamp")
    lamp = make.product()
    make.variant(lamp, stock=3)
    make.tag(clip, lamp)

    few = client.post(url("boost", clip.public_id), {"daily_minor": "1", "days": "4"})
    much = client.post(url("boost", clip.public_id), {"daily_minor": "900000", "days": "30"})
    answer = client.post(url("boost", clip.public_id), {"daily_minor": "2.50", "days": "4"})

    assert few.status_code == 422
    assert "Over all days that is less than $5.00." in text(few)
    assert much.status_code == 422
    assert "Over all days that is more than $1,000,000.00." in text(much)
    made, ad = Campaign.objects.get(), Ad.objects.get()
    assert answer["Location"] == url("money", made.advertiser.public_id)  # nothing is paid in yet
    assert (made.advertiser.person, made.name) == (owner, "A lamp")
    assert (made.daily_minor, made.budget_minor) == (250, 1_000)
    assert made.ends_at == made.starts_at + timedelta(days=4)
    assert (ad.clip, ad.product, ad.call) == (clip, lamp, "shop")
    client.post(url("boost", clip.public_id), {"daily_minor": "5", "days": "4"})
    assert Advertiser.objects.count() == 1


def test_a_draft_is_not_boosted(client: Client, owner: Person) -> None:
    clip = make.clip(owner, draft=True)

    answer = client.post(url("boost", clip.public_id), {"daily_minor": "5", "days": "4"})

    assert answer.status_code == 422
    assert "Choose a public clip of your own" in text(answer)


def test_a_campaign_is_changed_paused_and_ended(client: Client, advertiser: Advertiser) -> None:
    campaign = making.campaign(advertiser, starts_at=timezone.now())
    making.ad(making.group(campaign))
    page = url("campaign", advertiser.public_id, campaign.public_id)
    assert "Running" in text(client.get(page))
    assert "it may be seen for 30 minutes more, and is billed." in text(client.get(page))

    client.post(page, {"name": "Brass", "daily_minor": "7", "budget_minor": ""})
    campaign.refresh_from_db()
    assert (campaign.name, campaign.daily_minor, campaign.budget_minor) == ("Brass", 700, None)

    standing = url("standing", advertiser.public_id, campaign.public_id)
    client.post(standing, {"standing": "pause"})
    assert "Paused" in text(client.get(page))
    client.post(standing, {"standing": "resume"})
    assert "Running" in text(client.get(page))
    client.post(standing, {"standing": "end"})
    assert "Over" in text(client.get(page))

    late = client.post(page, {"name": "Late", "daily_minor": "7", "budget_minor": ""})
    assert late.status_code == 409
    assert "This campaign is over." in text(late)


def test_without_money_a_campaign_waits_for_it(client: Client, owner: Person) -> None:
    poor = making.advertiser(owner, put_minor=0)
    campaign = making.campaign(poor, starts_at=timezone.now())
    making.ad(making.group(campaign))

    assert "Waits for money" in text(client.get(url("home", poor.public_id)))


def test_groups_and_ads_are_added_changed_and_paused(
    client: Client, advertiser: Advertiser
) -> None:
    campaign = making.campaign(advertiser)
    clip = make.clip(making.owner_of(advertiser))
    audience = {"group_name": "Young", "most_shown": "2", "within_days": "7", "bid_minor": ""}
    client.post(url("new-group", advertiser.public_id, campaign.public_id), audience)
    group = AdGroup.objects.get()
    assert (group.name, group.bid_micros, group.most_shown) == ("Young", None, 2)

    here = url("group", advertiser.public_id, group.public_id)
    client.post(here, audience | {"group_name": "Old", "bid_minor": "3", "ages": ["55+"]})
    group.refresh_from_db()
    assert (group.name, group.bid_micros, group.ages) == ("Old", 3_000, ["55+"])
    assert "3.00" in text(client.get(here))

    typed = {"clip": clip.public_id, "product": "", "call": "more"}
    client.post(url("new-ad", advertiser.public_id, group.public_id), typed)
    ad = Ad.objects.get()
    for name, thing in (("group-standing", group), ("ad-standing", ad)):
        address = url(name, advertiser.public_id, thing.public_id)
        client.post(address, {"standing": "pause"})
        thing.refresh_from_db()
        assert thing.paused_at
        client.post(address, {"standing": "resume"})
        thing.refresh_from_db()
        assert not thing.paused_at


def test_in_product_search_alone_ads_lead_to_products(
    client: Client, advertiser: Advertiser
) -> None:
    campaign = making.campaign(advertiser)
    clip = make.clip(making.owner_of(advertiser))
    group = making.group(campaign, placements=["search"])
    here = url("group", advertiser.public_id, group.public_id)
    audience = {"group_name": "Found", "most_shown": "2", "within_days": "7", "bid_minor": ""}
    typed = {"clip": clip.public_id, "product": "", "call": "more"}
    add = url("new-ad", advertiser.public_id, group.public_id)

    refused = client.post(add, typed)
    client.post(here, audience | {"placements": ["search", "feed", "search"]})
    client.post(add, typed)
    kept = client.post(here, audience | {"placements": ["search"]})

    assert refused.status_code == kept.status_code == 422
    assert "In product search ads lead to a product. Choose one." in text(refused)
    assert f'value="{clip.public_id}"' in text(refused)
    assert "It has ads that lead to no product." in text(kept)
    assert Ad.objects.get().product is None
    group.refresh_from_db()
    assert group.placements == ["feed", "search"]
    page = text(client.get(url("campaign", advertiser.public_id, campaign.public_id)))
    assert "In the feed, In product search" in page
    client.post(here, audience)
    group.refresh_from_db()
    assert group.placements == ["feed"]  # where nothing is said


def test_what_a_reviewer_says_is_told_and_shown(client: Client, advertiser: Advertiser) -> None:
    ad = making.ad(making.group(making.campaign(advertiser)), is_approved=False)

    reviewing.judge(
        ad, by=make.person(), ground=reviewing.GROUNDS["misleading"], words="No price.",
        at=make.NOON,
    )  # fmt: skip

    shown = text(client.get(url("ad", advertiser.public_id, ad.public_id)))
    assert "It promises what is not so" in shown
    assert "No price." in shown
    campaign = ad.group.campaign
    assert "Refused" in text(client.get(url("home", advertiser.public_id)))
    notice = Notice.objects.get(person=making.owner_of(advertiser))
    assert (notice.kind, notice.path) == (
        "ad",
        url("campaign", advertiser.public_id, campaign.public_id),
    )
    with pytest.raises(reviewing.OwnAd):
        reviewing.judge(ad, by=making.owner_of(advertiser), at=make.NOON)


def test_what_a_campaign_pays_for() -> None:
    assert [one.pays_for for one in Objective] == ["view", "view", "click", "click", "click"]
