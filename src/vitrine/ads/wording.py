"""Say in words whom ads are for: on their group, in the repository, and to who sees one."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext

from vitrine.ads.models.dealing import Dealing
from vitrine.ads.models.targeting import Targeting
from vitrine.catalog.models import Category, Product
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell


def whom(of: Targeting) -> Iterator[str]:
    """Yield whom ads are for, a few words for each thing that is asked."""
    if of.languages:
        yield languages(of)
    yield ", ".join(of.ages) or gettext("All ages")
    yield hashtags(of) or gettext("whatever they watch")
    if of.regions:
        yield places(of)
    if of.dealings:
        yield dealings(of.dealings)
    if of.left_out:
        yield gettext("not: {dealings}").format(dealings=dealings(of.left_out))
    if of.beside:
        yield gettext("beside clips that sell: {names}").format(names=beside(of))
    if of.alike:
        yield gettext("the {percent} % of viewers who are most like those who: {dealings}").format(
            percent=of.alike_percent, dealings=dealings(of.alike)
        )


def languages(of: Targeting) -> str:
    """Return the names of languages that they read."""
    names = dict(settings.LANGUAGES)
    return ", ".join(names[code] for code in of.languages)


def hashtags(of: Targeting) -> str:
    """Return the hashtags that they watch."""
    return " ".join(f"#{word}" for word in of.interests)


def places(of: Targeting) -> str:
    """Return the names of regions that they live in."""
    named = regions.NAMES[this_cell().country]
    return ", ".join(named.get(code, code) for code in of.regions)


def beside(of: Targeting) -> str:
    """Return what is sold on the clips beside which ads stand. Queries: 2."""
    top = Category.objects.filter(key__in=of.beside).values_list("key", "name")
    own = Product.objects.filter(public_id__in=of.beside).values_list("public_id", "title")
    named = {key: gettext(name) for key, name in top} | dict(own)
    return "; ".join(named.get(one, one) for one in of.beside)


def dealings(of: Iterable[str]) -> str:
    """Return what people have to do with the advertiser's shop."""
    return "; ".join(str(Dealing(did).label) for did in of)
