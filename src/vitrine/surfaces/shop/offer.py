"""The reads of an offer: what is being bought, what it costs, and the form that buys it.

One offer is drawn in three places: the sheet over a clip, the product page and the bag.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext

from vitrine.accounts.limits import TooFast
from vitrine.accounts.models import Person
from vitrine.catalog import comparing
from vitrine.catalog.comparing import Comparison
from vitrine.catalog.models import Product, Tag
from vitrine.kernel import chance
from vitrine.kernel.errors import Refusal
from vitrine.orders import carts, covering, keeping, quote
from vitrine.orders import wanted as asking
from vitrine.orders.arrival import Window
from vitrine.orders.covering import NO_COVER, NOTHING_ELSE, Cover
from vitrine.orders.models import Address, Purse
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Provider
from vitrine.orders.quote import Quote
from vitrine.orders.splitting import Choice, NoDelivery, NotServedThere
from vitrine.orders.wanted import Wanted
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.shop import blank, choosing, handover, place, stored
from vitrine.surfaces.shop.blank import Blank
from vitrine.surfaces.shop.choosing import Option
from vitrine.surfaces.shop.forms import PurchaseForm
from vitrine.surfaces.shop.handover import Stall
from vitrine.surfaces.shop.wording import Said, Shape

CART = "cart"
FILL = "fill"
"""Named in a request to fill in another kept address."""


@dataclass(frozen=True)
class Offer:
    """Everything that the offer template shows. product None: the bag.

    cover: what gift cards and credit pay. credit: what the buyer has. unpaid: a code that pays
    nothing, as typed. blank: what the fields hang on, where nobody is known and nothing was typed.
    """

    product: Product | None
    options: Sequence[Option]
    wanted: Sequence[Wanted]
    quote: Quote
    form: PurchaseForm
    provider: Provider
    key: str
    clip: str
    is_sheet: bool
    saved: bool
    stalls: Sequence[Stall] = ()
    addresses: Sequence[Address] = ()
    address: Address | None = None
    code: str = ""
    cover: Cover = NO_COVER
    credit: Sequence[Purse] = ()
    unpaid: str = ""
    refusal: Refusal | None = None
    comparison: Comparison | None = None
    blank: Blank | None = None

    @cached_property
    def chosen(self) -> Option | None:
        return next((one for one in self.options if one.chosen), None)

    @property
    def quantity(self) -> int:
        return self.wanted[0].quantity

    @property
    def lines(self) -> str:
        """Name the variants of the bag's offer, so that a press buys these and no others."""
        return " ".join(one.variant.public_id for one in self.wanted)

    @cached_property
    def is_sold_out(self) -> bool:
        """Tell whether it lies nowhere, and is not on its way to where it is to be collected."""
        lacks = self.chosen is not None and self.chosen.available < self.quantity
        return lacks and not any(one.store and one.arrives for one in self.quote.parts)

    @property
    def is_bag(self) -> bool:
        return self.product is None

    @property
    def is_covered(self) -> bool:
        """Tell whether gift cards and credit pay all of it."""
        return bool(self.cover.shares) and not self.cover.asked_minor

    @property
    def has_codes(self) -> bool:
        """Tell whether any code was typed, of a voucher or a gift card."""
        return bool(self.code or self.cover.cards or self.unpaid or self.cover.why)

    @cached_property
    def needs_address(self) -> bool:
        return not self.quote.is_pickup

    @property
    def asks_postcode(self) -> bool:
        """Tell whether the total may hang on the postcode."""
        return self.needs_address and (
            settings.VITRINE_TAX_RATES is not None
            or any(part.ways.asks_postcode for part in self.quote.parts)
        )

    @cached_property
    def arrival(self) -> Window | None:
        """Return when everything that is sent has arrived, from the first day to the last."""
        windows = [part.delivery.arrives for part in self.quote.parts if part.delivery]
        if not windows:
            return None
        return Window(min(one.from_on for one in windows), max(one.until_on for one in windows))

    @property
    def cards(self) -> list[tuple[str, Purse, int]]:
        """Return the gift cards that pay, with their codes and how much."""
        return [(code, card, self.cover.of_purse(card)) for code, card in self.cover.cards]

    @property
    def credit_minor(self) -> int:
        """Return what the buyer's credit can pay of this purchase, or of another."""
        return sum(one.free_minor for one in self.credit)

    @property
    def credited_minor(self) -> int:
        """Return what the buyer's credit pays of it."""
        return sum(self.cover.of_purse(one) for one in self.cover.credit)

    @property
    def method_label(self) -> str:
        """Name the card that is picked, for the folded line of a returning buyer."""
        token = self.form["card"].value()
        labels = (one.label for one in self.provider.methods() if one.token == token)
        return next(map(gettext, labels), "")

    @cached_property
    def shape(self) -> Shape:
        """Return what the words around its figures hang on."""
        figures, comparison = self.quote.figures, self.comparison
        return Shape(
            is_bag=self.is_bag,
            is_sheet=self.is_sheet,
            is_met=bool(self.clip),
            is_refused=self.refusal is not None,
            is_many=not self.is_bag and self.quantity > 1,
            is_free=not figures.delivery_minor,
            is_reduced=bool(figures.discount_minor),
            is_sent=self.arrival is not None,
            is_sold_out=self.is_sold_out,
            is_covered=self.is_covered,
            is_few=bool(self.chosen and self.chosen.few),
            is_test=self.provider.is_test,
            has_stored=bool(self.cover.stored_minor),
            has_region=bool(self.quote.place.region) and self.needs_address and not self.saved,
            tax_included=self.quote.tax_included,
            compares=comparison is not None,
            is_recommended=comparison is not None and comparison.is_recommended,
        )

    @cached_property
    def said(self) -> Said:
        """Return its figures and days as people read them."""
        product = None if self.is_bag else self.product
        return Said.of(
            self.quote,
            unit_minor=self.wanted[0].price_minor,
            before_minor=self.comparison.minor if self.comparison else 0,
            asked_minor=self.cover.asked_minor,
            arrives=self.arrival,
            shop=product.merchant if product else None,
        )

    def refused(self, refusal: Refusal) -> "Offer":
        return replace(self, refusal=refusal)

    def with_fresh_key(self) -> "Offer":
        return replace(self, key=fresh_key())


@dataclass(frozen=True)
class Bag:
    """What the bag's page shows. offer: for what can be bought, None for nothing.

    gone: what is no longer sold, or comes from a shop that hands nothing over at the moment.
    """

    offer: Offer | None
    gone: Sequence[Wanted]


def fresh_key() -> str:
    """Return a new idempotency key for one press of the order button."""
    return chance.token(18)


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in."""
    return request.user if isinstance(request.user, Person) else None


def cart_token(request: HttpRequest) -> str:
    """Return what a guest's bag is known by in this browser."""
    return str(request.session.get(CART, ""))


def of_product(request: HttpRequest, product: Product, *, at: datetime) -> Offer | None:
    """Offer one product in the variant that was asked for, or its first that can be had.

    None where it has nothing to sell, or no way to hand it over. Raises:
    UnknownPlace. Queries: 2 to 7, and 1 where it is reduced.
    """
    asked = request.POST or request.GET
    options = choosing.options(product, asked.get("variant", ""))
    chosen = next((one for one in options if one.chosen), None)
    if chosen is None:
        return None
    quantity = choosing.quantity_of(asked)
    clip_id = clip_where_met(product, asked.get("clip", ""))
    wanted = [Wanted(chosen.variant, quantity, clip_id)]
    try:
        offered = _offer(request, asked, wanted, product=product, options=options, at=at)
    except NoDelivery:
        return None
    return replace(offered, comparison=comparing.of(chosen.variant, at=at))


def of_cart(request: HttpRequest, *, at: datetime) -> Bag:
    """Offer everything in the bag that can be bought, and tell the rest.

    Queries: 2 to 8, and 4 for each shop that hands nothing over.
    """
    asked = request.POST or request.GET
    wanted = carts.wanted(carts.find(person_of(request), cart_token(request)))
    sold = [one for one in wanted if asking.is_sold(one.variant)]
    offered: Offer | None = None
    while sold and offered is None:
        try:
            offered = _offer(request, asked, sold, product=None, options=(), at=at)
        except NoDelivery as none:
            shop = none.facts["merchant"]
            sold = [one for one in sold if one.variant.merchant.public_id != shop]
    return Bag(offered, [one for one in wanted if one not in sold])


def _offer(
    request: HttpRequest,
    asked: QueryDict,
    wanted: Sequence[Wanted],
    *,
    product: Product | None,
    options: Sequence[Option],
    at: datetime,
) -> Offer:
    person, provider = person_of(request), providers.default()
    addresses = keeping.addresses(person) if person else []
    address = _address(asked, addresses)
    chosen = handover.choices(asked)
    if FILL in asked:
        asked = _without_place(asked)
        chosen = handover.coming_home(chosen, address)
    method, has_credit = keeping.means(person, provider.name) if person else ("", False)
    region = place.region_of(request, asked, address)
    postcode = place.postcode_of(asked, address)
    code = asked.get("voucher", "").strip()[:30]
    terms = {
        "addresses": {one.mark: one for one in addresses},
        "voucher": code,
        "buyer": person,
        "at": at,
    }
    found, refusal = _quoted(wanted, chosen, region, postcode, **terms)
    first = blank.initial(person, address, method, region)
    # Only drawn where it is not blank, and it takes longer than the prices.
    form: Any = SimpleLazyObject(lambda: _form(request, provider, found, first))
    wish = stored.wish_of(request, at=at)
    try:
        cover = covering.plan(found, wish, person, at=at)
    except TooFast as fast:
        refusal, cover = refusal or fast, covering.plan(found, NOTHING_ELSE, person, at=at)
    made = Offer(
        product=product,
        options=options,
        wanted=[one.priced(at=at) for one in wanted],
        quote=found,
        form=form,
        provider=provider,
        key=asked.get("key") or fresh_key(),
        clip=asked.get("clip", ""),
        is_sheet=asked.get("in") == "sheet" or "sheet" in request.GET,
        saved=address is not None and bool(method),
        stalls=handover.stalls(found, asked, addresses, address),
        addresses=addresses,
        address=address,
        code=code,
        cover=cover,
        credit=stored.credit_for(person, found, at=at) if has_credit else [],
        unpaid=stored.unpaid(wish, cover),
        refusal=refusal,
    )
    if person is not None or request.method == "POST":
        return made
    needs, asks = made.needs_address, made.asks_postcode
    return replace(made, blank=Blank(this_cell().country, region, provider.name, needs, asks))


def _quoted(
    wanted: Sequence[Wanted],
    chosen: dict[str, Choice],
    region: str,
    postcode: str,
    **terms: Any,
) -> tuple[Quote, Refusal | None]:
    """Quote what was chosen; where a shop does not offer that, what it does, and say so.

    Where the only shop goes elsewhere only, quote for there: so one can still name another place.
    """
    refusal: Refusal | None = None
    while True:
        try:
            found = quote.build(wanted, choices=chosen, region=region, postcode=postcode, **terms)
        except NoDelivery as gone:
            refusal = refusal or gone
            fewer = handover.without(chosen, gone.facts["merchant"], wanted)
            if len(fewer) < len(chosen):
                chosen = fewer
                continue
            is_one_shop = len({one.variant.merchant_id for one in wanted}) == 1
            place = gone.elsewhere if isinstance(gone, NotServedThere) and is_one_shop else None
            if place is None:
                raise
            region, postcode = place or region, ""
        else:
            return found, refusal


def _form(
    request: HttpRequest, provider: Provider, found: Quote, initial: dict[str, Any]
) -> PurchaseForm:
    """Bind the form when the button was pressed; when only a choice changed, keep what is typed."""
    cards = keeping.cards(person_of(request), provider)
    is_filled = FILL in request.POST
    if request.method == "POST" and "update" not in request.POST and not is_filled:
        return PurchaseForm(
            data=request.POST, provider=provider, kept=cards, collects=found.is_pickup
        )
    is_update = request.method == "POST"
    if is_update:
        typed = {key: value for key, value in request.POST.items() if key in initial}
        if is_filled:
            typed = {key: value for key, value in typed.items() if key not in place.FIELDS}
        initial = {**initial, **typed}
    return PurchaseForm(
        initial=initial,
        provider=provider,
        kept=cards,
        collects=found.is_pickup,
        is_update=is_update and not is_filled,
    )


def _address(asked: QueryDict, addresses: Sequence[Address]) -> Address | None:
    """Return the kept address that was chosen, or the one that comes first."""
    first = addresses[0] if addresses else None
    chosen = asked.get("address", "")
    return next((one for one in addresses if keeping.mark_of(one) == chosen), first)


def _without_place(asked: QueryDict) -> QueryDict:
    """Return what was asked but for the address that was typed: another one is to be filled in."""
    rest = asked.copy()
    for name in place.FIELDS:
        rest.pop(name, None)
    return rest


def clip_where_met(product: Product, clip: str) -> int | None:
    """Return the clip where the product was met, if it is tagged there. Queries: 0 or 1."""
    if not clip:
        return None
    tagged = Tag.objects.filter(product=product, clip__public_id=clip)
    return tagged.values_list("clip_id", flat=True).first()
