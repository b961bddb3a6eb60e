"""A shop's money: where it is paid, after a password and a pause; what comes next, and why."""

from datetime import UTC, date, datetime

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests import make
from tests.market.selling import signed_in, sure, url, with_password
from tests.orders.payouts.work import DAY, agreed, banked, holds, payee, sold
from tests.orders.work import run_jobs
from vitrine.accounts.models import Notice, Person
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Merchant, Role
from vitrine.ledger import accounts
from vitrine.orders.models import BankAccount, Payout, PayoutState, PayoutTerms
from vitrine.orders.payouts import outlook, planning, releasing, statements, terms
from vitrine.orders.payouts.outlook import Obstacle

pytestmark = pytest.mark.django_db
TYPED = {"holder": "Lamp Shop Inc", "routing": "021000021", "number": "1234 5678 9"}


def test_an_account_is_named_after_a_password_and_everybody_who_keeps_money_is_told(
    shop: Merchant, owner: Person, mailoutbox: list[EmailMessage]
) -> None:
    clerk, keeper = make.person(), make.person()
    make.member(shop, clerk, Role.CATALOGUE)
    make.member(shop, keeper, Role.FINANCE)
    fresh = sure(keeper)
    there = url("account", shop)

    asked = with_password(owner).post(there, TYPED)
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert signed_in(clerk).get(url("money", shop)).status_code == 404
    assert signed_in(clerk).get(there).status_code == 404
    assert not BankAccount.objects.exists()

    wrong = fresh.post(there, TYPED | {"routing": "021000022"})
    assert wrong.status_code == 422
    assert b"a digit is wrong somewhere" in wrong.content
    assert b'value="1234 5678 9"' in wrong.content

    assert fresh.post(there, TYPED).status_code == 302
    run_jobs()
    named = BankAccount.objects.get()
    assert (named.routing, named.number, named.by) == ("021000021", "123456789", keeper)
    assert fresh.post(there, TYPED).status_code == 409
    assert BankAccount.objects.count() == 1
    assert {mail.to[0] for mail in mailoutbox} == {owner.email, keeper.email}
    assert "6789" not in mailoutbox[0].body
    assert f"/market/{shop.slug}/money/" in mailoutbox[0].body
    told = Notice.objects.filter(kind=Kind.BANK_ACCOUNT)
    assert set(told.values_list("person", flat=True)) == {owner.pk, keeper.pk}
    page = fresh.get(url("money", shop)).content.decode()
    assert "•••6789" in page
    assert "123456789" not in page
    assert "Paid from" in page


def test_another_account_pauses_payouts_and_calls_off_what_was_planned_to_the_old_one(
    shop: Merchant, settings: Settings
) -> None:
    agreed(shop, return_days=0, next_on=date(2026, 11, 20), schedule="daily")
    banked(shop, at=make.NOON - 2 * DAY)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)
    (payout,) = planning.plan_due(at=make.NOON)
    settings.VITRINE_BANK_CHANGE_HOURS = 72

    banked(shop, at=make.NOON, number="987654321")

    payout.refresh_from_db()
    assert payout.state == PayoutState.BOUNCED
    assert holds(shop) == {"available": 9_895}
    assert not Notice.objects.filter(kind=Kind.PAYOUT).exists()
    assert planning.plan_due(at=make.NOON + 2 * DAY) == []
    (again,) = planning.plan_due(at=make.NOON + 3 * DAY)
    assert (again.amount_minor, again.bank.number) == (9_895, "987654321")


def test_a_suspended_shop_is_paid_when_the_suspension_is_lifted(shop: Merchant) -> None:
    agreed(shop, return_days=0, next_on=date(2026, 11, 20))
    banked(shop, at=make.NOON - 2 * DAY)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)
    shop.suspend(at=make.NOON)

    assert planning.plan_due(at=make.NOON) == []
    bank = BankAccount.objects.get()
    held = outlook.of(payee(shop), terms.of(payee(shop), at=make.NOON), bank, at=make.NOON)
    assert held.obstacle is Obstacle.HELD
    shop.reinstate()

    assert [each.amount_minor for each in planning.plan_due(at=make.NOON)] == [9_895]


def test_the_next_payout_says_its_sum_and_then_pays_it(shop: Merchant, client: Client) -> None:
    agreed(shop, return_days=2, reserve_percent=10, reserve_days=5, next_on=date(2026, 11, 23))
    sold(shop, 10_000, at=make.NOON - 6 * DAY)
    releasing.release_due(at=make.NOON - 4 * DAY)  # 8,906 available, 989 kept until the 21st
    sold(shop, 5_000)  # 5,195, of which 519 are kept
    sold(shop, 30_000, at=make.NOON + 3 * DAY)  # too late
    mine = terms.of(payee(shop), at=make.NOON)

    def said(at: datetime = make.NOON) -> outlook.Outlook:
        return outlook.of(payee(shop), mine, BankAccount.objects.first(), at=at)

    found = said()
    parts = (found.available_minor, found.maturing_minor, found.kept_minor, found.freed_minor)
    assert parts == (8_906, 5_195, 519, 989)
    assert (found.total_minor, found.obstacle) == (14_571, Obstacle.NO_ACCOUNT)
    banked(shop)
    assert said().obstacle is None
    changed = client.post(url("terms", shop), {"schedule": "weekly", "minimum": "145.72"})
    assert changed.status_code == 302
    mine.refresh_from_db()
    assert said().obstacle is Obstacle.TOO_LITTLE
    assert client.post(url("terms", shop), {"schedule": "x", "minimum": "0"}).status_code == 422

    agreed(shop, minimum_minor=14_571, next_on=date(2026, 11, 23))
    monday = datetime(2026, 11, 24, 4, tzinfo=UTC)  # still Monday in New York
    releasing.release_due(at=monday)
    (payout,) = planning.plan_due(at=monday)
    assert payout.amount_minor == 14_571
    page = client.get(url("money", shop)).content.decode()
    assert "$145.71" in page
    assert str(Payout.objects.get().public_id)[-6:] in page


def test_a_creator_names_an_account_and_reads_a_month_like_a_shop() -> None:
    ana = make.person("ana")
    mine = accounts.creator(ana.public_id)
    client = sure(ana)

    assert client.get(reverse("studio:money")).status_code == 200
    assert not PayoutTerms.objects.exists()
    assert client.post(reverse("studio:account"), TYPED).status_code == 302
    assert BankAccount.objects.of(mine).get().number == "123456789"
    assert Notice.objects.get(kind=Kind.BANK_ACCOUNT).path == "/studio/money/"
    changed = {"schedule": "monthly", "minimum": "25"}
    assert client.post(reverse("studio:terms"), changed).status_code == 302
    assert PayoutTerms.objects.get().minimum_minor == 2_500
    statements.close(mine, date(2026, 11, 1), at=make.NOON + 30 * DAY)
    page = client.get(reverse("studio:statement", args=["2026-11"])).content.decode()
    assert "Nothing moved this month." in page
    assert "Invoice" not in page
    assert (
        signed_in(make.person()).get(reverse("studio:statement", args=["2026-11"])).status_code
        == 404
    )
