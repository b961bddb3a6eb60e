"""The reads for what a viewer does not want."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext

from vitrine.accounts.models import Person, Viewer
from vitrine.ads.models import HiddenAd
from vitrine.feed.models import Unwanted, Watch
from vitrine.videos.models import Clip, Sound

SHOWN = 200
"""Of each, the latest."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that a viewer wants no more of. url: empty where they may not see it now."""

    public_id: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """All of them, the latest first."""

    clips: Sequence[Clip] = ()
    creators: Sequence[Refused] = ()
    topics: Sequence[Refused] = ()
    sounds: Sequence[Refused] = ()
    ads: Sequence[Refused] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return any((self.clips, self.creators, self.topics, self.sounds, self.ads))


def refusals(key: str | None, viewer: Viewer) -> Refusals:
    """Return what a viewer does not want, as far as they may see it now.

    Queries: 0 for who is not known, else 5, and 1 more where they hid ads.
    """
    if key is None:
        return Refusals()
    hidden = Watch.objects.filter(viewer=key, hidden_at__isnull=False)
    clips = (
        Clip.objects.visible_to(viewer)
        .filter(pk__in=hidden.order_by("-hidden_at").values("clip")[:SHOWN])
        .select_related("creator")
        .order_by("-published_at")
    )
    rows = list(Unwanted.objects.filter(viewer=key).order_by("-at", "-pk")[: 3 * SHOWN])
    people = Person.objects.visible_to(viewer).in_bulk([row.creator_id for row in rows])
    sounds = {
        sound.origin_id: sound
        for sound in Sound.objects.heard_by(viewer)
        .filter(origin__in=[row.sound_of_id for row in rows])
        .select_related("origin__creator")
    }
    creators, topics, heard = [], [], []
    for row in rows:
        if row.topic:
            topics.append(Refused(row.public_id, f"#{row.topic}", f"/tags/{quote(row.topic)}"))
        elif row.creator_id:
            person = people.get(row.creator_id)
            name = f"@{person.handle}" if person else gettext("Somebody whom you do not meet now")
            creators.append(Refused(row.public_id, name, f"/{name}" if person else ""))
        else:
            sound = sounds.get(row.sound_of_id or 0)
            url = sound.get_absolute_url() if sound else ""
            name = sound.name if sound else gettext("A sound that is not heard alone")
            heard.append(Refused(row.public_id, name, url))
    return Refusals(list(clips), creators, topics, heard, _ads(key, viewer))


def _ads(key: str, viewer: Viewer) -> list[Refused]:
    """Return the ads that a viewer hid, with their clips. Queries: 1 or 2."""
    latest = HiddenAd.objects.filter(viewer=key).order_by("-at", "-pk")
    rows = [row.ad for row in latest.select_related("ad__group__campaign__advertiser")[:SHOWN]]
    clips = Clip.objects.visible_to(viewer).in_bulk([ad.clip_id for ad in rows])
    name = gettext("An ad of {name}")
    return [
        Refused(
            ad.public_id,
            name.format(name=ad.advertiser.name),
            clips[ad.clip_id].get_absolute_url() if ad.clip_id in clips else "",
        )
        for ad in rows
    ]
