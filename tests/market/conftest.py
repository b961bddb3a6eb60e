"""A shop, its owner, and a browser that the owner is signed in to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # conftests load before the settings
    from django.test import Client

    from vitrine.accounts.models import Person
    from vitrine.catalog.models import Merchant


@pytest.fixture
def owner() -> Person:
    from tests import make  # noqa: PLC0415

    return make.person("owner")


@pytest.fixture
def shop(owner: Person) -> Merchant:
    from tests import make  # noqa: PLC0415

    return make.merchant("Lamp Shop", owner=owner)


@pytest.fixture
def client(owner: Person) -> Client:
    from tests.market.selling import signed_in  # noqa: PLC0415

    return signed_in(owner)
