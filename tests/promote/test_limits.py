"""What an advertiser may spend on a day in all: set on its page, while campaigns run."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import Worker
from tests.market.selling import signed_in
from tests.races import losers, race
from vitrine.accounts.models import Person
from vitrine.ads import budgeting
from vitrine.ads.budgeting import BudgetSpent
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import AdMember, AdRole, Advertiser, Budget, DailyLimit, Lease
from vitrine.kernel.money import MICROS_PER_MINOR


def page(advertiser: Advertiser) -> str:
    return reverse("promote:limit", args=[advertiser.public_id])


def set_to(client: Client, advertiser: Advertiser, typed: str) -> Any:
    return client.post(page(advertiser), {"daily_minor": typed})


def running(advertiser: Advertiser) -> Worker:
    group = making.group(making.campaign(advertiser, budget_minor=1_000_00))
    return Worker(making.ad(group))


def test_a_limit_holds_at_once_and_says_who_set_it(
    client: Client, owner: Person, advertiser: Advertiser
) -> None:
    one, now = running(advertiser), timezone.now()

    answers = [set_to(client, advertiser, typed) for typed in ("20", "1.50", "")]
    shown = client.get(page(advertiser)).content.decode()

    assert [answer.status_code for answer in answers] == [302] * 3
    said = [(row.daily_minor, row.by) for row in DailyLimit.objects.order_by("pk")]
    assert said == [(2_000, owner), (150, owner), (None, owner)]
    assert shown.index("No limit") < shown.index("$1.50 a day") < shown.index("$20.00 a day")
    set_to(client, advertiser, "1.50")
    assert not one.take(at=now, least_micros=151 * MICROS_PER_MINOR)
    assert one.take(at=now, least_micros=150 * MICROS_PER_MINOR)


def test_it_changes_today_while_campaigns_run_and_never_below_what_is_held(
    client: Client, advertiser: Advertiser
) -> None:
    one, now = running(advertiser), timezone.now()
    assert one.take(at=now, least_micros=12_34 * MICROS_PER_MINOR)
    today = Budget.objects.filter(advertiser=advertiser)

    refused = set_to(client, advertiser, "12.33")

    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Today it can be $15.63 or more" in said  # a 64th of what the wallet has
    assert 'value="12.33"' in said
    assert not DailyLimit.objects.exists()
    for typed in ("15.63", "100"):
        assert set_to(client, advertiser, typed).status_code == 302
    assert today.get().limit_micros == 100_00 * MICROS_PER_MINOR
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.parametrize(
    "typed, said",
    [
        ("0", "Choose an amount from $1.00 to $1,000,000.00."),
        ("0.99", "Choose an amount from $1.00"),
        ("-5", "An amount cannot be negative."),
        ("5.001", "USD has 2 decimals"),
        ("€ 5", "“€ 5” is not in USD."),
        ("5 EUR", "“5 EUR” is not in USD."),
        ("5 XYZ", "is not an amount"),
        ("much", "is not an amount"),
        ("1000000.01", "to $1,000,000.00."),
    ],
)
def test_what_is_no_limit_is_refused_at_the_field_and_stays_typed(
    client: Client, advertiser: Advertiser, typed: str, said: str
) -> None:
    answer = set_to(client, advertiser, typed)

    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert f'value="{typed}"' in shown
    assert not DailyLimit.objects.exists()
    advertiser.refresh_from_db()
    assert advertiser.daily_minor is None


@pytest.mark.parametrize(
    "role, status",
    [(AdRole.MONEY, 302), (AdRole.CAMPAIGNS, 404), (AdRole.FIGURES, 404)],
)
def test_owners_and_who_keeps_the_money_set_it(
    advertiser: Advertiser, role: AdRole, status: int
) -> None:
    person = make.person()
    AdMember.objects.create(
        advertiser=advertiser, person=person, role=role, since_at=make.NOON, by=person
    )

    answer = set_to(signed_in(person), advertiser, "5")

    assert answer.status_code == status
    assert DailyLimit.objects.count() == (status == 302)


def test_nothing_sets_it_without_saying_who(advertiser: Advertiser, owner: Person) -> None:
    made = DailyLimit.objects.create(
        advertiser=advertiser, daily_minor=5_00, by=owner, at=make.NOON
    )

    with pytest.raises(IntegrityError, match="set with who"), transaction.atomic():
        Advertiser.objects.update(daily_minor=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DailyLimit.objects.filter(pk=made.pk).update(daily_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyLimit.objects.create(advertiser=advertiser, daily_minor=0, by=owner, at=make.NOON)

    advertiser.refresh_from_db()
    assert advertiser.daily_minor == 5_00


@pytest.mark.django_db(transaction=True)
def test_limits_that_change_while_leases_are_taken_break_nothing() -> None:
    """Without the lock on the advertiser, a lease makes the day's budget with the limit before."""
    owner = make.person("ada")
    payer = making.advertiser(owner)
    campaigns = [running(payer) for _ in range(4)]

    def act(number: int) -> None:
        for n in range(6):
            if number % 2:
                campaigns[number // 2].take(at=make.NOON, least_micros=2_00 * MICROS_PER_MINOR)
                continue
            with suppress(BudgetSpent):
                budgeting.limit_all(payer, daily_minor=(n + 1) * 10_00, by=owner, at=make.NOON)

    results = race(8, act)

    assert losers(results) == []
    payer.refresh_from_db()
    budget = Budget.objects.get(advertiser=payer)
    assert budget.limit_micros == (payer.daily_minor or 0) * MICROS_PER_MINOR
    held = sum(Lease.objects.values_list("amount_micros", flat=True))
    assert budget.held_micros == held <= budget.limit_micros
    assert DailyLimit.objects.order_by("-pk")[0].daily_minor == payer.daily_minor
    assert ads_cost_what_was_charged().violations == []
