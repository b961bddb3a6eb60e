"""Putting products on clips: by the clip's creator, for a span of its time."""

from django.utils.translation import gettext, gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Tag
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import cell
from vitrine.videos.models import Clip, Remix, RemixKind

MAX_TAGS = 10


class NotTheCreator(Refusal):
    """Only who made a clip may put products on it."""

    code = "not_the_creator"
    message = "Only the clip's creator can put products on it."


class NotOnSale(Refusal):
    """The product cannot be bought now, or not in this country."""

    code = "not_on_sale"
    message = "This product is not on sale here. Choose another."


class OutsideTheClip(Refusal):
    """The span is empty, or does not lie within the clip."""

    code = "tag_outside_clip"
    message = "Choose a beginning and an end within the clip."


class TooManyTags(Refusal):
    """A clip with more products than a person can look at."""

    code = "too_many_tags"


class NotForSelling(Refusal):
    """The clip is made with another's, who does not want it beside products."""

    code = "not_for_commercial_use"


def tag(
    clip: Clip, product: Product, *, from_ms: int = 0, until_ms: int | None = None, by: Person
) -> Tag:
    """Show a product on a clip from a moment until another; tagging again moves the span.

    until_ms: the clip's end when None. Raises: NotTheCreator, NotOnSale, OutsideTheClip,
    TooManyTags, NotForSelling.
    """
    if clip.creator_id != by.pk:
        raise NotTheCreator
    _check_commercial_use(clip)
    if not Product.objects.on_sale().filter(pk=product.pk, home_cell=cell.home()).exists():
        raise NotOnSale
    end_ms = clip.duration_ms if until_ms is None else until_ms
    # A draft whose file is still being read has no duration yet; its span is taken as typed.
    if not 0 <= from_ms < end_ms or (clip.duration_ms and end_ms > clip.duration_ms):
        raise OutsideTheClip
    others = Tag.objects.filter(clip=clip).exclude(product=product)
    if others.count() >= MAX_TAGS:
        sentence = gettext("A clip shows at most {most} products. Remove one first.")
        raise TooManyTags(sentence.format(most=MAX_TAGS))
    placed, _ = Tag.objects.update_or_create(
        clip=clip, product=product, defaults={"from_ms": from_ms, "until_ms": end_ms}
    )
    return placed


def _check_commercial_use(clip: Clip) -> None:
    """Refuse products on what another lends for other uses only; a trigger does so once more."""
    remix = Remix.objects.filter(clip=clip).select_related("origin__creator").first()
    if remix is None or remix.may_sell:
        return
    sentence = gettext(_NOT_FOR_SELLING[RemixKind(remix.kind)])
    raise NotForSelling(sentence.format(handle=remix.origin.creator.handle))


_NOT_FOR_SELLING = {
    RemixKind.SOUND: gettext_noop(
        "@{handle} does not want this sound used to sell. Put products on clips that are all "
        "your own, or that use something open for commercial use."
    ),
    RemixKind.DUET: gettext_noop(
        "@{handle} does not want this duet used to sell. Put products on clips that are all "
        "your own, or that use something open for commercial use."
    ),
    RemixKind.STITCH: gettext_noop(
        "@{handle} does not want this stitch used to sell. Put products on clips that are all "
        "your own, or that use something open for commercial use."
    ),
}


def untag(clip: Clip, product: Product, *, by: Person) -> None:
    """Take a product off a clip; one that is not there is no error. Raises: NotTheCreator."""
    if clip.creator_id != by.pk:
        raise NotTheCreator
    Tag.objects.filter(clip=clip, product=product).delete()
