"""``vitrine check`` sees what ads cost otherwise than they are told, without statistics too."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests import make
from tests.ads import lending, making
from tests.ads.selling import DAY, HOUR, Scene, buyer, scene, touched
from vitrine.ads import counting, leasing, posting, reversing, sharing
from vitrine.ads.invariants import ads_cost_what_was_charged, creators_have_their_share
from vitrine.ads.models import AdDay, Billed, Budget, Campaign, Charge, Ground, Lease, Objective
from vitrine.ads.reversing import Doubt
from vitrine.timers.models import Timer

pytestmark = pytest.mark.django_db
SURE = make.NOON + 16 * DAY
BUDGETS = 500


def ran(timer: str, at: datetime) -> None:
    """Note that a timer ran well."""
    Timer.objects.update_or_create(
        name=timer, defaults={"known_at": at, "begun_at": at, "finished_at": at}
    )


def said() -> list[str]:
    return ads_cost_what_was_charged().violations


@pytest.fixture
def it() -> Scene:
    """Return an ad that was clicked twice and seen once, and is billed for clicks."""
    it = scene(objective=Objective.CLICKS)
    for _ in range(2):
        touched(it.ad, buyer(), Billed.CLICK, at=make.NOON, price_micros=12_000)
    touched(it.ad, buyer(), Billed.VIEW, at=make.NOON)
    return it


def test_charges_that_were_never_posted_are_seen_once_bills_were(it: Scene) -> None:
    assert said() == []
    ran("ads.post", make.NOON)
    assert said() == []  # they were not there yet

    ran("ads.post", make.NOON + 2 * HOUR)

    (words,) = said()
    assert words.startswith(
        f"the bills of {it.payer.public_id} come to 0, and its charges to 24000"
    )
    posting.post(it.payer, at=make.NOON + 2 * HOUR)
    assert said() == []
    touched(it.ad, buyer(), Billed.CLICK, at=make.NOON + HOUR / 2, price_micros=5_999)
    assert said() == []  # not a minor unit more
    touched(it.ad, buyer(), Billed.CLICK, at=make.NOON + HOUR / 2, price_micros=1)
    assert len(said()) == 1


def test_bills_of_more_than_was_charged_are_seen(it: Scene) -> None:
    posting.post(it.payer, at=make.NOON)
    leasing.close_over(at=make.NOON + HOUR)
    assert said() == []

    with connection.cursor() as cursor:  # a reversal that nobody posted
        cursor.execute(
            "INSERT INTO ads_reversal (home_cell, charge_id, reason, score, at)"
            " SELECT home_cell, id, 'flood', 7.5, now() FROM ads_charge ORDER BY id LIMIT 1"
        )

    assert f"the bills of {it.payer.public_id} come to 2, and its charges to 12000" in str(said())


@pytest.mark.parametrize(
    "change", [{"spent_micros": 23_999}, {"clicks": 1}, {"clicks": 3}, {"placement": "search"}]
)
def test_a_day_that_is_told_otherwise_than_it_was_charged_is_seen(
    it: Scene, change: dict[str, object]
) -> None:
    counting.count(at=make.NOON + HOUR)
    AdDay.objects.update(shown=9, views=7)  # of views it says nothing that is billed
    ran("ads.count", make.NOON + 2 * DAY)
    assert said() == []

    AdDay.objects.update(**change)

    words = said()
    assert words
    assert all(one.startswith(f"ad {it.ad.public_id} of 2026-11-20 in ") for one in words)
    ran("ads.count", make.NOON + DAY)
    assert said() == []  # that day is counted anew


def test_a_day_that_was_never_counted_is_seen_and_one_that_cost_nothing_is_sound(it: Scene) -> None:
    counting.count(at=make.NOON + HOUR)
    leasing.close_over(at=make.NOON + HOUR)
    ran("ads.count", make.NOON + 3 * DAY)
    AdDay.objects.all().delete()
    assert len(said()) == 1

    counting.count(at=make.NOON + HOUR)
    doubts = [Doubt(charge.pk, Ground.FLOOD, 9.0) for charge in Charge.objects.all()]
    assert reversing.take_back(it.payer, doubts, at=make.NOON + 3 * DAY) == 2

    assert (AdDay.objects.get().spent_micros, AdDay.objects.get().clicks) == (0, 0)
    assert said() == []


def test_what_was_shown_before_midnight_is_taken_off_its_own_day_a_year_later(it: Scene) -> None:
    """Midnight is at 5:00 by UTC; the showing itself was forgotten meanwhile."""
    before, after = make.NOON + 16 * HOUR + timedelta(minutes=59, seconds=59), make.NOON + DAY
    touched(it.ad, buyer(), Billed.CLICK, at=before + timedelta(seconds=4), price_micros=700)
    late = Charge.objects.get(price_micros=700)
    counting.count(at=after)
    leasing.close_over(at=after)
    counting.forget(at=make.NOON + 365 * DAY)
    ran("ads.count", make.NOON + 365 * DAY)
    assert late.at.day == 21
    assert said() == []

    doubts = [Doubt(late.pk, Ground.FLOOD, 9.0)]
    assert reversing.take_back(it.payer, doubts, at=make.NOON + 365 * DAY) == 1

    assert said() == []


def test_earnings_that_are_less_or_more_than_the_share_are_seen() -> None:
    link = lending.lent(at=make.NOON)
    first, _ = lending.billed(link, 100_000, 75_000, at=make.NOON)
    ran("ads.share", make.NOON + 14 * DAY)
    assert creators_have_their_share().violations == []  # nothing is sure yet

    ran("ads.share", SURE)
    (words,) = creators_have_their_share().violations
    assert words.startswith(f"the earnings of {link.public_id} come to 0, and its share of 175000")
    sharing.pay_all(at=SURE)
    assert creators_have_their_share().violations == []

    assert link.advertiser
    doubt = Doubt(first.pk, Ground.FLOOD, 9.0)
    assert reversing.take_back(link.advertiser, [doubt], at=SURE + HOUR) == 1
    assert creators_have_their_share().violations == []  # it is taken off at the next run
    ran("ads.share", SURE + DAY)
    (words,) = creators_have_their_share().violations
    assert words.startswith(f"the earnings of {link.public_id} come to 3, and its share of 75000")


def looked_at(plan: dict[str, Any]) -> int:
    """Return how many rows a plan looked at, those that it threw away as well."""
    kinds = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    own = sum(plan.get(kind, 0) for kind in kinds) * plan["Actual Loops"]
    return int(own) + sum(looked_at(part) for part in plan.get("Plans", ()))


def plans(check: Callable[[], object]) -> Iterator[int]:
    """Yield how many rows each statement of a check looks at, at worst: by nested loops alone, as
    Postgres joins what it believes to be a few rows.
    """
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        check()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            (found,) = cursor.fetchone()
            found = json.loads(found) if isinstance(found, str) else found
            yield looked_at(found[0]["Plan"])


def test_a_cell_without_statistics_is_checked_with_each_row_looked_at_a_few_times(
    it: Scene,
) -> None:
    """Five hundred budgets, each of three leases: to look at all for each are 750,000 rows."""
    campaigns = [making.campaign(it.payer, budget_minor=None, daily_minor=100)]
    copies = [Campaign(**_fields(campaigns[0])) for _ in range(BUDGETS // 2 - 1)]
    campaigns += Campaign.objects.bulk_create(copies)
    days = [make.NOON.date(), None]
    budgets = Budget.objects.bulk_create(
        Budget(campaign=one, day=day) for one in campaigns for day in days
    )
    common = Budget.objects.filter(advertiser=it.payer).earliest("pk")
    Lease.objects.bulk_create(
        Lease(
            campaign=one.campaign,
            life=one,
            daily=one,
            common=common,
            amount_micros=0,
            taken_at=make.NOON,
            until_at=make.NOON + HOUR,
        )
        for one in budgets
        for _ in range(3)
    )

    checks = (ads_cost_what_was_charged, creators_have_their_share)
    found = [rows for check in checks for rows in plans(check)]

    assert len(found) > 5
    assert max(found) < 100 * BUDGETS


def _fields(one: Campaign) -> dict[str, Any]:
    unique = ("id", "public_id")
    return {f.attname: getattr(one, f.attname) for f in one._meta.fields if f.name not in unique}
