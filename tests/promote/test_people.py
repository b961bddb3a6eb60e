"""Who acts for an advertiser: let in, told, held to their role, let out."""

import pytest
from django.test import Client

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from tests.promote.asking import planned, text, url
from vitrine.accounts.models import Notice
from vitrine.ads import opening
from vitrine.ads.models import Ad, AdMember, AdRole, Advertiser
from vitrine.safety.models import ListedWord

pytestmark = pytest.mark.django_db


def test_who_was_let_in_does_what_their_role_lets_them(
    client: Client, advertiser: Advertiser
) -> None:
    people = url("people", advertiser.public_id)
    made = making.campaign(advertiser)
    reader = make.person("reader")
    client.post(people, {"handle": "@Reader", "role": "figures"})
    theirs = signed_in(reader)

    assert theirs.get(url("home", advertiser.public_id)).status_code == 200
    campaign = url("campaign", advertiser.public_id, made.public_id)
    assert "What may be changed" not in text(theirs.get(campaign))
    assert theirs.post(campaign, {"name": "Mine"}).status_code == 404
    assert theirs.get(url("new", advertiser.public_id)).status_code == 404
    assert theirs.get(people).status_code == 404

    client.post(people, {"handle": "reader", "role": "campaigns"})
    assert theirs.get(url("new", advertiser.public_id)).status_code == 200
    client.post(people, {"handle": "reader", "method": "delete"})
    assert theirs.get(url("home", advertiser.public_id)).status_code == 404


def test_whoever_is_let_in_is_told_and_lends_no_clip_by_it(
    client: Client, advertiser: Advertiser
) -> None:
    known = make.person("known")
    clip = make.clip(known)
    client.post(url("people", advertiser.public_id), {"handle": "known", "role": "owner"})

    told = Notice.objects.get(person=known)
    make.clip(making.owner_of(advertiser))
    answer = client.post(url("new", advertiser.public_id), planned(clip.public_id))

    assert (told.kind, told.path) == ("ad", url("home", advertiser.public_id))
    assert told.item.endswith(":let_in")
    assert answer.status_code == 422
    assert not Ad.objects.exists()
    signed_in(known).post(url("new", advertiser.public_id), planned(clip.public_id))
    assert Ad.objects.get().clip == clip


def test_an_account_keeps_an_owner(client: Client, advertiser: Advertiser) -> None:
    people = url("people", advertiser.public_id)

    less = client.post(people, {"handle": "ada", "role": "figures"})
    client.post(people, {"handle": "ada", "method": "delete"})

    assert "An account needs an owner." in text(less)
    assert AdMember.objects.get().role == AdRole.OWNER
    nobody = client.post(people, {"handle": "nobody", "role": "figures"})
    assert "Nobody here has that handle." in text(nobody)


def test_an_owner_gives_an_account_another_name_and_its_ads_wait_again(
    client: Client, advertiser: Advertiser
) -> None:
    ad, page = (
        making.ad(making.group(making.campaign(advertiser))),
        url("name", advertiser.public_id),
    )
    runs = make.person("runs")
    opening.let_in(advertiser, runs, AdRole.CAMPAIGNS, by=making.owner_of(advertiser), at=make.NOON)
    assert signed_in(runs).post(page, {"advertiser_name": "Mine"}).status_code == 404

    client.post(page, {"advertiser_name": advertiser.name})
    assert not Ad.objects.waiting().exists()
    client.post(page, {"advertiser_name": "Ada & Daughters"})

    advertiser.refresh_from_db()
    assert advertiser.name == "Ada & Daughters"
    assert Ad.objects.waiting().get() == ad


@pytest.mark.parametrize("effect", ["hold", "refuse"])
def test_a_name_with_a_listed_word_is_refused(
    client: Client, advertiser: Advertiser, effect: str
) -> None:
    ListedWord.put(["casino"], effect, by=make.person(), at=make.NOON)
    name = advertiser.name

    changed = client.post(url("name", advertiser.public_id), {"advertiser_name": "Casino One"})
    opened = client.post(url("open"), {"whose": "another", "advertiser_name": "Casino One"})

    for answer in (changed, opened):
        assert answer.status_code == 422
        assert "a word that is not allowed here" in text(answer)
        assert "Casino One" in text(answer)
    assert [one.name for one in Advertiser.objects.all()] == [name]
