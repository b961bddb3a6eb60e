"""Whom ads are for: where people are, and what they did in the advertiser's own shop."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.making import lives
from vitrine.accounts.models import Person
from vitrine.ads import bidding, holding, planning, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


def grown_up(**fields: Any) -> Person:
    return make.person(born_on=date(1990, 1, 1), **fields)


def test_an_ad_for_a_region_is_for_people_who_have_things_sent_there() -> None:
    making.ad(making.group(regions=["NY", "OH"]))
    here, there, nowhere = lives(grown_up(), "NY"), lives(grown_up(), "CA"), grown_up()

    assert len(ads_for(here)) == 1
    assert ads_for(there) == ads_for(nowhere) == ads_for() == []


def test_a_region_picks_neither_minors_nor_whoever_wants_that() -> None:
    making.ad(making.group(regions=["NY"]))
    young = lives(make.person(born_on=date(2010, 5, 1)), "NY")
    ageless = lives(make.person(), "NY")
    plain = lives(grown_up(), "NY")

    assert ads_for(young) == ads_for(ageless) == ads_for(plain, is_plain=True) == []
    assert len(ads_for(plain)) == 1


def test_of_several_addresses_the_one_counts_that_is_filled_in_first() -> None:
    making.ad(making.group(regions=["NY"]))
    moved = lives(lives(grown_up(), "NY"), "CA", at=make.NOON + timedelta(days=1))
    chosen = lives(lives(grown_up(), "CA", at=make.NOON + timedelta(days=1)), "NY", is_first=True)

    assert ads_for(moved) == []
    assert len(ads_for(chosen)) == 1
