"""An advertiser's wallet on its pages: paid into, seen, given back, and by whom."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from tests.orders.deposits import HUNDRED, fresh, paid, sound
from tests.orders.money import at_bank
from tests.orders.work import run_jobs
from tests.promote.asking import text, url
from vitrine.accounts.models import Person
from vitrine.ads.models import AdMember, AdRole, Advertiser
from vitrine.orders import wallets
from vitrine.orders.models import Deposit, SaleState
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def advertiser(owner: Person) -> Advertiser:
    return making.advertiser(owner, put_minor=0)


def typed(amount: str = "100", token: str = sandbox.SUCCEEDS, **fields: str) -> dict[str, str]:
    usual = {"key": "press", "amount_minor": amount, "payer_name": "Lamps and Sons"}
    return usual | {"region": "NY", "method": token} | fields


def test_a_wallet_is_filled_its_invoice_read_and_what_is_free_given_back(
    client: Client, advertiser: Advertiser, settings: Settings
) -> None:
    settings.VITRINE_OPERATOR_TAX_NUMBER = "12-345-678"
    page = url("money", advertiser.public_id)
    assert 'value="Ada"' in text(client.get(page))  # on the invoice, until another name was typed

    went = client.post(page, typed())
    made = Deposit.objects.get()
    assert went.headers["Location"] == made.get_absolute_url()
    client.post(page, typed())  # pressed twice
    assert (made.state, Deposit.objects.count(), at_bank()) == ("paid", 1, {"capture": HUNDRED})
    shown = text(client.get(made.get_absolute_url()))
    assert "Deposit of $100.00" in shown
    assert "Invoice W00001" in shown
    assert "To Lamps and Sons" in shown
    assert "Tax number 12-345-678" in shown
    assert wallets.hold(advertiser.wallet.pk, 15_000_000)
    now = text(client.get(page))
    assert "<b>$85.00</b><span>free to spend" in now
    assert "<b>$15.00</b><span>held for ads" in now
    assert 'value="Lamps and Sons"' in now

    too_much = client.post(
        url("give-back", advertiser.public_id), {"key": "b", "amount_minor": "85.01"}
    )
    assert too_much.status_code == 422
    assert "no more than is free" in text(too_much)
    back = client.post(
        url("give-back", advertiser.public_id), {"key": "b", "amount_minor": "85"}, follow=True
    )
    assert "goes back to where it came from" in text(back)
    assert at_bank() == {"capture": HUNDRED, "refund": 8_500}
    assert "Credit note WC00001" in text(client.get(made.get_absolute_url()))
    run_jobs()
    assert made.get_absolute_url() in mail.outbox[-1].body
    assert sound()


def test_a_bank_that_asks_is_gone_to_and_come_back_from(
    client: Client, advertiser: Advertiser
) -> None:
    page = url("money", advertiser.public_id)
    went = client.post(page, typed(token=sandbox.CHALLENGES))
    made = Deposit.objects.get()
    assert "Waiting for your bank" in text(client.get(made.get_absolute_url()))
    asked_again = client.get(f"{made.get_absolute_url()}/outcome?go")
    assert asked_again["Location"] == went["Location"]

    there = client.post(went["Location"], {"approve": ""})
    assert there["Location"] == f"{made.get_absolute_url()}/outcome"
    back = client.get(there["Location"], follow=True)

    assert "Invoice W00001" in text(back)
    assert fresh(advertiser.wallet).put_minor == HUNDRED
    assert sound()


def test_what_is_wrong_is_said_and_nothing_is_charged(
    client: Client, advertiser: Advertiser
) -> None:
    page = url("money", advertiser.public_id)
    little = client.post(page, typed("4.99"))
    no_card = client.post(page, typed(token=sandbox.DECLINES))
    nowhere = client.post(page, typed(region="XX"))

    assert [each.status_code for each in (little, no_card, nowhere)] == [422] * 3
    assert "Write an amount within the limits." in text(little)
    assert "The card was declined." in text(no_card)
    assert 'value="press"' not in text(no_card)  # the next press is another attempt
    assert fresh(advertiser.wallet).put_minor == 0
    assert at_bank() == {}
    declined = Deposit.objects.get()
    assert declined.state == SaleState.DECLINED
    assert "Nothing was charged." in text(client.get(declined.get_absolute_url()))


@pytest.mark.parametrize(
    "role, sees", [(AdRole.MONEY, 200), (AdRole.CAMPAIGNS, 404), (AdRole.FIGURES, 404), (None, 404)]
)
def test_money_is_for_those_who_look_after_it(
    advertiser: Advertiser, owner: Person, role: AdRole | None, sees: int
) -> None:
    made, other = paid(advertiser.wallet), make.person()
    if role:
        AdMember.objects.create(
            advertiser=advertiser, person=other, role=role, since_at=make.NOON, by=owner
        )
    theirs = signed_in(other)

    for page in (url("money", advertiser.public_id), made.get_absolute_url()):
        assert theirs.get(page).status_code == sees
    assert theirs.get(f"{made.get_absolute_url()}/outcome").status_code == {200: 302}.get(sees, 404)
    if sees == 404:
        back = {"key": "b", "amount_minor": "1"}
        assert theirs.post(url("give-back", advertiser.public_id), back).status_code == 404
        assert fresh(advertiser.wallet).put_minor == HUNDRED
