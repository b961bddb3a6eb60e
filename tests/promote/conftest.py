"""An advertiser, its owner, and the owner's browser."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:  # conftests load before the settings
    from vitrine.accounts.models import Person
    from vitrine.ads.models import Advertiser


@pytest.fixture
def owner(db: None) -> "Person":
    from tests import make  # noqa: PLC0415

    return make.person("ada", display_name="Ada")


@pytest.fixture
def advertiser(owner: "Person") -> "Advertiser":
    from tests.ads import making  # noqa: PLC0415

    return making.advertiser(owner)


@pytest.fixture
def client(owner: "Person") -> Client:
    from tests.market.selling import signed_in  # noqa: PLC0415

    return signed_in(owner)
