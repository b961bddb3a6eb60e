"""What must hold of the clip of an ad, of who lent it, and of what the ad leads to."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q

from vitrine.ads.models import AdMember, Authorisation
from vitrine.catalog.models import Product, Stock
from vitrine.kernel.rows import HasRow
from vitrine.videos.models import Clip


def clip_is_for_all() -> Exists:
    """Return the condition that everybody may see the clip of an ad."""
    return Exists(Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("clip")).order_by())


def clip_is_theirs() -> Q:
    """Return the condition that the clip is still of one of its advertiser's people, or lent."""
    payer = "group__campaign__advertiser"
    own = Q(by=F("clip__creator")) & Q(HasRow(AdMember, advertiser=payer, person="by"))
    lent = Authorisation.objects.standing().filter(
        clip=OuterRef("clip"), advertiser=OuterRef(payer)
    )
    return own | Q(Exists(lent))


def is_on_sale() -> Q:
    """Return the condition that what an ad leads to is on sale; a profile always is."""
    product = Product.objects.on_sale().filter(pk=OuterRef("product"))
    return Q(product=None) | Q(Exists(product))


def is_in_stock() -> Q:
    """Return the condition that there is something left of what an ad leads to."""
    shelves = Stock.objects.filter(
        on_hand__gt=F("reserved"),
        location__closed_at=None,
        variant__withdrawn_at=None,
        variant__product=OuterRef("product"),
    )
    return Q(product=None) | Q(Exists(shelves))
