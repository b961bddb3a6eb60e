"""Read what a press for one product asks of the database, with those that come at this moment.

Who is signed in, what is wanted and how it is delivered: four statements for a press or for
thirty. A press whose reads were done here needs no connection of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from vitrine.accounts import backend, sessions
from vitrine.accounts.sessions import SessionStore
from vitrine.catalog.models import Variant
from vitrine.kernel.batching import Batcher
from vitrine.orders import delivering
from vitrine.orders import wanted as asking
from vitrine.orders.delivering import Offered


@dataclass(frozen=True)
class Arrival:
    """What a press needs. offered: the ways of delivery, by key of their merchant."""

    variant: Variant | None
    offered: Mapping[int, Offered] = field(default_factory=dict)


@dataclass(frozen=True)
class _Coming:
    request: HttpRequest
    variant: str
    at: datetime


def read(request: HttpRequest, variant: str, *, at: datetime) -> Arrival:
    """Return a variant, and know who presses from then on. Queries: 4, for all who come now."""
    return _BATCHER.ask(_Coming(request, variant, at))


def _read_all(coming: Sequence[_Coming]) -> list[Arrival]:
    requests = [one.request for one in coming]
    variants = asking.variants([one.variant for one in coming])
    _know([one for one in requests if not hasattr(one, "_cached_user")])
    merchants = sorted({one.merchant_id for one in variants.values()})
    offered = delivering.options(merchants, at=max(one.at for one in coming)) if merchants else {}
    return [Arrival(variants.get(one.variant), offered) for one in coming]


def _know(requests: Sequence[HttpRequest]) -> None:
    """Let each request know who is signed in. Queries: 2."""
    stores = [cast("SessionStore", one.session) for one in requests]
    sessions.read_ahead(stores)
    keys = {int(one[SESSION_KEY]) for one in stores if SESSION_KEY in one}
    with backend.read_ahead(keys):
        for one in requests:
            _ = one.user.is_authenticated  # it is looked up at its first use


_BATCHER: Batcher[_Coming, Arrival] = Batcher(_read_all, gathers=True)
