"""What happens at one moment with a suspension, and with a shop's owners: never the wrong state."""

import pytest

from tests import make
from tests.races import losers, race
from vitrine.catalog import joining
from vitrine.catalog.invariants import only_who_may_sell_sells
from vitrine.catalog.joining import LastOwner
from vitrine.catalog.models import Membership, Product, Role

ROUNDS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_slips_onto_sale_beside_a_suspension() -> None:
    for _ in range(ROUNDS):
        shop = make.merchant()
        wares = [make.variant(make.product(shop, published_at=None)).product for _ in range(3)]

        def act(number: int) -> None:
            if number == 3:
                shop.suspend(at=make.NOON)  # noqa: B023 (done before the next round)
            else:
                wares[number].publish(at=make.NOON)  # noqa: B023

        assert losers(race(4, act)) == []
        assert not Product.objects.on_sale().filter(merchant=shop).exists()

    assert only_who_may_sell_sells().violations == []


def test_two_owners_do_not_let_each_other_go_at_once() -> None:
    for _ in range(ROUNDS):
        shop = make.merchant()
        first = shop.memberships.get().person
        second = make.person()
        make.member(shop, second, Role.OWNER)
        pair = (first, second)

        def act(number: int) -> None:
            me, other = pair[number], pair[1 - number]  # noqa: B023
            joining.take(shop, other, Role.OWNER, by=me, at=make.NOON)  # noqa: B023

        lost = losers(race(2, act))

        assert [type(each) for each in lost] == [LastOwner]
        assert Membership.objects.filter(merchant=shop, role=Role.OWNER).count() == 1
