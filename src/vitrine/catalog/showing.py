"""A product's video: a clip that shows it, on the product's own page."""

from django.contrib.auth.models import AnonymousUser

from vitrine.catalog.models import Product, Tag
from vitrine.kernel.errors import Refusal
from vitrine.videos.models import Clip
from vitrine.videos.models.clip import ClipQuerySet


class NotItsClip(Refusal):
    """A product is shown by clips that have it, and that anybody may watch."""

    code = "not_its_clip"
    message = "Choose a clip that everybody can watch, and that has this product on it."


def clips(product: Product) -> ClipQuerySet:
    """Return the clips that may stand on a product's page, whoever made them."""
    tagged = Tag.objects.filter(product=product).values("clip")
    return Clip.objects.listed_for(AnonymousUser()).filter(pk__in=tagged)


def show(product: Product, clip_id: str) -> None:
    """Put a clip on a product's page. clip_id: public. Raises: NotItsClip. Queries: 2."""
    product.video = clips(product).filter(public_id=clip_id).first()
    if product.video is None:
        raise NotItsClip
    product.save(update_fields=["video"])


def take_away(product: Product) -> None:
    """Show no clip on a product's page any more. Queries: 1."""
    product.video = None
    product.save(update_fields=["video"])


def shown(product: Product) -> Clip | None:
    """Return the clip on a product's page, ready to play. Queries: 0; 3 where there is one.

    None too once it is not for everybody any more, or has the product on it no more.
    """
    if product.video_id is None:
        return None
    film = clips(product).filter(pk=product.video_id).select_related("creator")
    return film.prefetch_related("renditions", "captions").first()
