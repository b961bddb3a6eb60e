"""Products as tiles of a list, drawn in Python and remembered by everything that they show.

A list has two dozen of them, most of them the same from one request to the next: drawn as a
template they take longer than finding them.
"""

from collections.abc import Iterable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from vitrine.kernel.money import format_minor
from vitrine.search.beside import ProductAd
from vitrine.search.browsing import Card
from vitrine.sovereignty.cell import locale


def drawn(cards: Iterable[Card | ProductAd]) -> SafeString:
    """Return the list of tiles."""
    language, place = get_language() or "", locale()
    tiles = "".join(
        render_to_string("components/product_ad.html", {"ad": card})
        if isinstance(card, ProductAd)
        else _tile(card, language, place)
        for card in cards
    )
    return mark_safe(f'<ul class="grid">{tiles}</ul>')  # noqa: S308  (each part is escaped)


@lru_cache(maxsize=8_192)
def _tile(card: Card, language: str, place: str) -> str:
    picture = (
        f'<img src="{escape(card.picture_url)}" alt="" loading="lazy" width="480" height="480">'
        if card.picture_url
        else ""
    )
    price = ""
    if card.price_minor is not None:
        said = format_minor(card.price_minor, card.currency, locale=place)
        if card.has_dearer:
            said = gettext("from {price}").format(price=said)
        price = f'<span class="price">{escape(said)}</span> · '
    gone = "" if card.is_in_stock else f" · {escape(gettext('Sold out'))}"
    return (
        f'<li><a class="tile" href="{escape(card.url)}"><span class="tile-picture">{picture}</span>'
        f'<span class="tile-name">{escape(card.title)}</span>'
        f'<span class="tile-line">{price}{escape(card.merchant)}{gone}</span></a></li>'
    )
