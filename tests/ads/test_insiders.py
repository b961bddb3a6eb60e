"""Whose people they are: who gains by an ad judges none of it, and is neither shown it nor paid."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests import make
from tests.ads import lending, making
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import opening, reviewing, sharing, standing
from vitrine.ads.models import Ad, AdEarning, AdMember, AdVerdict, Authorisation, Campaign
from vitrine.catalog.models import Role
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing

pytestmark = pytest.mark.django_db

PARTS = ("figures", "shop", "seller", "creator", "stranger")
SURE = make.NOON + timedelta(days=40)


def ad_with(part: str) -> tuple[Ad, Person]:
    """Make an ad of a shop's for another's product, and a moderator who has a part in it."""
    owner, who = make.person(), make.person(is_moderator=True)
    shop, seller = make.merchant(owner=owner), make.merchant()
    payer = making.advertiser(owner, merchant=shop)
    clip = make.clip(who if part == "creator" else owner)
    lending.lent(clip, payer, at=make.NOON)
    product = make.product(seller)
    make.variant(product, stock=3)
    make.tag(clip, product)
    group = making.group(making.campaign(payer))
    made = making.ad(group, clip, product=product, call="shop", is_approved=False)
    if part == "figures":
        opening.let_in(payer, who, part, by=owner, at=make.NOON)  # type: ignore[arg-type]
    elif part in ("shop", "seller"):
        make.member(shop if part == "shop" else seller, who, Role.ORDERS)
    return made, who


@pytest.mark.parametrize("part", PARTS)
def test_nobody_reviews_what_they_gain_by(part: str) -> None:
    ad, who = ad_with(part)
    said: dict[str, Any] = {"ad": ad, "is_approved": True, "by": who, "at": make.NOON}

    if part == "stranger":
        assert Ad.objects.waiting().not_of(who).get() == ad
        reviewing.judge(ad, by=who, at=make.NOON)
        return

    assert not Ad.objects.waiting().not_of(who).exists()
    with pytest.raises(reviewing.OwnAd):
        reviewing.judge(ad, by=who, at=make.NOON)
    with pytest.raises(IntegrityError, match="nobody reviews their own"), transaction.atomic():
        AdVerdict.objects.create(**said)


@pytest.mark.parametrize("part", PARTS)
def test_nobody_decides_a_case_about_what_they_gain_by(part: str) -> None:
    ad, who = ad_with(part)
    reviewing.judge(ad, by=make.person(is_moderator=True), at=make.NOON)
    case = Case.open_on(Thing.of(ad), reason="deceit", at=make.NOON)
    of_payer = Case.open_on(Thing.of(ad.advertiser), reason="deceit", at=make.NOON)
    is_theirs = part in ("figures", "shop")

    assert Case.objects.judgeable_by(who).filter(pk=of_payer.pk).exists() is not is_theirs
    assert Case.objects.judgeable_by(who).filter(pk=case.pk).exists() is (part == "stranger")
    if part != "stranger":
        with pytest.raises(judging.NotForYou):
            judging.decide(
                case, by=who, reason="deceit", measure=Measure.NONE, words="", at=make.NOON
            )
        with pytest.raises(IntegrityError, match="nobody judges their own"), transaction.atomic():
            Decision.objects.create(
                case=case, by=who, measure=Measure.NONE, reason="deceit", at=make.NOON, thing="Ad"
            )


@pytest.mark.parametrize("part", PARTS)
def test_nobody_is_shown_what_they_gain_by(part: str) -> None:
    ad, who = ad_with(part)
    reviewing.judge(ad, by=make.person(is_moderator=True), at=make.NOON)

    theirs = standing.read(at=make.NOON).people

    assert theirs.get(who.pk, []) == ([] if part == "stranger" else [0])


@pytest.mark.parametrize("into", ["account", "shop"])
def test_whoever_comes_to_act_for_an_advertiser_shares_no_more(into: str) -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    payer = making.advertiser(owner, merchant=shop)
    link = lending.lent(to=payer, at=make.NOON)
    lending.billed(link, 100_000, at=make.NOON)
    joined = make.NOON + timedelta(days=1)

    if into == "shop":
        shop.memberships.create(person=link.clip.creator, role=Role.ORDERS, since_at=joined)
    else:
        opening.let_in(payer, link.clip.creator, "money", by=owner, at=joined)  # type: ignore[arg-type]
    lending.billed(link, 500_000, at=joined + timedelta(hours=1))
    sharing.pay_all(at=SURE)
    AdMember.objects.filter(person=link.clip.creator).delete()
    shop.memberships.filter(person=link.clip.creator).delete()
    sharing.pay_all(at=SURE)

    assert AdEarning.objects.get().posted_minor == 2
    link.refresh_from_db()
    assert link.shared_until == joined
    with pytest.raises(IntegrityError, match="no more"), transaction.atomic():
        Authorisation.objects.update(shared_until=None)


def test_whoever_works_for_the_shop_shares_nothing_of_its_ads() -> None:
    shop, creator = make.merchant(), make.person()
    make.member(shop, creator, Role.ORDERS)

    link = lending.lent(make.clip(creator), making.advertiser(merchant=shop), at=make.NOON)

    assert link.share_bp == 0


@pytest.mark.parametrize("role", [None, "figures", "money", "campaigns"])
def test_whoever_runs_campaigns_no_more_boosts_no_more(role: str | None) -> None:
    creator, manager = make.person(), make.person()
    own = making.advertiser(creator, person=creator)
    opening.let_in(own, manager, "owner", by=creator, at=make.NOON)  # type: ignore[arg-type]
    if role is None:
        opening.let_go(own, creator)
    else:
        opening.let_in(own, creator, role, by=manager, at=make.NOON)  # type: ignore[arg-type]
    page = reverse("promote:boost", args=[make.clip(creator).public_id])

    answer = signed_in(creator).post(page, {"daily_minor": "5.00", "days": "3"})

    assert Campaign.objects.exists() is (role == "campaigns")
    if role != "campaigns":
        assert answer.status_code == 422
        assert "Ask one of its owners" in answer.content.decode()
