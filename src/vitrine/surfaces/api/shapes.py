"""What the API reads and writes. Money is whole minor units of the named currency."""

from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from ninja import Schema
from pydantic import ConfigDict, Field, HttpUrl, StringConstraints, model_validator

from vitrine.programs.models import Event

T = TypeVar("T")
Id = Annotated[str, Field(examples=["us_01ARZ3NDEKTSV4RRFFQ69G5FAV"])]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Few = Annotated[int, Field(ge=0, le=1_000_000)]


class Strict(Schema):
    """What is sent to us: a field that nobody knows is a typing error, and is said so."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[T]):
    """One page. next_cursor: send it as cursor for the next; null on the last."""

    items: list[T]
    next_cursor: str | None


class Variant(Schema):
    """One choice of a product."""

    id: Id
    sku: str
    option_values: list[str]
    price_minor: int
    compare_at_minor: int | None
    barcode: str
    weight_g: int


class Product(Schema):
    """A product. state: draft, on_sale, withdrawn, or held until a moderator has read it."""

    id: Id
    title: str
    description_html: str
    brand: str
    category: str
    option_names: list[str]
    currency: str
    state: Literal["draft", "on_sale", "withdrawn", "held"]
    url: str
    created_at: datetime
    variants: list[Variant]


class VariantIn(Strict):
    """A choice as it is to be. id: of the one it replaces. Without a sku one is made."""

    id: str = ""
    sku: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    option_values: Annotated[list[Short], Field(max_length=3)] = []
    price_minor: Minor
    compare_at_minor: Minor | None = None


class ProductIn(Strict):
    """A new product; it begins as a draft."""

    title: Line
    description_html: Annotated[str, Field(max_length=20_000)] = ""
    brand: Short = ""
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    option_names: Annotated[list[Short], Field(max_length=3)] = []
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=100)]


class ProductChange(Strict):
    """What changes; the rest stays. variants: all of them, since those left out are withdrawn."""

    title: Line | None = None
    description_html: Annotated[str, Field(max_length=20_000)] | None = None
    brand: Short | None = None
    category: Annotated[str, StringConstraints(max_length=200)] | None = None
    option_names: Annotated[list[Short], Field(max_length=3)] | None = None
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=100)] | None = None


class Location(Schema):
    """A warehouse or a store."""

    id: Id
    kind: Literal["warehouse", "store"]
    name: str
    city: str
    is_open: bool


class Level(Schema):
    """How many of a variant are at a location. available: on hand and not promised."""

    variant: Id
    sku: str
    location: Id
    on_hand: int
    reserved: int
    available: int


class LevelIn(Strict):
    """A count. seen: on_hand as it was read; if it is another by now, nothing is changed."""

    on_hand: Few
    seen: Few
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class OrderLine(Schema):
    """One thing that was ordered, frozen as sold. number: what parcels and refunds name it by.

    off_minor: what came off goods_minor, whoever bears it.
    """

    number: int
    sku: str
    title: str
    options: str
    quantity: int
    unit_minor: int
    goods_minor: int
    off_minor: int


class Units(Strict):
    """So many of a line. line: its number in the order."""

    line: Annotated[int, Field(ge=1)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class Address(Schema):
    """Where a parcel goes."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    phone: str


class Order(Schema):
    """An order. address: null for one that is collected. pending: a move of money under way.

    address_at: until then the buyer can take it back, it cannot be shipped, and of the address
    only the region is told.
    """

    id: Id
    state: str
    placed_at: datetime
    currency: str
    goods_minor: int
    delivery_minor: int
    off_minor: int
    tax_minor: int
    total_minor: int
    is_pickup: bool
    delivery_name: str
    lines: list[OrderLine]
    address: Address | None
    address_at: datetime | None
    pending: str | None


class Money(Schema):
    """What an order comes to for its shop."""

    id: Id
    currency: str
    total_minor: int
    tax_minor: int
    fee_minor: int
    commission_minor: int
    share_minor: int


class Step(Schema):
    """What became of something. pending: money moves first; a webhook says when it is done."""

    id: Id
    state: str
    pending: str | None


class ParcelIn(Strict):
    """How an order travels; both may be empty."""

    carrier: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    tracking: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class ReasonIn(Strict):
    """Why; the buyer reads it."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class CodeIn(Strict):
    """What the buyer shows at the counter."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class RefundIn(ReasonIn):
    """What is given back: an amount, units of lines, or, without both, all that is left.

    With an amount or units the buyer keeps the goods; with all, they count as back on the shelf.
    """

    amount_minor: Annotated[int, Field(gt=0)] | None = None
    lines: Annotated[list[Units], Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.amount_minor is not None and self.lines is not None:
            raise ValueError("Name an amount or lines, not both.")
        return self


class Refund(Schema):
    """What was given back. state: asked of the bank, done or refused. lines: of what, if goods."""

    id: Id
    kind: Literal["whole", "return", "lines", "goodwill"]
    state: Literal["asked", "done", "refused"]
    amount_minor: int
    delivery_minor: int
    fee_minor: int
    reason: str
    asked_at: datetime
    lines: list[Units]


class Endpoint(Schema):
    """An address that is told what happens."""

    id: Id
    url: str
    events: list[str]
    is_told: bool
    failing_since: datetime | None


class NewEndpoint(Endpoint):
    """A new one, with the secret that its messages are signed with."""

    secret: str


class EndpointIn(Strict):
    """An address to tell, and of what."""

    url: Annotated[HttpUrl, Field(max_length=300)]
    events: Annotated[list[Event], Field(min_length=1)]


class Delivery(Schema):
    """One message to an endpoint."""

    id: Id
    endpoint: Id
    event: str
    thing: str
    at: datetime
    state: Literal["heard", "waiting", "given up"]
    tries: int
    status: int | None
    trouble: str
