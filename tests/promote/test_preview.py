"""An ad in the feed as viewers will see it, before it is sent to review."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.promote.asking import text, url
from tests.search.advertising import lamps
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
        previewing.path(advertiser.name, campaigning.Shown(clip), at=at)
        for at in (now, now - previewing.LASTS - timedelta(minutes=1))
    )

    answers = [client.get(path).status_code for path in (seen, f"{seen}x", old)]
    Clip.objects.update(visibility=Visibility.PRIVATE)

    assert answers == [200, 404, 404]
    assert client.get(seen).status_code == 404


def link_in(page: str) -> str:
    """Return where a page lets its ad be seen."""
    (link,) = re.findall(r'href="(/promoted/preview/[^"]+)"', page)
    return str(link)


def test_a_boost_says_where_its_button_leads_and_is_seen_before_it_is_sent(
    client: Client, owner: Person
) -> None:
    clip, lamp = make.clip(owner), make.product(title="A lamp")
    boost = url("boost", clip.public_id)
    bare = text(client.get(boost))
    make.tag(clip, lamp)

    page = text(client.get(boost))

    assert "Its button leads to your profile" in bare
    assert "Its button leads to A lamp, the first product on the clip." in page
    shown = client.get(link_in(page)).text
    assert f"Ad · {owner.display_name}</span>" in shown
    assert f'href="{lamp.get_absolute_url()}"' in shown
    assert not Advertiser.objects.exists()
    private = make.clip(owner, visibility=Visibility.PRIVATE)
    assert "/promoted/preview/" not in text(client.get(url("boost", private.public_id)))


def test_an_ad_is_seen_in_the_feed_and_as_product_search_shows_it(
    client: Client, advertiser: Advertiser, owner: Person
) -> None:
    (lamp,) = lamps(1)
    group = making.group(making.campaign(advertiser), placements=["search", "feed"])
    ad = making.ad(group, product=lamp, call="shop")
    in_feed = making.ad(making.group(group.campaign))

    page = text(client.get(url("ad", advertiser.public_id, ad.public_id)))
    other = text(client.get(url("ad", advertiser.public_id, in_feed.public_id)))

    assert f'<a class="button small primary follow-up" href="{lamp.get_absolute_url()}"' in (
        client.get(link_in(page)).text
    )
    (card,) = re.findall(rf'<li id="ad-{ad.public_id}".*?</li>', page)
    assert f"paid by {advertiser.name}" in card
    assert f'<span class="tile-name">{lamp.title}</span>' in card
    assert "tile-name" not in other
