"""Reviewers look at ads before anybody sees them."""

from typing import Any

import pytest
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from vitrine.ads.models import Ad, AdMember, AdVerdict

pytestmark = pytest.mark.django_db


def test_ads_are_decided_one_after_another() -> None:
    first, second = making.ad(is_approved=False), making.ad(is_approved=False)
    reviewer = make.person(is_moderator=True)
    desk, queue = signed_in(reviewer), reverse("desk:ads")
    assert first.clip.title in desk.get(queue).content.decode()

    desk.post(
        reverse("desk:ad-verdict", args=[first.public_id]), {"reason": "fits", "measure": "approve"}
    )
    desk.post(
        reverse("desk:ad-verdict", args=[second.public_id]),
        {"reason": "landing", "measure": "refuse", "words": "Another lamp."},
    )

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

    answer = desk.post(
        reverse("desk:ad-verdict", args=[ad.public_id]),
        {"reason": "rights", "measure": "approve", "words": "Typed."},
    )

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
