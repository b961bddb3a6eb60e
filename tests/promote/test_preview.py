"""An ad in the feed as viewers will see it, before it is sent to review."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.promote.asking import url
from vitrine.accounts.models import Person
from vitrine.ads import campaigning, previewing
from vitrine.ads.models import Ad, Advertiser
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db


def test_an_ad_is_seen_in_the_feed_before_it_is_sent_to_review(
    client: Client, advertiser: Advertiser, owner: Person
) -> None:
    clip = make.clip(owner, title="A lamp")
    page = url("preview", advertiser.public_id)
    forms = [client.get(url("new", advertiser.public_id)).text]
    forms.append(client.get(page).text)
    group = making.group(making.campaign(advertiser))
    forms.append(client.get(url("group", advertiser.public_id, group.public_id)).text)
    typed = {"clip": clip.public_id, "product": "", "call": "more"}

    refused = client.post(page, typed | {"clip": make.clip().public_id})
    went = client.post(page, typed)
    shown = client.get(went["Location"]).text

    assert [f'formaction="{page}"' in form for form in forms] == [True, False, True]
    assert refused.status_code == 422
    (article,) = re.findall(r"<article class=\"clip.*?</article>", shown, re.DOTALL)
    assert f'id="clip-{clip.public_id}"' in article
    assert f'<span class="badge brass reason">Ad · {advertiser.name}</span>' in article
    assert f'<a class="button small primary follow-up" href="/@{owner.handle}">' in article
    assert 'aria-posinset="1"' in article
    assert "data-ad=" not in article  # nothing is told of it, and nothing billed
    assert not Ad.objects.exists()


def test_a_preview_ends_with_its_hour_and_with_its_clip(
    client: Client, advertiser: Advertiser, owner: Person
) -> None:
    clip = make.clip(owner)
    now = timezone.now()
    seen, old = (
        previewing.path(advertiser, campaigning.Shown(clip), at=at)
        for at in (now, now - previewing.LASTS - timedelta(minutes=1))
    )

    answers = [client.get(path).status_code for path in (seen, f"{seen}x", old)]
    Clip.objects.update(visibility=Visibility.PRIVATE)

    assert answers == [200, 404, 404]
    assert client.get(seen).status_code == 404
