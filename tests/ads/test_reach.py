"""Whom ads reached: counted once, told without the few, whoever reckons."""

import itertools
from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from tests import make
from tests.ads import making
from tests.ads.making import lives
from tests.nightly import IS_NIGHT
from vitrine.ads import leasing, reach
from vitrine.ads.models import Ad, AdReach, Placement, Response, Showing
from vitrine.sovereignty.cell import local_day

Table = tuple[int, ...]


def told(counted: Table) -> tuple[int | None, tuple[int | None, ...]]:
    """Return what is told of groups: the sum of all, and each."""
    groups = [str(n) for n in range(len(counted))]
    known = dict(zip(groups, counted, strict=True))
    total = reach.told_of([("", "", "feed", sum(counted))]).total
    return total, tuple(reach.told(known, groups).values())


def test_nobody_who_knows_the_rules_finds_a_group_of_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every table, in small: no group is a small one in all tables that are told the same."""
    for groups, fewest, rounded, most in ((2, 6, 2, 15), (3, 4, 2, 11), (4, 3, 1, 6)):
        monkeypatch.setattr(reach, "FEWEST", fewest)
        monkeypatch.setattr(reach, "ROUNDED", rounded)
        alike: dict[Any, list[Table]] = defaultdict(list)
        for table in itertools.product(range(most + 1), repeat=groups):
            alike[told(table)].append(table)

        for (total, each), tables in alike.items():
            if total is None:
                assert set(each) == {None}
                continue
            for place in range(groups):
                possible = {table[place] for table in tables}
                assert 0 in possible or max(possible) >= fewest, (total, each, place)


def test_the_sum_less_what_is_told_is_of_many_and_of_two_groups_at_least() -> None:
    lot = Random(131)
    for _ in range(50_000 if IS_NIGHT else 500):
        sizes = (0, 1, 9, 49, 50, 51, lot.randrange(60), lot.randrange(2_000))
        table = tuple(lot.choice(sizes) for _ in range(lot.randrange(2, 8)))

        total, each = told(table)

        hidden = [n for n, known in zip(table, each, strict=True) if known is None]
        if total is None:
            assert sum(table) < 50
            assert hidden == list(table)
        elif any(hidden):
            assert sum(hidden) >= 50, table
            assert sum(n > 0 for n in hidden) >= 2, table
        for n, known in zip(table, each, strict=True):
            assert known in (None, n - n % 10)


def test_one_band_of_a_few_goes_with_the_smallest_that_could_be_told() -> None:
    rows = [("18-24", 300), ("25-34", 49), ("35-44", 80), ("", 505)]

    found = reach.told_of((band, "", "feed", viewers) for band, viewers in rows)

    assert found.total == 930
    assert found.bands == {
        "18-24": 300, "25-34": None, "35-44": None, "45-54": None, "55+": None, "": 500
    }  # fmt: skip


def test_groups_as_large_as_the_one_that_covers_a_few_go_too() -> None:
    counted = {"a": 60, "b": 60, "c": 3, "d": 61}

    assert reach.told(counted, "abcd") == {"a": None, "b": None, "c": None, "d": 60}


def test_all_is_told_where_nobody_is_in_what_is_not() -> None:
    assert reach.told({"a": 929}, "abc") == {"a": 920, "b": None, "c": None}


def test_where_they_saw_it_is_told_of_two_places_alone() -> None:
    rows = [("", "", Placement.FEED, 1_300), ("", "", Placement.SEARCH, 70)]

    assert reach.told_of(rows[:1]).placements == {}
    assert reach.told_of(rows).placements == {"feed": 1_300, "search": 70}
    rows[1] = ("", "", Placement.SEARCH, 49)
    assert set(reach.told_of(rows).placements.values()) == {None}


@pytest.mark.django_db
def test_what_is_told_stands_still_while_it_is_counted_anew() -> None:
    """Whoever reads twice within a day, or as somebody moves, is told the same."""
    ad, today = making.ad(), local_day(make.NOON)
    for days, viewers in ((2, 80), (1, 70), (0, 60)):
        day = today - timedelta(days=days)
        AdReach.objects.create(ad=ad, day=day, band="25-34", viewers=viewers)

    totals = [
        reach.of_ads([ad.pk], at=make.NOON + timedelta(days=later))[ad.pk].total
        for later in range(3)
    ]

    assert totals == [80, 150, 210]


@pytest.mark.django_db
def test_people_are_counted_once_in_thirty_days_and_by_their_age() -> None:
    ad = making.ad()
    young = make.person(born_on=date(2004, 1, 1))
    rows = [
        (young.public_id, make.NOON),
        (young.public_id, make.NOON + timedelta(hours=2)),
        ("v_visitor", make.NOON),
        ("v_unseen", make.NOON),
    ]
    seen_by(ad, rows, unseen="v_unseen")

    since = make.NOON - timedelta(days=1)
    for region in ("NY", "OH"):
        lives(young, region)
        reach.count(since=since, before=make.NOON + timedelta(days=1))

    named = ("band", "region", "placement", "viewers")
    counted = AdReach.objects.values_list(*named).order_by("band")
    assert list(counted) == [("", "", "feed", 1), ("18-24", "OH", "feed", 1)]
    Showing.objects.filter(at=make.NOON).update(placement=Placement.SEARCH)
    reach.count(since=since, before=make.NOON + timedelta(days=1))
    assert list(counted.all()) == [("", "", "search", 1), ("18-24", "OH", "search", 1)]


def seen_by(ad: Ad, rows: list[tuple[str, Any]], *, unseen: str) -> None:
    """Let an ad have been put before viewers, of whom one did not see it."""
    held = leasing.take(ad.group.campaign, least_micros=20_000, at=make.NOON)
    assert held is not None
    for viewer, at in rows:
        one = Showing.objects.create(
            showing=uuid4(), viewer=viewer, ad=ad, lease_id=held.lease, price_micros=1, chance=0.5,
            at=at,
        )  # fmt: skip
        if viewer != unseen:
            Response.objects.create(
                showing=one.showing, ad=ad, what="view", day=local_day(at), at=at
            )
