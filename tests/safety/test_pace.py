"""Limits on words to others: who is too fast reads so, and nothing is written."""

from typing import Any

import pytest
from django.test import Client

from tests import make
from vitrine.accounts import limits
from vitrine.accounts.limits import Action, Limit
from vitrine.accounts.models import Pace, Person
from vitrine.catalog.models import Merchant, Product
from vitrine.orders.models import Order
from vitrine.safety.models import Report
from vitrine.videos.models import Clip, Collection, Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client: Client, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Sign a seller in where nobody may do anything any more in this hour."""
    shut = {action: (Limit(limits.HOUR, 0, 0),) for action in Action}
    monkeypatch.setattr(limits, "LIMITS", shut)
    person = make.person("mara")
    client.force_login(person)
    return person


def refused(client: Client, url: str, typed: dict[str, Any]) -> None:
    answer = client.post(url, typed)
    assert answer.status_code == 429, url
    assert "what you typed is still here" in answer.content.decode()


def test_words_that_are_mailed_to_a_buyer_have_a_limit(client: Client, seller: Person) -> None:
    shop = make.merchant(owner=seller)
    order = make.purchase(make.variant(make.product(shop), stock=3)).group.orders.get()
    url = f"/market/{shop.slug}/orders/{order.public_id}"

    refused(client, f"{url}/cancellation/", {"reason": "Buy elsewhere!"})
    refused(client, f"{url}/dispatch/", {"carrier": "Buy elsewhere!"})
    refused(client, f"{url}/refund/", {"reason": "Buy elsewhere!"})

    assert Order.objects.get().state == "placed"
    assert Pace.objects.filter(who=seller.public_id, action=Action.MESSAGE).exists()


def test_words_about_oneself_a_shop_and_its_goods_have_a_limit(
    client: Client, seller: Person
) -> None:
    shop = make.merchant("Lamps", owner=seller)

    refused(client, "/account/profile/", {"display_name": "Free money", "bio": ""})
    refused(client, f"/market/{shop.slug}/products/new/", {"title": "Free money"})
    refused(client, f"/market/{shop.slug}/settings/", {"name": "Free money"})
    refused(client, "/saved", {"name": "Free money"})

    seller.refresh_from_db()
    assert seller.display_name != "Free money"
    assert Merchant.objects.get().name == "Lamps"
    assert not Product.objects.exists()
    assert not Collection.objects.filter(name="Free money").exists()


def test_comments_and_reports_have_a_limit_where_they_are_written(
    client: Client, seller: Person
) -> None:
    clip: Clip = make.clip()

    refused(client, f"/v/{clip.public_id}/comments", {"text": "Free money"})
    for thing in (f"clip/{clip.public_id}", f"person/{clip.creator.handle}"):
        refused(client, f"/report/{thing}", {"reason": "spam"})

    assert not Comment.objects.exists()
    assert not Report.objects.exists()
