"""One product of a Google Merchant feed: what its offers must say together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import cells, extras, sale_days
from vitrine.catalog.feeds.extras import Extras
from vitrine.catalog.feeds.rows import (
    MAX_PICTURES,
    MAX_VARIANTS,
    FeedItem,
    FeedPicture,
    FeedProduct,
    FeedSale,
    FeedVariant,
    Notebook,
    refused,
)
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.feeds.seen import Seen

OPTIONS = {"color": "Color", "size": "Size", "material": "Material", "pattern": "Pattern"}
"""What makes offers of one group differ. A product has at most three."""
EXTRAS = extras.COLUMN.lower()
AVAILABILITY = ("in_stock", "out_of_stock", "preorder", "backorder")
SALE_DAYS = "sale_price_effective_date"
NAMED_ONCE = ("id", "title", "price", "item_group_id", "availability")


@dataclass(slots=True)
class Offer:
    """One item of the feed, by element or column name without its ``g:``.

    repeated: names that came more than once. oversized: names whose text was too long to hold.
    fault: what is wrong with the shape of the row itself.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    oversized: set[str] = field(default_factory=set)
    fault: tuple[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    @property
    def group(self) -> str:
        """The name that variants of one product share, or nothing."""
        return cells.plain(self["item_group_id"])[:200]


def judged(offers: Sequence[Offer], *, currency: str, ids: Seen, keys: Seen) -> FeedItem:
    """Turn the offers of one product into it, or into what is wrong with them.

    ids, keys: seen so far in this file, with their lines; this call adds its own.
    """
    first = offers[0]
    key = first.group or cells.plain(first["id"])[:80]
    notes = Notebook(key)
    for offer in offers:
        _judge_shape(offer, notes)
        _judge_id(offer, ids, notes)
    if key and (earlier := keys.setdefault(key, first.line)) != first.line and not notes.has_error:
        notes.error(
            first.line,
            "item_group_id",
            Said(
                gettext_noop("“{key}” already names a product on line {earlier}."),
                key=key,
                earlier=earlier,
            ),
            gettext_noop("Give groups other names than single offers."),
        )
    if len(offers) > MAX_VARIANTS:
        notes.error(
            first.line,
            "item_group_id",
            Said(gettext_noop("The product has more than {most} variants."), most=MAX_VARIANTS),
            gettext_noop("Split the group."),
        )
        return refused(key, first.line, notes.findings)
    title = cells.text(first["title"], line=first.line, where="title", notes=notes)
    if not title:
        notes.error(
            first.line,
            "title",
            gettext_noop("The title is missing."),
            gettext_noop("Write the product's name."),
        )
    said = [extras.read(offer[EXTRAS], line=offer.line, notes=notes) for offer in offers]
    own = tuple(name for name, _ in said[0].options)
    names = [name for name in OPTIONS if any(offer[name] for offer in offers)][:3]
    if own:
        # An export of ours names the options itself: they are put where this format has its own.
        names = [f"option {place}" for place in range(len(own))]
        for offer, each in zip(offers, said, strict=True):
            offer.cells |= {f"option {k}": value for k, (_, value) in enumerate(each.options)}
    product = FeedProduct(
        key=cells.text(key, line=first.line, where="id", notes=notes, limit=200),
        title=title,
        description=cells.description(
            first["description"], line=first.line, where="description", notes=notes
        ),
        brand=cells.text(first["brand"], line=first.line, where="brand", notes=notes, limit=80),
        category=cells.text(
            first["product_type"] or first["google_product_category"],
            line=first.line,
            where="product_type",
            notes=notes,
        ),
        published=not said[0].is_draft,
        option_names=tuple(
            cells.text(name, line=first.line, where=extras.COLUMN, notes=notes, limit=40)
            for name in own or (OPTIONS[name] for name in names)
        ),
        variants=_variants(offers, names, said, currency=currency, notes=notes),
        pictures=_pictures(offers, title, notes),
        line=first.line,
    )
    if notes.has_error:
        return refused(key, first.line, notes.findings)
    return FeedItem(product.key, first.line, product, tuple(notes.findings))


def _judge_shape(offer: Offer, notes: Notebook) -> None:
    if offer.fault:
        notes.error(offer.line, "row", *offer.fault)
    for name in sorted(offer.oversized):
        notes.error(
            offer.line,
            name,
            gettext_noop("The text is far too long to be read."),
            gettext_noop("Shorten it."),
        )
    for name in NAMED_ONCE:
        if name in offer.repeated:
            notes.error(
                offer.line,
                name,
                Said(gettext_noop("The offer has more than one {name}."), name=name),
                gettext_noop("Keep one."),
            )


def _judge_id(offer: Offer, ids: Seen, notes: Notebook) -> None:
    name = cells.text(offer["id"], line=offer.line, where="id", notes=notes, limit=100)
    if not name:
        notes.error(
            offer.line,
            "id",
            gettext_noop("The id is missing."),
            gettext_noop("Give each offer its own id."),
        )
    elif (earlier := ids.setdefault(name, offer.line)) != offer.line:
        notes.error(
            offer.line,
            "id",
            Said(
                gettext_noop("The id “{name}” was already used on line {earlier}."),
                name=name,
                earlier=earlier,
            ),
            gettext_noop("Give each offer its own id; the first one was taken."),
        )


def _variants(
    offers: Sequence[Offer],
    names: list[str],
    said: Sequence[Extras],
    *,
    currency: str,
    notes: Notebook,
) -> tuple[FeedVariant, ...]:
    variants: list[FeedVariant] = []
    taken: dict[tuple[str, ...], int] = {}
    for offer, more in zip(offers, said, strict=True):
        variant = _variant(offer, names, more, currency=currency, notes=notes)
        folded = tuple(value.casefold() for value in variant.options)
        if (earlier := taken.setdefault(folded, offer.line)) != offer.line:
            notes.error(
                offer.line,
                "item_group_id",
                Said(
                    gettext_noop(
                        "The offer does not differ from line {earlier} in colour, size or material."
                    ),
                    earlier=earlier,
                ),
                gettext_noop("Say what makes it another variant."),
            )
        variants.append(variant)
    return tuple(variants)


def _variant(
    offer: Offer, names: list[str], more: Extras, *, currency: str, notes: Notebook
) -> FeedVariant:
    line = offer.line
    values = []
    for name in names:
        values.append(cells.text(offer[name], line=line, where=name, notes=notes, limit=80))
        if not values[-1]:
            notes.error(
                line,
                name,
                Said(gettext_noop("Other variants state a {name}, this one none."), name=name),
                gettext_noop("Write it."),
            )
    price, compare_at, sale = _prices(offer, more, currency=currency, notes=notes)
    return FeedVariant(
        sku=extras.restored(cells.plain(offer["id"])),
        options=tuple(values),
        price_minor=price or 0,
        compare_at_minor=compare_at,
        stock=_stock(offer, notes),
        weight_g=cells.weight_with_unit(offer["shipping_weight"]),
        barcode=cells.text(offer["gtin"], line=line, where="gtin", notes=notes, limit=50),
        line=line,
        sale=sale,
    )


def _prices(
    offer: Offer, more: Extras, *, currency: str, notes: Notebook
) -> tuple[int | None, int | None, FeedSale | None]:
    """Read the price to pay, one that is crossed out, and a sale for certain days."""
    line = offer.line
    full = cells.price_with_currency(
        offer["price"], currency=currency, line=line, where="price", notes=notes
    )
    if not offer["sale_price"]:
        return full, None, None
    sale = cells.price_with_currency(
        offer["sale_price"], currency=currency, line=line, where="sale_price", notes=notes
    )
    if sale is not None and full is not None and sale >= full:
        notes.error(
            line,
            "sale_price",
            gettext_noop("The sale price is not below the price."),
            gettext_noop("Lower it."),
        )
    if not (days := offer[SALE_DAYS]) or sale is None:
        return sale, full, None
    planned = sale_days.read(days, price_minor=sale)
    if planned is None:
        notes.note(
            line,
            SALE_DAYS,
            Said(gettext_noop("“{typed}” are not the days of a sale."), typed=days[:60]),
            gettext_noop(
                "The full price was taken. Write when it begins and ends, like "
                "2026-12-01T09:00-05:00/2026-12-08T09:00-05:00."
            ),
        )
    before = more.before_minor
    return full, before if before and full and before > full else None, planned


def _stock(offer: Offer, notes: Notebook) -> int | None:
    """Read the quantity, where a feed has one; this format otherwise only says yes or no."""
    word = re.sub(r"[\s-]+", "_", offer["availability"].lower())
    if word and word not in AVAILABILITY:
        notes.error(
            offer.line,
            "availability",
            Said(
                gettext_noop("“{typed}” is not an availability."), typed=offer["availability"][:40]
            ),
            Said(gettext_noop("Write one of {names}."), names=", ".join(AVAILABILITY)),
        )
    count = cells.stock(offer["quantity"], line=offer.line, where="quantity", notes=notes)
    return 0 if word == "out_of_stock" else count


def _pictures(offers: Sequence[Offer], title: str, notes: Notebook) -> tuple[FeedPicture, ...]:
    """Return each address once: the offers' main pictures first, then the additional ones."""
    placed: dict[str, FeedPicture] = {}
    main = ((offer, offer["image_link"]) for offer in offers)
    more = ((offer, url.strip()) for offer in offers for url in offer.pictures)
    for offer, url in (*main, *more):
        if url:
            placed.setdefault(url, FeedPicture(url, title, offer.line))
    if len(placed) > MAX_PICTURES:
        notes.note(
            offers[0].line,
            "additional_image_link",
            Said(
                gettext_noop("The product has {number} pictures; the first {most} are taken."),
                number=len(placed),
                most=MAX_PICTURES,
            ),
            gettext_noop("Remove the others."),
        )
    return tuple(placed.values())[:MAX_PICTURES]
