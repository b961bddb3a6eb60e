"""Somebody else's bank: as much of Stripe as the cell uses, on a port of this machine.

It keeps promises as Stripe does (one effect per idempotency key, whatever the connection does) and
fails as Stripe does, when told to. ``tests/orders/test_stripe_types.py`` holds its answers against
the types of Stripe's own library.
"""

from tests.fakes.stripe.bank import Bank, Fault
from tests.fakes.stripe.server import running

__all__ = ["Bank", "Fault", "running"]
