"""Whose sales journeys are, through all tables, held to comparing each touch with each."""

import random
from uuid import UUID

import pytest

from tests import make
from tests.ads import making
from tests.ads.by_force import winner
from tests.ads.selling import HOUR, ad_of, bought, buyer, cancelled, scene, swept, touched
from tests.nightly import IS_NIGHT
from vitrine.accounts.models import Person
from vitrine.ads import billing, invariants
from vitrine.ads.crediting import Bought, Touch
from vitrine.ads.models import Ad, Billed, Credit
from vitrine.ads.origins import NOWHERE
from vitrine.ads.tokens import Reason

VIEW, CLICK = Billed.VIEW, Billed.CLICK
JOURNEYS, BLOCKS = (100, 100) if IS_NIGHT else (8, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("block", range(BLOCKS))
def test_journeys_end_as_comparing_each_with_each_finds(block: int) -> None:
    """Several advertisers, kinds and moments, each journey through all tables.

    Touches come in any order, some reported twice; some orders are cancelled, before they are
    followed or after.
    """
    it, dice = scene(), random.Random(block)
    ads = [it.ad, ad_of(it.payer, click_days=14, view_days=0), ad_of(making.advertiser())]
    make.tag(ads[2].clip, it.lamp.product)
    expected, stands = {}, {}
    for _ in range(JOURNEYS):
        bea = buyer()
        touches = [
            _touched_by(bea, ad, it.lamp.product_id, dice)
            for ad in dice.choices(ads, k=dice.randint(0, 3))
        ]
        order = bought(it.lamp, by=bea)
        line = order.lines.get().pk
        found = winner(touches, Bought(it.shop.pk, it.lamp.product_id, make.NOON))
        expected[line] = found and (found.ad, UUID(int=found.showing), found.is_click)
        how = dice.random()
        if how < 0.1:
            swept()
        if how < 0.2:
            cancelled(order)
        stands[line] = 0 if how < 0.2 else 10_000

    left = {credit.line_id: minor for minor, credit in swept()}

    credits = {
        one.line_id: (one.ad_id, one.showing, one.what == CLICK) for one in Credit.objects.all()
    }
    assert {line: credits.get(line) for line in expected} == expected
    assert left == {line: stands[line] for line in credits}
    assert None in expected.values()
    assert len(credits) > 1
    assert invariants.ads_are_credited_once().violations == []


def _touched_by(bea: Person, ad: Ad, sells: int, dice: random.Random) -> Touch:
    at, is_click = make.NOON - dice.randint(-3, 30) * 12 * HOUR, dice.random() < 0.5
    what = CLICK if is_click else VIEW
    token = touched(ad, bea, what, at=at)
    if dice.random() < 0.3:
        again = billing.Report(token, what, bea.public_id, NOWHERE, at + HOUR)
        assert billing.bill_all([[again]]) == [[Reason.REPLAYED]]
    of = ad.group.campaign
    return Touch(
        token.showing.int, ad.pk, of.pk, is_click, at, of.click_days, of.view_days,
        of.advertiser.merchant_id, frozenset({sells}),
    )  # fmt: skip
