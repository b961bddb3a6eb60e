"""Read what a press for one product asks of the database, with those that come at this moment.

Who is signed in, what is wanted and how it is delivered: four statements for a press or for
thirty. A press whose reads were done here needs no connection of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest

from vitrine.accounts import signed_in
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
    signed_in.know([one for one in requests if not hasattr(one, "_cached_user")])
    merchants = sorted({one.merchant_id for one in variants.values()})
    offered = delivering.options(merchants, at=max(one.at for one in coming)) if merchants else {}
    return [Arrival(variants.get(one.variant), offered) for one in coming]


_BATCHER: Batcher[_Coming, Arrival] = Batcher(_read_all, gathers=True)
