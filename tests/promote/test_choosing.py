"""Choosing the clip and the product of an ad, among however many there are."""

from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.ads import making
from tests.promote.asking import errors, planned, text, url
from vitrine.accounts.models import Person
from vitrine.ads.models import Ad, Advertiser
from vitrine.surfaces.promote import ad_form, naming

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(owner: Person) -> Advertiser:
    return making.advertiser(owner, merchant=make.merchant("Ours", owner=owner))


def send(client: Client, advertiser: Advertiser, clip: str, product: str = "") -> Any:
    return client.post(url("new", advertiser.public_id), planned(clip, product=product))


def test_what_stands_beyond_the_list_is_chosen_by_title_words_or_address(
    client: Client, shop: Advertiser, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ad_form, "NAMED", 1)
    lamp = make.product(shop.merchant, title="A lamp of brass")
    for each in (lamp, make.product(shop.merchant, title="A bell")):
        make.variant(each, stock=3)
    clip = make.clip(owner, title="How it is cast")
    make.clip(owner, title="The shop")

    page = text(client.get(url("new", shop.public_id)))
    answers = [
        send(client, shop, "how it is CAST", "a lamp of brass"),
        send(client, shop, "cast", "brass"),
        send(client, shop, f"https://testserver{clip.get_absolute_url()}", lamp.get_absolute_url()),
    ]

    assert '<datalist id="clips-named"><option value="The shop"></option></datalist>' in page
    assert '<datalist id="products-named"><option value="A bell"></option></datalist>' in page
    assert [answer.status_code for answer in answers] == [302] * 3
    assert [(ad.clip, ad.product) for ad in Ad.objects.all()] == [(clip, lamp)] * 3


def test_of_several_that_match_one_is_asked_for(
    client: Client, advertiser: Advertiser, owner: Person
) -> None:
    one, two = (make.clip(owner, title="A lamp") for _ in range(2))
    make.clip(owner, title="A lamp of brass")

    same = send(client, advertiser, "a lamp")
    words = send(client, advertiser, "lamp")

    assert (
        f"A lamp {two.get_absolute_url()}, A lamp {one.get_absolute_url()}." in errors(same)["clip"]
    )
    assert "A lamp of brass" in errors(words)["clip"]
    assert f'<option value="A lamp {one.get_absolute_url()}"></option>' in text(same)
    assert 'value="a lamp"' in text(same)
    assert not Ad.objects.exists()


@pytest.mark.parametrize(
    "typed, why",
    [
        ("A bell", "That is not on sale now."),
        ("https://example.com/lamp", "Ads lead to products here, and to profiles; nowhere else."),
        ("A gong", "Your shop sells nothing of that name, nor is it on the clip."),
    ],
)
def test_what_an_ad_does_not_lead_to_says_why(
    client: Client, shop: Advertiser, owner: Person, typed: str, why: str
) -> None:
    make.product(shop.merchant, title="A bell", published_at=None)

    answer = send(client, shop, make.clip(owner).public_id, typed)

    assert errors(answer) == {"product": why}
    assert f'value="{typed}"' in text(answer)


def test_a_list_names_what_shares_its_title_with_its_address(owner: Person) -> None:
    clips = [make.clip(owner, title=title) for title in ("A lamp", "", "A lamp", "A bell")]

    names = naming.names_of(clips)

    first, untitled, second, bell = names
    assert (bell, untitled) == ("A bell", clips[1].get_absolute_url())
    assert [first, second] == [f"A lamp {clips[n].get_absolute_url()}" for n in (0, 2)]
