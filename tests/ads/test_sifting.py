"""What is found later and taken back, through the real billing; honest people are spared."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests import make
from tests.ads import crowds
from tests.ads.crowds import Crowd, Meeting
from tests.ads.test_posting import sound
from tests.ads.test_refusing import ad_of_a_shop
from tests.nightly import IS_NIGHT
from vitrine.accounts.models import Person
from vitrine.ads import billing, leasing, rates, sifting
from vitrine.ads.models import (
    Ad,
    AdDay,
    Billed,
    Charge,
    Ground,
    Reversal,
    Showing,
    Sifting,
)
from vitrine.ads.origins import From
from vitrine.ads.sifting import Counted, Expected
from vitrine.ads.tokens import Reason
from vitrine.orders.models import Wallet

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NOW = make.NOON
OVER = NOW + 2 * HOUR
HONEST = 20_000 if IS_NIGHT else 100
OFFICE = From(b"", b"office")


def sifted() -> Counter[str]:
    """Close what is over, look at all of it, and return what was taken back, by ground."""
    leasing.close_over(at=OVER)
    back = sifting.sift_due(at=OVER)
    grounds = Counter(Reversal.objects.values_list("reason", flat=True))
    assert back == grounds.total()
    assert sifting.sift_due(at=OVER) == 0
    assert sound()
    return grounds


def known(crowd: Crowd, *, shown: int = 5_000, clicks: int = 50) -> Crowd:
    """Say how an ad was received the day before."""
    yesterday = NOW.date() - timedelta(days=1)
    AdDay.objects.create(
        ad=crowd.ad, day=yesterday, shown=shown, expected=float(clicks), views=3_000, clicks=clicks
    )
    return crowd


@pytest.mark.django_db
def test_an_honest_hour_is_left_alone() -> None:
    one = known(crowds.crowd())
    people = crowds.meetings(1_000, every=timedelta(seconds=3.5))
    texts = one.show(people)
    following = range(0, 1_000, 91)

    said = one.follow([people[n] for n in following], [texts[n] for n in following])

    assert set(said) == {None}
    assert sifted() == {}
    looked = Sifting.objects.order_by("until_at").values_list("charges", "reversed")
    assert max(looked) == (11, 0)
    assert len(looked) == 6


@pytest.mark.django_db
def test_a_flood_is_taken_back_down_to_what_was_to_be_expected() -> None:
    """Ten clicks were to be expected, and fifty came: five times as many."""
    one = known(crowds.crowd())
    people = crowds.meetings(1_000, every=timedelta(seconds=0.55))
    known_people = [Meeting(f"p_{n}", each.at, each.after) for n, each in enumerate(people)]
    shown = [known_people[n] if n % 100 == 0 else each for n, each in enumerate(people)]
    texts = one.show(shown)
    following = range(0, 1_000, 20)

    one.follow([shown[n] for n in following], [texts[n] for n in following])

    assert sifted() == {"flood": 40}
    left = Charge.objects.filter(reversal=None)
    assert left.count() == 10
    assert {one.score >= rates.THRESHOLD for one in Reversal.objects.all() if one.score} == {True}
    wallet = Wallet.objects.get(pk=one.ad.group.campaign.advertiser.wallet_id)
    assert wallet.spent_micros == 10 * crowds.PRICE_MICROS
    of_people = [name for name in _viewers(left) if name.startswith("p_")]
    assert len(of_people) == 10  # not one of those who have an account, while visitors were there


def _viewers(charges: Any) -> list[str]:
    named = Showing.objects.filter(showing__in=charges.values("showing"))
    return list(named.values_list("viewer", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("who", [lambda ad: ad.clip.creator, lambda ad: ad.by])
def test_what_an_ads_own_people_follow_signed_out_is_taken_back(
    who: Callable[[Ad], Person],
) -> None:
    """Of their browser and that ad: neither another's click, nor theirs on what others pay for."""
    one, other = crowds.crowd(ad=ad_of_a_shop()), crowds.crowd()
    theirs, later = From(b"theirs", b"home"), NOW + 50 * MINUTE
    own = Meeting(who(one.ad).public_id, NOW, origin=theirs)
    assert one.report([own], one.show([own]), what=Billed.VIEW) == [Reason.OWN]

    same, another = Meeting("v_1", later, origin=theirs), Meeting("v_2", later, origin=OFFICE)
    assert one.click([same, another]) == [None, None]
    assert other.click([replace(same, at=later + MINUTE)]) == [None]

    assert sifted() == {"own": 1}
    assert sorted(_viewers(Charge.objects.filter(reversal=None))) == ["v_1", "v_2"]


@pytest.mark.django_db
def test_five_accounts_on_one_device_are_taken_back_and_a_family_is_not() -> None:
    one = known(crowds.crowd(), clicks=500)
    crowd = crowds.meetings(5, every=MINUTE, name="c_", origin=From(b"tablet", b"home"))
    family = crowds.meetings(3, every=MINUTE, name="f_", origin=From(b"phone", b"home"))
    alone = [
        Meeting(f"a_{n}", NOW + n * MINUTE, (9 + 17 * n) * SECOND, From(b"d%d" % n, b"n%d" % n))
        for n in range(8)
    ]
    one.show(crowds.meetings(200, every=SECOND, name="s_"), chance=0.1)

    assert set(one.click([*crowd, *family, *alone], chance=0.1)) == {None}

    assert sifted() == {"device": 5}


@pytest.mark.django_db
def test_a_crowd_behind_one_connection_is_taken_back() -> None:
    """Twelve of an office follow it, all that saw it there; elsewhere eight of two thousand."""
    one = known(crowds.crowd())
    office = [
        Meeting(each.viewer, each.at, each.after, From(b"o%d" % n, b"office"))
        for n, each in enumerate(crowds.meetings(12, every=4 * MINUTE, name="o_"))
    ]
    others = crowds.meetings(8, every=5 * MINUTE, name="e_")
    one.show(crowds.meetings(2_000, every=timedelta(seconds=1.7), name="s_"))

    one.click([*office, *others])

    assert sifted() == {"network": 12}


@pytest.mark.django_db
def test_an_office_whose_people_see_an_ad_like_others_is_spared() -> None:
    one = known(crowds.crowd(), clicks=500)
    office = crowds.meetings(100, every=30 * SECOND, name="o_", origin=OFFICE)
    texts = one.show(office, chance=0.1)
    one.report(office, texts, what=Billed.VIEW)

    one.follow(office[::12], texts[::12])

    assert sifted() == {}


@pytest.mark.django_db
def test_of_one_connection_so_many_views_are_billed_and_the_others_are_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "VIEWS_FROM_A_NETWORK", 20)
    one = crowds.crowd(billed=Billed.VIEW)
    office = crowds.meetings(25, every=30 * SECOND, name="o_", origin=OFFICE)
    home = crowds.meetings(15, every=30 * SECOND, name="h_", origin=From(b"", b"home"))

    for people in (office, home):
        one.report(people, one.show(people, chance=0.6), what=Billed.VIEW)

    assert sifted() == {"network": 5}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["waits as long each time", "comes as evenly as a clock"])
def test_a_machine_is_taken_back_and_people_around_it_are_not(kind: str) -> None:
    one = known(crowds.crowd(), clicks=500)
    people = crowds.meetings(6, every=9 * MINUTE, name="p_")
    if kind == "comes as evenly as a clock":
        machine = [
            Meeting(f"m_{n}", NOW + n * 30 * SECOND, timedelta(seconds=3, milliseconds=n % 5))
            for n in range(15)
        ]
    else:
        machine = [
            Meeting(
                f"m_{n}", NOW + n * n * 8 * SECOND, timedelta(seconds=3, milliseconds=9 * (n % 7))
            )
            for n in range(15)
        ]
    one.show(crowds.meetings(2_000, every=timedelta(seconds=1.7), name="s_"), chance=0.1)

    one.click([*people, *machine], chance=0.1)

    found = sifted()
    assert set(found) == {"rhythm"}
    assert found["rhythm"] >= 14  # each of them, or each but the first, which no gap is before
    left = _viewers(Charge.objects.filter(reversal=None))
    assert {f"p_{n}" for n in range(6)} <= set(left)


@pytest.mark.django_db
def test_what_slipped_through_at_one_moment_is_taken_back() -> None:
    """Two reports of one viewer at once, neither of which the other saw."""
    one = crowds.crowd()
    twice = [Meeting("v_1", NOW), Meeting("v_1", NOW + SECOND)]
    texts = one.show(twice)
    others = [each._replace(viewer=f"v_{n}") for n, each in enumerate(_reports(twice, texts))]
    assert billing.bill_all([others]) == [[None, None]]

    assert sifted() == {"too often": 1}


@pytest.mark.django_db
def test_so_is_what_slipped_through_of_several_ads() -> None:
    """Five of one viewer's at once, of five payers, where two are billed in a minute."""
    ads = [crowds.crowd() for _ in range(5)]
    shown = [Meeting("v_1", NOW + n * SECOND) for n in range(5)]
    texts = [one.show([each])[0] for one, each in zip(ads, shown, strict=True)]
    others = [each._replace(viewer=f"v_{n}") for n, each in enumerate(_reports(shown, texts))]
    assert billing.bill_all([others]) == [[None] * 5]

    assert sifted() == {"too often": 3}


def _reports(meetings: list[Meeting], texts: list[str]) -> list[Any]:
    return [
        report
        for one, text in zip(meetings, texts, strict=True)
        for report in billing.opened(
            [text], Billed.CLICK, viewer=one.viewer, at=one.at + one.after
        ).reports
    ]


@pytest.mark.django_db
def test_nothing_is_looked_at_before_its_leases_are_closed() -> None:
    one = crowds.crowd()
    one.click([Meeting("v_1", NOW)])

    assert sifting.sift_due(at=NOW + 30 * MINUTE) == 0
    assert sifting.sift_due(at=OVER) == 0
    assert not Sifting.objects.exists()
    leasing.close_over(at=OVER)
    sifting.sift_due(at=OVER)
    assert Sifting.objects.get().until_at == NOW + 10 * MINUTE
    sifting.forget(at=NOW + timedelta(days=31))
    assert not Sifting.objects.exists()


def counted(charge: int, **fields: Any) -> Counted:
    shown_at = fields.pop("shown_at", NOW)
    usual: dict[str, Any] = {
        "ad": 1,
        "payer": 1,
        "billed": "click",
        "at": shown_at + timedelta(seconds=5 + (charge * 7.7) % 91),
        "shown_at": shown_at,
        "viewer": f"v_{charge}",
        "device": b"",
        "network": b"",
        "ordered_s": None,
    }
    return Counted(charge, **{**usual, **fields})


def grounds(charges: list[Counted], expected: float = 50.0) -> Counter[Ground]:
    charges = sorted(charges, key=lambda one: one.at)
    by_ad = {one.ad: Expected(expected, expected, 500) for one in charges}
    found = sifting.doubts(charges, by_ad, until=NOW + 10 * MINUTE)
    return Counter(one.ground for one in found)


@pytest.mark.parametrize(
    "billed, met, ground",
    [
        ("click", [(n // 2, n) for n in range(20)], {Ground.DEVICE: 20}),  # two on each of ten ads
        ("click", list(product(range(2), range(4))), {Ground.DEVICE: 8}),  # the same on both
        ("click", [(1, n) for n in range(4)], {}),
        ("view", [(n, n) for n in range(5)], {Ground.DEVICE: 5}),
        ("view", list(product(range(8), range(4))), {}),  # who is shown one ad is shown the next
    ],
)
def test_a_browser_is_one_for_all_ads_of_a_payer(
    billed: str, met: list[tuple[int, int]], ground: dict[Ground, int]
) -> None:
    charges = [
        counted(
            n,
            billed=billed,
            ad=ad,
            viewer=f"v_{viewer}",
            device=b"tablet",
            shown_at=NOW + n * n * SECOND,
        )
        for n, (ad, viewer) in enumerate(met)
    ]

    assert grounds(charges) == ground
    of_many = [one._replace(payer=n) for n, one in enumerate(charges)]
    assert grounds(of_many) == {}


def test_nobody_buys_within_a_second_of_following_an_ad() -> None:
    shown = [NOW + n * n * SECOND for n in range(9)]
    usual = [counted(n, shown_at=shown[n], ordered_s=40.0 + 31 * n) for n in range(8)]

    assert grounds([*usual, counted(8, shown_at=shown[8], ordered_s=0.9)]) == {Ground.HASTE: 1}


def test_orders_that_all_come_as_long_after_their_click_are_made_up() -> None:
    charges = [
        counted(n, shown_at=NOW + n * n * SECOND, ordered_s=30 + 0.04 * n) for n in range(10)
    ]

    assert grounds(charges) == {Ground.HASTE: 10}


def test_honest_hours_are_spared_whatever_is_asked_of_them() -> None:
    """Ads that are liked differently, people in offices and families, orders after a while."""
    dice, hits, clicks = np.random.default_rng(11), 0, 0
    for _ in range(HONEST):
        charges, expected = honest(dice)
        clicks += len(charges)
        hits += len(sifting.doubts(charges, {1: expected}, until=NOW + HOUR))

    assert clicks > 8 * HONEST
    assert hits <= clicks * 1e-5


def honest(dice: np.random.Generator) -> tuple[list[Counted], Expected]:
    """Play an hour of an ad, whose chance is known from 2,000 showings before."""
    rate = min(0.01 * float(np.exp(dice.normal(0, 0.8))), 0.2)
    learnt = int(dice.binomial(2_000, rate))
    chance = (learnt + 3) / 2_300
    shown = int(dice.integers(50, 4_000))
    offices = dice.zipf(1.5, shown)
    clicks = np.flatnonzero(dice.random(shown) < rate * float(np.exp(dice.normal(0, 0.15))))
    by_network: dict[bytes, float] = {}
    for office in offices.tolist():
        name = b"%d" % office
        by_network[name] = by_network.get(name, 0.0) + chance  # as seen: six of ten showings
    charges = []
    for n in clicks.tolist():
        shown_at = NOW + timedelta(seconds=float(dice.uniform(0, 3_600)))
        delay_s = 2 + float(np.exp(dice.normal(3.2, 0.9)))
        charges.append(
            counted(
                n,
                shown_at=shown_at,
                at=shown_at + timedelta(seconds=delay_s),
                viewer=f"v_{n}",
                device=b"%d" % (n // 2),
                network=b"%d" % offices[n],
                ordered_s=float(20 + np.exp(dice.normal(4, 1))) if dice.random() < 0.1 else None,
            )
        )
    charges.sort(key=lambda one: one.at)
    return charges, Expected(chance * shown / 6, chance * shown, learnt, by_network)
