"""The cell's list of words, applied to what people write: of clips, of goods, of themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from vitrine.catalog import descriptions
from vitrine.catalog.models import Product
from vitrine.kernel.errors import Refusal
from vitrine.safety.models import Case, Effect, ListedWord, Origin
from vitrine.safety.things import Thing
from vitrine.videos.models import Cause, Clip, Takedown


class WordRefused(Refusal):
    """A text has a word that the cell refuses. Which one is not said, lest they be tried out."""

    code = "word_refused"
    message = "This has a word that is not allowed here. Say it in other words."


def objection(*texts: str, holds_too: bool = False) -> str | None:
    """Say why texts may not stand, or None. holds_too: where nothing can be held. Queries: 1."""
    effect = ListedWord.effect_on(*texts)
    refused = effect == Effect.REFUSE or (holds_too and effect)
    return gettext(WordRefused.message) if refused else None


def weigh(clip: Clip, *, at: datetime) -> None:
    """Hide a clip whose words have to wait for a moderator, and open its case. Queries: 1, or 5."""
    if ListedWord.effect_on(clip.title, clip.description) != Effect.HOLD:
        return
    with transaction.atomic():
        Takedown.objects.bulk_create(
            [Takedown(clip=clip, cause=Cause.HELD, at=at)], ignore_conflicts=True
        )
        Case.open_on(Thing.of(clip), reason="other", at=at, origin=Origin.HELD)


def weigh_product(product: Product, *, at: datetime) -> bool:
    """Weigh one product, and tell whether it waits. Queries: 1, or 6."""
    return bool(weigh_products([product], at=at))


def weigh_products(products: Sequence[Product], *, at: datetime) -> frozenset[int]:
    """Keep products from sale whose words have to wait for a moderator, and open their cases.

    A word that is refused where somebody types it holds, too: a file cannot be typed anew, and no
    row of it is lost. Returns the keys of those that wait. Queries: 1, and 5 for each that waits.
    """
    said = [
        (each.title, descriptions.as_text(each.description), each.brand, each.category)
        for each in products
    ]
    found = zip(products, ListedWord.any_in(said), strict=True)
    return frozenset(each.pk for each, has_one in found if has_one and _hold(each, at=at))


def _hold(product: Product, *, at: datetime) -> bool:
    with transaction.atomic():
        product.hold(at=at)
        if product.held_at is not None:  # else moderators have taken it off sale already
            Case.open_on(Thing.of(product), reason="other", at=at, origin=Origin.HELD)
    return product.held_at is not None
