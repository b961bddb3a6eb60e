"""Reviewers look at ads before anybody sees them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from vitrine.ads.models import Ad, AdGroup, AdMember, AdVerdict
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def decided(desk: Client, ad: Ad, **said: Any) -> Any:
    """Decide on an ad as it was read, with no verdict on it."""
    typed = {"reason": "fits", "measure": "approve", "version": ad.digest, **said}
    return desk.post(reverse("desk:ad-verdict", args=[ad.public_id]), typed)


def test_ads_are_decided_one_after_another() -> None:
    first, second = making.ad(is_approved=False), making.ad(is_approved=False)
    reviewer = make.person(is_moderator=True)
    desk, queue = signed_in(reviewer), reverse("desk:ads")
    assert first.clip.title in desk.get(queue).content.decode()

    decided(desk, first)
    decided(desk, second, reason="landing", measure="refuse", words="Another lamp.")

    said = AdVerdict.objects.order_by("pk").values_list(
        "ad", "is_approved", "reason", "words", "by"
    )
    assert list(said) == [
        (first.pk, True, "", "", reviewer.pk),
        (second.pk, False, "landing", "Another lamp.", reviewer.pk),
    ]
    assert "Every ad was looked at." in desk.get(queue).content.decode()
    standing: Any = Ad.objects.with_standing().order_by("pk")
    assert [ad.is_approved for ad in standing] == [True, False]


def test_a_verdict_goes_with_its_reason() -> None:
    ad = making.ad(is_approved=False)
    desk = signed_in(make.person(is_moderator=True))

    answer = decided(desk, ad, reason="rights", words="Typed.")

    assert answer.status_code == 422
    assert "Approve what fits" in answer.content.decode()
    assert "Typed." in answer.content.decode()
    assert not AdVerdict.objects.exists()


def test_nobody_is_shown_their_own_ads() -> None:
    ad = making.ad(is_approved=False)
    reviewer = make.person(is_moderator=True)
    AdMember.objects.create(
        advertiser=ad.group.campaign.advertiser, person=reviewer, role="figures", by=reviewer,
        since_at=make.NOON,
    )  # fmt: skip

    assert (
        "Every ad was looked at." in signed_in(reviewer).get(reverse("desk:ads")).content.decode()
    )


def test_a_reviewer_reads_whom_an_ad_is_for() -> None:
    desk = signed_in(make.person(is_moderator=True))
    group = making.group(ages=["25-34"], interests=["beer"], regions=["ny"])
    page = reverse("desk:ad", args=[making.ad(group, is_approved=False).public_id])

    for_adults = desk.get(page).content.decode()
    AdGroup.objects.update(ages=[], interests=[], regions=[])
    for_all = desk.get(page).content.decode()

    assert "25-34 · #beer" in for_adults
    assert "Adults alone are shown it." in for_adults
    assert "All ages · whatever they watch" in for_all
    assert "minors too" in for_all


def test_the_second_of_two_reviewers_is_told_what_the_first_said() -> None:
    ad = making.ad(is_approved=False)
    one, two = (signed_in(make.person(is_moderator=True)) for _ in range(2))
    decided(one, ad, reason="health", measure="refuse", words="It heals nobody.")

    late = decided(two, ad)
    known = AdVerdict.objects.get()
    decided(two, ad, instead_of=known.pk)

    assert late.status_code == 422
    assert "Another moderator has decided" in late.content.decode()
    assert "It heals nobody." in late.content.decode()
    said = AdVerdict.objects.order_by("pk").values_list("is_approved", "instead_of")
    assert list(said) == [(False, None), (True, known.pk)]


def test_a_verdict_is_of_what_was_seen() -> None:
    ad = making.ad(is_approved=False)
    desk = signed_in(make.person(is_moderator=True))
    Clip.objects.filter(pk=ad.clip_id).update(title="Miracle pills")

    answer = decided(desk, ad)

    assert answer.status_code == 422
    assert "was changed while you looked" in answer.content.decode()
    assert "Miracle pills" in answer.content.decode()
    assert not AdVerdict.objects.exists()
