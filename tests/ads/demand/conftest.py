"""Each test of demand has a partner of its own, of which no process knows anything yet."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.fakes import bidder as fake
from tests.fakes.bidder import Bidder


@pytest.fixture(autouse=True)
def _knows_nothing() -> Iterator[None]:
    from tests.ads.demand.dealing import forget  # noqa: PLC0415  (before the settings)

    forget()
    yield
    forget()


@pytest.fixture
def bidder(db: None, settings: Settings) -> Iterator[Bidder]:
    """Run a partner that bids for an ad of its own, 5.00 for a thousand views."""
    from tests.ads import making  # noqa: PLC0415
    from vitrine.sovereignty.demand_partners import DemandPartner  # noqa: PLC0415

    with fake.running() as running:
        ad = making.ad()
        account = ad.group.campaign.advertiser.public_id
        running.crid = ad.public_id
        settings.VITRINE_RTB = [DemandPartner(account, running.endpoint, "Example Ads", "NZ")]
        yield running
