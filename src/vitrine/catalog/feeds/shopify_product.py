"""One product of a Shopify file: what its rows must say together."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import cells, extras, shopify_markets
from vitrine.catalog.feeds.rows import (
    MAX_PICTURES,
    MAX_VARIANTS,
    FeedItem,
    FeedPicture,
    FeedProduct,
    FeedVariant,
    Notebook,
    refused,
)
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.feeds.seen import Seen

OPTIONS = ("Option1", "Option2", "Option3")
PUBLISHED = {"true": True, "false": False, "active": True, "draft": False, "archived": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its cells by column name. A column that the file lacks reads as empty.

    market: what the file calls the country that is read for; "" where it has no columns for it.
    """

    line: int
    cells: dict[str, str]
    market: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    @property
    def sells(self) -> bool:
        """Tell whether the row describes a variant; otherwise it only carries a picture."""
        return bool(self["Variant Price"] or self["Variant SKU"] or self["Option1 Value"])

    @property
    def has_own_price(self) -> bool:
        """Tell whether the variant has a price in the market that is read for."""
        return bool(self.market and self[f"{shopify_markets.PRICE}{self.market}"])

    @property
    def price_columns(self) -> tuple[str, str]:
        """Return the columns of its price and of the one that is crossed out."""
        if not self.has_own_price:
            return "Variant Price", "Variant Compare At Price"
        return f"{shopify_markets.PRICE}{self.market}", f"{shopify_markets.BEFORE}{self.market}"


@dataclass(slots=True)
class Group:
    """The rows of one handle, as far as they could be read."""

    key: str
    line: int
    notes: Notebook
    rows: list[Row] = field(default_factory=list)


def complain_of_size(notes: Notebook, line: int) -> None:
    """Say once that a product has more rows than a product may have."""
    if not any(finding.where == "Handle" for finding in notes.findings):
        notes.error(
            line,
            "Handle",
            gettext_noop("The product has too many rows."),
            Said(
                gettext_noop("Split it: at most {variants} variants and {pictures} pictures."),
                variants=MAX_VARIANTS,
                pictures=MAX_PICTURES,
            ),
        )


def judged(group: Group, *, currency: str, skus: Seen) -> FeedItem:
    """Turn the rows of one handle into a product, or into what is wrong with it."""
    notes, rows = group.notes, group.rows
    if not group.key:
        notes.error(
            group.line,
            "Handle",
            gettext_noop("The handle is missing."),
            gettext_noop("Give the product a handle."),
        )
    if not rows:
        return refused(group.key, group.line, notes.findings)
    first = rows[0]
    title = cells.text(first["Title"], line=first.line, where="Title", notes=notes)
    if not title:
        notes.error(
            first.line,
            "Title",
            gettext_noop("The title is missing."),
            gettext_noop("Write it in the product's first row."),
        )
    for row in rows[1:]:
        if row["Title"] and row["Title"] != first["Title"]:
            notes.error(
                row.line,
                "Handle",
                Said(
                    gettext_noop("The handle “{key}” is used by a second product, “{title}”."),
                    key=group.key,
                    title=row["Title"][:40],
                ),
                gettext_noop("Give each product its own handle."),
            )
    if any(row["Variant Inventory Policy"].lower() == "continue" for row in rows):
        notes.note(
            first.line,
            "Variant Inventory Policy",
            gettext_noop("Selling more than is in stock is not possible here."),
            gettext_noop("Nothing: it sells until the stock is gone."),
        )
    if first["Gift Card"].lower() == "true":
        notes.error(
            first.line,
            "Gift Card",
            gettext_noop("Gift cards cannot be imported."),
            gettext_noop("Leave the row out."),
        )
    names = _option_names(first, rows, notes)
    variants = _variants(rows, names, currency=currency, skus=skus, notes=notes)
    product = FeedProduct(
        key=cells.text(group.key, line=group.line, where="Handle", notes=notes),
        title=title,
        description=cells.description(
            first["Body (HTML)"], line=first.line, where="Body (HTML)", notes=notes
        ),
        brand=cells.text(first["Vendor"], line=first.line, where="Vendor", notes=notes, limit=80),
        category=cells.text(first["Type"], line=first.line, where="Type", notes=notes),
        published=_published(first, notes),
        option_names=names,
        variants=variants,
        pictures=_pictures(rows, notes),
        line=group.line,
    )
    if notes.has_error:
        return refused(group.key, group.line, notes.findings)
    return FeedItem(product.key, group.line, product, tuple(notes.findings))


def _option_names(first: Row, rows: list[Row], notes: Notebook) -> tuple[str, ...]:
    """Return the names of the options; "Title" with one value is Shopify's word for none."""
    names = [
        cells.text(
            first[f"{option} Name"], line=first.line, where=f"{option} Name", notes=notes, limit=40
        )
        for option in OPTIONS
    ]
    while names and not names[-1]:
        names.pop()
    if not all(names):
        notes.error(
            first.line,
            "Option1 Name",
            gettext_noop("An option has no name."),
            gettext_noop("Name the options from the first."),
        )
    if len({name.casefold() for name in names}) < len(names):
        notes.error(
            first.line,
            "Option1 Name",
            gettext_noop("Two options have the same name."),
            gettext_noop("Name each differently."),
        )
    is_alone = names == ["Title"] and sum(row.sells for row in rows) <= 1
    if is_alone and not extras.read(first[extras.COLUMN], line=first.line, notes=notes).options:
        return ()
    return tuple(names)


def _variants(
    rows: list[Row],
    names: tuple[str, ...],
    *,
    currency: str,
    skus: Seen,
    notes: Notebook,
) -> tuple[FeedVariant, ...]:
    variants: list[FeedVariant] = []
    taken: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not row.sells:
            continue
        variant = _variant(row, names, currency=currency, notes=notes)
        folded = tuple(value.casefold() for value in variant.options)
        if (earlier := taken.setdefault(folded, row.line)) != row.line:
            notes.error(
                row.line,
                "Option1 Value",
                Said(
                    gettext_noop("The variant repeats the options of line {earlier}."),
                    earlier=earlier,
                ),
                gettext_noop("Give each variant its own option values."),
            )
        if variant.sku and (earlier := skus.setdefault(variant.sku, row.line)) != row.line:
            notes.error(
                row.line,
                "Variant SKU",
                Said(
                    gettext_noop("The SKU “{sku}” was already used on line {earlier}."),
                    sku=variant.sku,
                    earlier=earlier,
                ),
                gettext_noop("Give each variant its own SKU."),
            )
        variants.append(variant)
    if not variants and rows:
        notes.error(
            rows[0].line,
            "Variant Price",
            gettext_noop("Nothing is for sale."),
            gettext_noop("Write a variant's price."),
        )
    if len(variants) > MAX_VARIANTS:
        complain_of_size(notes, rows[0].line)
    return tuple(variants)


def _variant(row: Row, names: tuple[str, ...], *, currency: str, notes: Notebook) -> FeedVariant:
    values = []
    for option, _ in zip(OPTIONS, names, strict=False):
        where = f"{option} Value"
        values.append(cells.text(row[where], line=row.line, where=where, notes=notes, limit=80))
        if not values[-1]:
            notes.error(
                row.line,
                where,
                gettext_noop("The option has no value."),
                gettext_noop("Write one, like “M”."),
            )
    sku = cells.text(row["Variant SKU"], line=row.line, where="Variant SKU", notes=notes, limit=100)
    if not sku:
        notes.note(
            row.line,
            "Variant SKU",
            gettext_noop("The variant has no SKU; it is known by its options."),
            gettext_noop("Give it one."),
        )
    where = row.price_columns[0]
    price = cells.price_minor(
        row[where], currency=currency, line=row.line, where=where, notes=notes
    )
    return FeedVariant(
        sku=sku,
        options=tuple(values),
        price_minor=price or 0,
        compare_at_minor=_compare_at_minor(row, price, currency=currency, notes=notes),
        stock=cells.stock(
            row["Variant Inventory Qty"], line=row.line, where="Variant Inventory Qty", notes=notes
        ),
        weight_g=cells.weight_g(
            row["Variant Grams"], line=row.line, where="Variant Grams", notes=notes
        ),
        barcode=cells.text(
            row["Variant Barcode"], line=row.line, where="Variant Barcode", notes=notes, limit=50
        ),
        line=row.line,
    )


def _compare_at_minor(
    row: Row, price_minor: int | None, *, currency: str, notes: Notebook
) -> int | None:
    """Read the crossed-out price; Shopify writes 0 or the price itself where there is none."""
    where = row.price_columns[1]
    if not row[where]:
        return None
    before = cells.price_minor(
        row[where], currency=currency, line=row.line, where=where, notes=notes
    )
    return before if before and price_minor is not None and before > price_minor else None


def _published(first: Row, notes: Notebook) -> bool:
    """Tell whether the product is on sale: both "Published" and the newer "Status" can say no."""
    answer = True
    for column in ("Published", "Status"):
        word = first[column].lower()
        if word and word not in PUBLISHED:
            notes.error(
                first.line,
                column,
                Said(gettext_noop("“{word}” is neither yes nor no."), word=word[:40]),
                gettext_noop("Write TRUE or FALSE."),
            )
        answer = answer and PUBLISHED.get(word, True)
    return answer and _is_included(first, notes)


def _is_included(first: Row, notes: Notebook) -> bool:
    """Tell whether a product that is on sale is sold in the market that is read for."""
    where = f"{shopify_markets.INCLUDED}{first.market}"
    if not first.market or first[where].lower() != "false":
        return True
    notes.note(
        first.line,
        where,
        Said(gettext_noop("The product is not sold in {market}."), market=first.market),
        gettext_noop("It comes in as a draft. Write TRUE to put it on sale."),
    )
    return False


def _pictures(rows: list[Row], notes: Notebook) -> tuple[FeedPicture, ...]:
    """Return the pictures in the order of their positions, each address once."""
    placed: dict[str, tuple[int, FeedPicture]] = {}
    for row in rows:
        url = row["Image Src"]
        if url and url not in placed:
            position = row["Image Position"]
            alt = cells.text(
                row["Image Alt Text"], line=row.line, where="Image Alt Text", notes=notes
            )
            placed[url] = (
                int(position)
                if position.isascii() and position.isdigit() and len(position) < 6
                else len(placed) + 1,
                FeedPicture(url, alt, row.line),
            )
    ordered = [picture for _, picture in sorted(placed.values(), key=lambda each: each[0])]
    if len(ordered) > MAX_PICTURES:
        notes.note(
            ordered[MAX_PICTURES].line,
            "Image Src",
            Said(
                gettext_noop("The product has {number} pictures; the first {most} are taken."),
                number=len(ordered),
                most=MAX_PICTURES,
            ),
            gettext_noop("Remove the others."),
        )
    return tuple(ordered[:MAX_PICTURES])
