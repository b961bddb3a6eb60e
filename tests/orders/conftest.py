"""A running fake of Stripe, and a cell whose keys are for it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.fakes import stripe
from tests.fakes.stripe.bank import SECRET_KEY, WEBHOOK_SECRET


@pytest.fixture
def bank(settings: Settings) -> Iterator[stripe.Bank]:
    """Run a bank that the cell takes for Stripe."""
    with stripe.running() as running:
        settings.VITRINE_STRIPE_API = running.origin
        settings.VITRINE_STRIPE_SECRET_KEY = SECRET_KEY
        settings.VITRINE_STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
        yield running
