"""The press of the order button, read with as few queries as can be: no page is drawn for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from vitrine.orders import carts, keeping
from vitrine.orders.checkout import Attempt
from vitrine.orders.delivering import Offered
from vitrine.orders.models import Address
from vitrine.orders.payment import providers
from vitrine.orders.splitting import Choice
from vitrine.orders.wanted import Wanted
from vitrine.surfaces.shop import arriving, choosing, handover, offer, stored
from vitrine.surfaces.shop.forms import PurchaseForm

QUEUE = "queue"
"""What a browser is known by in the queues of drops, in its session."""


@dataclass(frozen=True)
class Press:
    """What the form asked for. wanted: empty when it is no longer there.

    addresses: by mark, those of the buyer's book to which single lines go.
    """

    form: PurchaseForm
    wanted: list[Wanted]
    choices: dict[str, Choice]
    addresses: dict[str, Address]
    offered: Mapping[int, Offered] | None

    def attempt(self, request: HttpRequest, *, at: datetime) -> Attempt:
        """Return the purchase that a valid form describes."""
        typed = self.form.cleaned_data
        return Attempt(
            key=typed["key"],
            buyer=offer.person_of(request),
            wanted=self.wanted,
            choices=self.choices,
            addresses=self.addresses,
            recipient=self.form.recipient(),
            means=self.form.means(),
            shown_total_minor=typed["shown_total"],
            voucher=request.POST.get("voucher", "").strip()[:30],
            visitor=self._visitor(request),
            offered=self.offered,
            wish=(wish := stored.wish_of(request, at=at)),
            shown_asked_minor=typed["shown_asked"] if wish else None,
        )

    def _visitor(self, request: HttpRequest) -> str:
        """Return who the browser is in queues; its session is read for what sells in turn alone."""
        in_turn = any(one.variant.product.drop_until for one in self.wanted)
        return str(request.session.get(QUEUE, "")) if in_turn else ""


def read(request: HttpRequest, *, at: datetime) -> Press:
    """Read a press for one product, or for the bag. Queries: 1 to 5."""
    chosen = handover.choices(request.POST)
    wanted, offered = _wanted(request, at=at)
    each = [handover.choice_of(one, chosen) for one in wanted]
    collects = bool(each) and all(one.store or one.address for one in each)
    provider = providers.default()
    cards = keeping.cards(offer.person_of(request), provider)
    if cards or collects:
        form = PurchaseForm(data=request.POST, provider=provider, kept=cards, collects=collects)
    else:
        form = PurchaseForm.pressed(request.POST, provider=provider)
    return Press(form, wanted, chosen, _addresses(request, {one.address for one in each}), offered)


def _addresses(request: HttpRequest, marks: set[str]) -> dict[str, Address]:
    """Return the addresses of the buyer's book that are named. Queries: 1 where any is."""
    person = offer.person_of(request)
    kept = keeping.addresses(person) if person and marks - {""} else []
    return {one.mark: one for one in kept if one.mark in marks}


def _wanted(
    request: HttpRequest, *, at: datetime
) -> tuple[list[Wanted], Mapping[int, Offered] | None]:
    """Return what is wanted, with the ways of its delivery where they came with it."""
    if not request.POST.get("product"):
        return _in_the_bag(request), None
    arrival = arriving.read(request, request.POST.get("variant", ""), at=at)
    variant = arrival.variant
    if variant is None or variant.product.public_id != request.POST["product"]:
        return [], None
    clip_id = offer.clip_where_met(variant.product, request.POST.get("clip", ""))
    return [Wanted(variant, choosing.quantity_of(request.POST), clip_id)], arrival.offered


def _in_the_bag(request: HttpRequest) -> list[Wanted]:
    """Read what the form showed of the bag; pressed again, what the first press took out of it.

    The bag is read first: a purchase that empties it between the two reads is found by its key.
    """
    bag = carts.wanted(carts.find(offer.person_of(request), offer.cart_token(request)))
    shown = request.POST.get("lines", "").split()
    return carts.bought_by(request.POST.get("key", "")) or [
        one for one in bag if one.variant.public_id in shown
    ]
