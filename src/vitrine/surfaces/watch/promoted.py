"""An ad in the feed: a label that cannot be missed, its button, and why somebody sees it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext

from vitrine.accounts.models import Follow, Person
from vitrine.ads import wording
from vitrine.ads.models import Ad, AdGroup, Call, Placement
from vitrine.ads.serving import Shown
from vitrine.kernel.rows import HasRow
from vitrine.surfaces.watch.places import Place
from vitrine.videos.models import Clip, Like, Save, Viewer


def placed(ads: Sequence[Shown], viewer: Viewer) -> Iterator[tuple[Shown, Place]]:
    """Yield ads with what the viewer has to do with their clips. Queries: 0, or 1 of a person."""
    if not isinstance(viewer, Person) or not ads:
        yield from ((ad, Place(ad.clip, "", False, False, False, ad)) for ad in ads)
        return
    clips: Any = Clip.objects.filter(pk__in=[ad.clip for ad in ads]).annotate(
        is_liked=HasRow(Like, clip="pk", person=viewer),
        is_saved=HasRow(Save, clip="pk", person=viewer),
        is_followed=HasRow(Follow, followed="creator", follower=viewer),
    )
    known = {one.pk: (one.is_liked, one.is_saved, one.is_followed) for one in clips}
    yield from ((ad, Place(ad.clip, "", *known[ad.clip], ad)) for ad in ads if ad.clip in known)


def label(ad: Shown) -> str:
    """Say that it is an ad, and who pays for it; what it leads to says why."""
    if not ad.ad:  # a preview
        said = '<span class="badge brass reason">{} · {}</span>'
        return format_html(said, gettext("Ad"), ad.advertiser)
    return format_html(
        '<a class="badge brass reason" href="{0}" data-sheet="{0}?sheet">{1} · {2}</a>',
        f"/promoted/{ad.ad}",
        gettext("Ad"),
        ad.advertiser,
    )


def button(ad: Shown, clip: str) -> str:
    """Draw the button. clip: the public id. A product opens beside the feed, as from a tag."""
    sheet = format_html(' data-sheet="{}?sheet&amp;clip={}"', ad.link, clip)
    return format_html(
        '<p><a class="button small primary follow-up" href="{}"{}>{}</a></p>',
        ad.link,
        sheet if ad.link.startswith("/p/") else "",
        Call(ad.call).label,
    )


def mark(ad: Shown) -> str:
    """Write what is told when it was seen or followed: nothing of a preview."""
    return f'data-ad="{ad.token}" ' if ad.token else ""


def reasons(ad: Ad, placement: Placement = Placement.FEED) -> Iterator[str]:
    """Say whom an ad is for, as its group was set; of whoever sees it all of that is true."""
    group: AdGroup = ad.group
    yield from _of_the_page(group, placement)
    if group.languages:
        yield gettext("It is for people who use this place in: {languages}.").format(
            languages=wording.languages(group)
        )
    if group.ages:
        yield gettext("It is for people aged: {ages}.").format(ages=", ".join(group.ages))
    if group.interests:
        yield gettext("It is for people who watched clips with: {words}.").format(
            words=wording.hashtags(group)
        )
    if group.regions:
        yield gettext("It is for people who have things sent to: {places}.").format(
            places=wording.places(group)
        )
    if group.dealings:
        yield gettext(
            "It is for people who did one of these in the shop that pays: {dealings}."
        ).format(dealings=wording.dealings(group.dealings))
    if group.left_out:
        yield gettext(
            "It is not for people who did one of these in the shop that pays: {dealings}."
        ).format(dealings=wording.dealings(group.left_out))
    if group.alike:
        yield gettext(
            "It is for people who watch what those watch who did one of these in the shop that "
            "pays: {dealings}. You are one of the {percent} % who are most like them."
        ).format(dealings=wording.dealings(group.alike), percent=group.alike_percent)
    if not (group.languages or group.is_profiled):
        yield (
            gettext("It is for everybody: nothing else about you was used.")
            if placement is Placement.SEARCH
            else gettext("It is for everybody: nothing about you was used.")
        )


def _of_the_page(group: AdGroup, placement: Placement) -> Iterator[str]:
    """Say what of a page let an ad stand on it. Queries: 0, or 2 where what is sold there did."""
    if placement is Placement.SEARCH:
        yield gettext("It leads to a product that has the words you searched for.")
    elif group.beside:
        yield gettext("It stands beside clips that sell: {names}.").format(
            names=wording.beside(group)
        )
