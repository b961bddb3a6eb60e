"""Who works in a shop: invited by handle or mail, given roles, let go, and all of it logged."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from tests.market.selling import signed_in, url
from vitrine.accounts.models import Notice, Person
from vitrine.catalog import joining, tasks
from vitrine.catalog.joining import InvitationOver, LastOwner
from vitrine.catalog.models import Invitation, MemberChange, Membership, Merchant, Role

pytestmark = pytest.mark.django_db


def _invite(shop: Merchant, **whom: Any) -> Invitation:
    return joining.invite(
        shop, person=whom.get("person"), email=whom.get("email", ""), role=Role.ORDERS,
        by=shop.memberships.get(role=Role.OWNER).person, at=whom.get("at", make.NOON),
    )  # fmt: skip


def _log(shop: Merchant) -> list[tuple[str, str]]:
    return list(shop.member_changes.order_by("pk").values_list("change", "role"))


def test_somebody_is_invited_by_handle_and_accepts_by_the_link_of_the_notice(
    client: Client, shop: Merchant
) -> None:
    helper, other = make.person("helper"), make.person()

    client.post(url("people", shop), {"whom": "@Helper", "role": "catalogue"})
    link = Notice.objects.get(person=helper, kind="shop").path
    stranger = signed_in(other).get(link)
    shown = signed_in(helper).get(link).content.decode()
    before = signed_in(helper).get(url("home", shop)).status_code
    signed_in(helper).post(link)
    again = signed_in(helper).post(link)

    assert stranger.status_code == before == 404
    assert "in the role: Catalogue" in shown
    assert signed_in(helper).get(url("products", shop)).status_code == 200
    assert again.status_code == 410
    assert _log(shop) == [("invited", "catalogue"), ("joined", "catalogue")]
    assert "@helper joined as Catalogue" in client.get(url("people", shop)).content.decode()


def test_whom_nobody_knows_is_said_and_what_was_typed_stays(client: Client, shop: Merchant) -> None:
    nobody = client.post(url("people", shop), {"whom": "nobody.here", "role": "orders"})
    broken = client.post(url("people", shop), {"whom": "new@example", "role": "orders"})

    assert nobody.status_code == broken.status_code == 422
    assert "Nobody here has this handle." in nobody.content.decode()
    assert 'value="nobody.here"' in nobody.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_by_mail_opens_for_whoever_has_it(shop: Merchant) -> None:
    made = _invite(shop, email="new@example.org", at=make.NOON + timedelta(days=30_000))

    tasks.tell_invited(made.pk)
    [message] = mail.outbox

    assert message.to == ["new@example.org"]
    assert made.path in message.body
    assert signed_in(make.person()).get(made.path).status_code == 200
    assert signed_in(make.person()).get(made.path[:-3] + "x/").status_code == 404


def test_an_invitation_ends_when_it_is_withdrawn_repeated_or_old(shop: Merchant) -> None:
    helper = make.person()
    old, repeated, withdrawn = (_invite(shop, person=make.person()) for _ in range(3))
    first = _invite(shop, person=helper)
    _invite(shop, person=helper)
    withdrawn.withdraw(at=make.NOON)

    for over, by, at in (
        (old, old.person, make.NOON + timedelta(days=14)),
        (first, helper, make.NOON),
        (withdrawn, withdrawn.person, make.NOON),
        (repeated, helper, make.NOON),
    ):
        assert by is not None
        with pytest.raises(InvitationOver):
            joining.accept(over, by=by, at=at)

    assert Membership.objects.filter(merchant=shop).count() == 1


def test_roles_are_given_and_taken_and_each_change_is_logged(
    client: Client, shop: Merchant
) -> None:
    helper = make.person("helper")
    make.member(shop, helper, Role.ORDERS)
    typed = {"handle": "helper", "role": "finance"}

    client.post(url("member", shop), typed)
    client.post(url("member", shop), typed)
    client.post(url("member", shop), typed | {"role": "orders", "method": "delete"})
    client.post(url("member", shop), {"handle": "stranger", "role": "owner"})

    roles = Membership.objects.filter(merchant=shop, person=helper).values_list("role", flat=True)
    assert list(roles) == ["finance"]
    assert _log(shop) == [("given", "finance"), ("taken", "orders")]
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberChange.objects.all().delete()


def test_the_last_owner_stays(client: Client, shop: Merchant, owner: Person) -> None:
    answer = client.post(
        url("member", shop), {"handle": "owner", "role": "owner", "method": "delete"}, follow=True
    )

    assert "A shop needs an owner." in answer.content.decode()
    with pytest.raises(LastOwner):
        joining.take(shop, owner, Role.OWNER, by=owner, at=make.NOON)
    with pytest.raises(IntegrityError, match="needs an owner"), transaction.atomic():
        Membership.objects.filter(merchant=shop).delete()
    with pytest.raises(IntegrityError, match="needs an owner"), transaction.atomic():
        Membership.objects.filter(merchant=shop).update(role=Role.ORDERS)
    assert Membership.objects.get(merchant=shop).role == Role.OWNER


def test_an_owner_leaves_once_there_is_another(shop: Merchant, owner: Person) -> None:
    second = make.person()
    joining.give(shop, second, Role.OWNER, by=owner, at=make.NOON)

    answer = signed_in(owner).post(
        url("member", shop), {"handle": "owner", "role": "owner", "method": "delete"}
    )

    assert answer["Location"] == "/market/"
    assert list(shop.memberships.values_list("person", flat=True)) == [second.pk]
    assert _log(shop)[-1] == ("left", "owner")
