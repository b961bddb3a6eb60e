"""Tokens of an advertiser's account: made, shown once, revoked; they read figures."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from tests.promote.asking import text, url
from vitrine.accounts.models import Person
from vitrine.ads import opening, programs
from vitrine.ads.models import AccountToken, AdDay, AdRole, Advertiser
from vitrine.programs.models import Token

pytestmark = pytest.mark.django_db


def made(client: Client, account: Advertiser, **typed: Any) -> Any:
    """Make a token on the account's page; return the answer."""
    usual = {"name": "Sheet", "scopes": ["ads:read"], "days": "30"}
    return client.post(url("programs", account.public_id), usual | typed)


def shown(answer: Any) -> str:
    """Return the token that an answer shows."""
    found = re.search(r"vtr_[\w-]{43}", answer.content.decode())
    assert found
    return found[0]


def call(token: str, path: str = "/ads/figures") -> tuple[int, Any]:
    """Call the API with a token; return the status and what it answered."""
    answer = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, json.loads(answer.content)


def test_a_token_is_shown_once_and_reads_the_figures_of_its_account_alone(
    client: Client, advertiser: Advertiser
) -> None:
    mine = making.ad(making.group(making.campaign(advertiser)))
    for ad in (mine, making.ad()):
        AdDay.objects.create(ad=ad, day=make.NOON.date(), shown=9, expected=9, views=3, clicks=1)

    answer = made(client, advertiser)

    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    token = shown(answer)
    page = text(client.get(url("programs", advertiser.public_id)))
    assert token not in page
    assert f"vtr_…{token[-4:]}" in page
    status, told = call(token)
    assert status == 200
    assert [(row["ad"], row["views"]) for row in told["items"]] == [(mine.public_id, 3)]
    expires_at = Token.objects.get().expires_at
    assert expires_at is not None
    assert timedelta(days=29) < expires_at - timezone.now() < timedelta(days=31)


def test_it_opens_no_shop(client: Client, advertiser: Advertiser) -> None:
    make.variant(make.product())
    token = shown(made(client, advertiser))

    for path in ("/products", "/orders", "/stock", "/webhooks", "/gift-cards"):
        status, problem = call(token, path)
        assert (status, problem["code"]) in {(403, "scope_lacking"), (404, "not_found")}, path
    refused = made(client, advertiser, scopes=["ads:read", "orders:read"])
    assert refused.status_code == 422
    assert "Select a valid choice" in text(refused)
    assert Token.objects.count() == 1


def test_postgres_keeps_shops_and_accounts_apart(owner: Person, advertiser: Advertiser) -> None:
    fields: Any = {"name": "Till", "by": owner, "at": make.NOON, "expires_at": None}
    with pytest.raises(IntegrityError, match="opens_none"), transaction.atomic():
        Token.make(None, scopes=["orders:read"], **fields)
    with pytest.raises(ValueError, match="orders:read"):
        programs.make(advertiser, scopes=["orders:read"], **fields)
    shops, _ = Token.make(make.merchant(), scopes=["ads:read"], **fields)
    with pytest.raises(IntegrityError, match="the token is a shop's"), transaction.atomic():
        AccountToken.objects.create(token=shops, advertiser=advertiser)
    assert not AccountToken.objects.exists()


def test_who_revokes_it_or_acts_for_the_account_no_more_ends_it(
    client: Client, owner: Person, advertiser: Advertiser
) -> None:
    token, other = shown(made(client, advertiser)), shown(made(client, advertiser))
    first = programs.tokens(advertiser).earliest("pk")

    client.post(url("revocation", advertiser.public_id, first.public_id))

    assert call(token)[0] == 401
    assert call(other)[0] == 200
    opening.let_in(advertiser, make.person("bea"), AdRole.OWNER, by=owner, at=make.NOON)
    opening.let_go(advertiser, owner)
    assert call(other)[0] == 404


def test_a_shops_account_has_tokens_that_read_its_figures(client: Client, owner: Person) -> None:
    account = making.advertiser(owner, merchant=make.merchant("Ours", owner=owner))
    ad = making.ad(making.group(making.campaign(account)))
    AdDay.objects.create(ad=ad, day=make.NOON.date(), shown=9, expected=9, views=3, clicks=1)

    status, told = call(shown(made(client, account)))

    assert (status, len(told["items"])) == (200, 1)


def test_there_are_twenty_at_most_for_each_account(
    client: Client, owner: Person, advertiser: Advertiser
) -> None:
    for _ in range(20):
        programs.make(
            advertiser, name="Sheet", scopes=["ads:read"], by=owner, at=make.NOON, expires_at=None
        )

    assert made(client, advertiser).status_code == 409
    assert made(client, making.advertiser(owner)).status_code == 201


def test_owners_alone_have_to_do_with_tokens(client: Client, advertiser: Advertiser) -> None:
    made(client, advertiser)
    token = programs.tokens(advertiser).get()
    helper = make.person("helper")
    for role in (AdRole.CAMPAIGNS, AdRole.FIGURES):
        advertiser.members.update_or_create(
            person=helper,
            defaults={"role": role, "since_at": make.NOON, "by": making.owner_of(advertiser)},
        )
        theirs = signed_in(helper)
        assert theirs.get(url("programs", advertiser.public_id)).status_code == 404
        assert made(theirs, advertiser).status_code == 404
        revoked = theirs.post(url("revocation", advertiser.public_id, token.public_id))
        assert revoked.status_code == 404
    other = making.advertiser(making.owner_of(advertiser))
    assert client.post(url("revocation", other.public_id, token.public_id)).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_token_without_a_name_is_refused_and_what_was_typed_stays(
    client: Client, advertiser: Advertiser
) -> None:
    answer = made(client, advertiser, name="", days="365")

    assert answer.status_code == 422
    assert 'value="365" selected' in text(answer)
    assert not Token.objects.exists()
