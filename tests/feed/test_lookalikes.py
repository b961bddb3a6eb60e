"""What the people of a shop have in common, made of what a crowd of viewers watches."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tests import make
from tests.ads import making
from tests.feed.learned import watch_all
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import bidding, holding, lookalikes, planning, standing
from vitrine.ads.models import Ad, Look, Lookalike
from vitrine.catalog.models import Merchant
from vitrine.feed import history, serving, watching
from vitrine.feed import lookalikes as making_them
from vitrine.feed.learning import rebuilding, served
from vitrine.feed.models import Habit, Watch
from vitrine.videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
CLIPS, EACH = 12, 10
LAMPS = 3
"""The kind of clips that those like who look at the shop."""
NOW = make.NOON


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    standing.forget()
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


class Crowd:
    """People who each watch one kind of clips, mostly, and look at the shop if it is of lamps."""

    def __init__(self, shop: Merchant, people: int, kinds: int) -> None:
        self.shop, self.of, self.dice = shop, kinds, np.random.default_rng(7)
        creators = [make.person() for _ in range(kinds)]
        out_at = NOW - timedelta(days=9)
        self.clips = Clip.objects.bulk_create(
            Clip(
                creator=creators[n % kinds], title=f"Clip {n}", created_at=out_at, width=540,
                published_at=out_at, duration_ms=9_000, height=960,
            )
            for n in range(kinds * CLIPS)
        )  # fmt: skip
        self.people = Person.objects.bulk_create(
            Person(handle=f"p{n}", email=f"p{n}@example.org", born_on=date(1990, 1, 1))
            for n in range(people)
        )
        self.kinds = self.dice.integers(0, kinds, people)
        Watch.objects.bulk_create(
            one for who, kind in zip(self.people, self.kinds, strict=True)
            for one in self.watches(who, int(kind))
        )  # fmt: skip
        self.buys = self.dice.random(people) < np.where(self.kinds == LAMPS, 0.95, 0.04)

    def watches(self, who: Person, kind: int) -> Iterator[Watch]:
        """Let somebody watch clips, seven of ten of their kind."""
        own = self.dice.permutation(CLIPS)[: EACH * 7 // 10] * self.of + kind
        rest = self.dice.permutation(self.of * CLIPS)[: EACH * 3 // 10]
        for n, clip in enumerate(np.union1d(own, rest).tolist()):
            at = NOW - timedelta(days=1, minutes=n)
            yield Watch(
                viewer=who.public_id, clip=self.clips[clip], served_at=at, watched_at=at,
                stayed_at=at, watched_ms=9_000,
            )  # fmt: skip

    def look(self, which: Any) -> None:
        """Let some of those who would buy look at the shop."""
        Look.objects.bulk_create(
            Look(person=self.people[n], merchant=self.shop, at=NOW)
            for n in np.flatnonzero(self.buys & which).tolist()
        )


@pytest.fixture
def ad() -> Ad:
    advertiser = making.advertiser(merchant=make.merchant("Brass"))
    group = making.group(making.campaign(advertiser), alike=["looked"], alike_percent=10)
    return making.ad(group)


def crowd_of(ad: Ad, people: int, kinds: int, *, look: int | None = None) -> Crowd:
    """Let people watch, let the first of them look at the shop, and learn of it."""
    merchant = ad.group.campaign.advertiser.merchant
    assert merchant is not None
    made = Crowd(merchant, people, kinds)
    made.look(np.arange(people) < (look or people))
    rebuilding.rebuild()
    return made


@pytest.fixture
def crowd(ad: Ad) -> Crowd:
    """Make as few as a tenth can be told of."""
    return crowd_of(ad, 520, 4)


def alike(person: Person) -> bool:
    """Tell whether somebody is like the people of the shop, as their next page would find."""
    known = standing.current(at=NOW).lookalikes
    return bool(known.near(making_them.taste_of(person.public_id, person)))


def ads_of(person: Person) -> int:
    """Return how many ads are on somebody's next page."""
    _, ads = serving.next_with_ads(
        person.public_id, person, language="en", first=5, size=10, at=NOW
    )
    return len(ads)


def test_a_tenth_of_the_viewers_is_let_in_and_they_are_those_who_would_look(ad: Ad) -> None:
    crowd = crowd_of(ad, 1_000, 10)

    assert making_them.make(at=NOW) == 1

    row = Lookalike.objects.get()
    let_in = np.array([alike(person) for person in crowd.people])
    assert (row.people, row.viewers) == (int(crowd.buys.sum()), 1_000)
    assert abs(let_in.mean() * 100 - 10) < 1.5
    of_lamps = crowd.kinds == LAMPS
    assert of_lamps[let_in].mean() > 0.8 > 7 * of_lamps.mean()
    assert crowd.buys[let_in].mean() > 5 * crowd.buys.mean()


def test_whoever_starts_over_clears_or_pauses_is_out_at_the_next_page(crowd: Crowd) -> None:
    making_them.make(at=NOW)
    them = [crowd.people[n] for n in np.flatnonzero(crowd.kinds == LAMPS).tolist()]
    near = [person for person in them if alike(person)][:5]
    assert [ads_of(person) > 0 for person in near] == [True] * 5

    watching.start_over(key=near[0].public_id, at=NOW)
    history.forget(near[1], at=NOW)
    Habit.pause(near[2], at=NOW)
    Habit.unprofile(near[3], at=NOW)

    assert [alike(person) for person in near] == [False, False, False, False, True]
    assert [ads_of(person) > 0 for person in near] == [False, False, False, False, True]


def test_whoever_is_gone_is_in_no_direction_an_hour_later(crowd: Crowd) -> None:
    making_them.make(at=NOW)
    before = Lookalike.objects.get()
    (gone,) = Look.objects.order_by("pk")[:1]
    gone.person.delete()
    kept = Look.objects.order_by("pk")[0].person
    Habit.unprofile(kept, at=NOW)

    assert making_them.make(at=NOW + timedelta(minutes=59)) == 0
    assert making_them.make(at=NOW + timedelta(minutes=60)) == 1

    after = Lookalike.objects.get()
    assert after.people == before.people - 2
    assert bytes(after.direction) != bytes(before.direction)


def test_newer_tables_have_a_direction_of_their_own(crowd: Crowd) -> None:
    making_them.make(at=NOW)
    old = Lookalike.objects.get().space
    person = next(person for person in crowd.people if alike(person))
    Watch.objects.bulk_create(crowd.watches(make.person(), LAMPS))

    rebuilding.rebuild()
    assert not alike(person)
    assert making_them.make(at=NOW) == 1

    standing.forget()
    assert Lookalike.objects.get().space != old
    assert alike(person)


def test_of_fewer_than_a_hundred_there_is_no_direction(ad: Ad) -> None:
    crowd = crowd_of(ad, 520, 4, look=300)

    assert making_them.make(at=NOW) == 1
    assert Lookalike.objects.get().people == 0
    assert not any(alike(person) for person in crowd.people[:20])
    (why,) = lookalikes.waits([ad.group], crowd.shop.pk).values()
    assert "100 people needed" in why


def test_nothing_is_made_where_nothing_is_learnt_and_what_nobody_asks_for_goes(ad: Ad) -> None:
    assert served.learnt() is None
    assert making_them.make(at=NOW) == 0
    Lookalike.objects.create(
        merchant=make.merchant(), of=["bought"], people=0, viewers=0, space="", direction=b"",
        thresholds=[], made_at=NOW,
    )  # fmt: skip

    assert making_them.make(at=NOW) == 0
    assert not Lookalike.objects.exists()


def test_they_meet_such_ads_in_product_search_too() -> None:
    clips = [make.clip(published_at=NOW - timedelta(days=9)) for _ in range(4)]
    for n in range(4):
        watch_all(clips, to=f"v_{n}")
    rebuilding.rebuild()
    near, far = (make.person(born_on=date(1990, 1, 1)) for _ in range(2))
    watch_all(clips[:2], to=near.public_id)
    taste = making_them.taste_of(near.public_id, near)
    assert taste is not None
    shop = make.merchant("Brass")
    lamp = make.product(shop, title="Brass lamp")
    make.variant(lamp, stock=9)
    for _ in range(9):
        make.variant(make.product(title="A lamp"), stock=9)
    campaign = making.campaign(making.advertiser(merchant=shop))
    group = making.group(campaign, placements=["search"], alike=["bought"], alike_percent=1)
    making.ad(group, product=lamp)
    Lookalike.objects.create(
        merchant=shop, of=["bought"], people=100, viewers=5_000, space=taste.space,
        direction=taste.vector.tobytes(), thresholds=[0.9] * 10, made_at=NOW,
    )  # fmt: skip

    pages = [signed_in(one).get("/search?in=products&q=lamp").content for one in (near, far)]

    assert [b"data-ad" in page for page in pages] == [True, False]
