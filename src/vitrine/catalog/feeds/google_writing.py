"""Writing Google Merchant feeds, TSV and XML: what ``google`` reads back as the same products."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from vitrine.catalog.feeds import extras, sale_days
from vitrine.catalog.feeds.extras import Extras, neutral
from vitrine.catalog.feeds.google_product import OPTIONS
from vitrine.catalog.feeds.rows import FeedProduct, FeedVariant
from vitrine.kernel import money

COLUMNS = (
    "id title description link image_link additional_image_link availability quantity price "
    "sale_price sale_price_effective_date brand gtin condition product_type item_group_id color "
    "size material pattern shipping_weight identifier_exists vitrine"
).split()
_NAMES = {label: name for name, label in OPTIONS.items()}
_IN_ONE_LINE = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
)


def write_tsv(products: Iterable[FeedProduct], *, currency: str, shop_url: str) -> Iterator[bytes]:
    """Yield a tab-separated feed piece by piece. shop_url: where a product's link leads to."""
    yield ("\t".join(COLUMNS) + "\r\n").encode()
    for product in products:
        for offer in _offers(product, currency, shop_url):
            cells = (offer.get(name, "").translate(_IN_ONE_LINE) for name in COLUMNS)
            yield ("\t".join(cells) + "\r\n").encode()


def write_xml(products: Iterable[FeedProduct], *, currency: str, shop_url: str) -> Iterator[bytes]:
    """Yield an RSS feed piece by piece."""
    yield f"{_HEAD}<title>Products</title><link>{escape(shop_url)}</link>\n".encode()
    for product in products:
        for offer in _offers(product, currency, shop_url):
            more = offer.pop("additional_image_link", "")
            parts = [(name, text) for name, text in offer.items() if text]
            parts += [("additional_image_link", url) for url in more.split(",") if url]
            inner = "".join(f"<g:{name}>{escape(text)}</g:{name}>" for name, text in parts)
            yield f"<item>{inner}</item>\n".encode()
    yield b"</channel></rss>\n"


def _offers(product: FeedProduct, currency: str, shop_url: str) -> Iterator[dict[str, str]]:
    """Return an offer for each variant; their group is always named, since it is the product."""
    names = [_NAMES.get(name, "") for name in product.option_names]
    in_order = [name for name in OPTIONS if name in names]
    are_known = names == in_order
    for variant in product.variants:
        options = list(zip(product.option_names, variant.options, strict=False))
        said = Extras(
            options=[] if are_known else options,
            is_draft=not product.published,
            before_minor=variant.compare_at_minor if variant.sale else None,
        )
        yield {
            "id": neutral(variant.sku),
            "title": neutral(product.title),
            "description": neutral(product.description),
            "link": product.url or shop_url,
            "image_link": product.pictures[0].url if product.pictures else "",
            "additional_image_link": ",".join(each.url for each in product.pictures[1:]),
            "brand": neutral(product.brand),
            "gtin": neutral(variant.barcode),
            "condition": "new",
            "product_type": neutral(product.category),
            "item_group_id": neutral(product.key),
            "shipping_weight": f"{variant.weight_g} g" if variant.weight_g else "",
            "identifier_exists": "yes" if variant.barcode else "no",
            extras.COLUMN.lower(): said.written(),
            **_worth(variant, currency),
            **(
                {name: neutral(value) for name, value in zip(names, variant.options, strict=False)}
                if are_known
                else {}
            ),
        }


def _worth(variant: FeedVariant, currency: str) -> dict[str, str]:
    def said(minor: int) -> str:
        return f"{money.plain_decimal(minor, currency)} {currency}"

    stock = {
        "availability": "in_stock" if variant.stock else "out_of_stock",
        "quantity": "" if variant.stock is None else str(variant.stock),
    }
    if variant.sale:
        return stock | {
            "price": said(variant.price_minor),
            "sale_price": said(variant.sale.price_minor),
            "sale_price_effective_date": sale_days.written(variant.sale),
        }
    before = variant.compare_at_minor
    return stock | {
        "price": said(variant.price_minor if before is None else before),
        "sale_price": "" if before is None else said(variant.price_minor),
    }
