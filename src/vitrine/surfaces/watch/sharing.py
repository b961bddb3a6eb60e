"""A clip as other sites know it: the frame to embed, oEmbed, and linked data for search engines.

Sources: https://oembed.com, https://schema.org/VideoObject.
"""

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from vitrine.surfaces.watch.exhibits import Exhibit
from vitrine.videos.models import Clip

WIDTH = 360
"""CSS pixels of a frame where nobody asks for another size."""
LEAST = 120
CACHE_SECONDS = 24 * 3600
_CLIP_PATH = "/v/"
_IN_SCRIPTS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def origin_of(request: HttpRequest) -> str:
    """Return the scheme and host that a request came to, without a slash at the end."""
    return request.build_absolute_uri("/")[:-1]


@dataclass(frozen=True, slots=True)
class Frame:
    """The player to put on another site. width, height: CSS pixels."""

    url: str
    title: str
    width: int
    height: int

    @property
    def html(self) -> SafeString:
        """Write the ``<iframe>``."""
        return format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"'
            ' allow="autoplay; fullscreen; picture-in-picture" style="border:0"></iframe>',
            self.url,
            self.title,
            self.width,
            self.height,
        )


def frame(
    clip: Exhibit, *, origin: str, most_width: int | None = None, most_height: int | None = None
) -> Frame:
    """Fit a clip's player into what another site has room for, in the clip's own shape.

    Without a height it is no wider than WIDTH: an upright clip as wide as a page fills the screen.
    """
    shape = clip.height / clip.width
    most = WIDTH if most_height is None else math.floor(most_height / shape)
    width = max(min(most_width or most, most), LEAST)
    return Frame(f"{origin}/v/{clip.public_id}/embed", clip.name, width, round(width * shape))


def clip_id(url: str, *, origin: str) -> str | None:
    """Return the public id in the address of one of our clip pages; None for any other address."""
    try:
        given, ours = urlsplit(url), urlsplit(origin)
    except ValueError:
        return None
    if given.netloc != ours.netloc or not given.path.startswith(_CLIP_PATH):
        return None
    return given.path.removeprefix(_CLIP_PATH).rstrip("/") or None


def oembed(clip: Exhibit, shown: Frame, *, origin: str) -> dict[str, Any]:
    """Return what an oEmbed consumer reads: a ``video``."""
    said: dict[str, Any] = {
        "version": "1.0",
        "type": "video",
        "title": clip.name,
        "author_name": clip.maker,
        "author_url": f"{origin}/@{clip.handle}",
        "provider_name": "Vitrine",
        "provider_url": origin,
        "cache_age": CACHE_SECONDS,
        "html": shown.html,
        "width": shown.width,
        "height": shown.height,
    }
    if clip.cover_url:
        said |= {
            "thumbnail_url": f"{origin}{clip.cover_url}",
            "thumbnail_width": clip.width,
            "thumbnail_height": clip.height,
        }
    return said


def linked_data(clip: Exhibit, row: Clip, *, origin: str, views: int) -> SafeString:
    """Write the JSON-LD of a published clip, as the content of a ``<script>``: data, not code."""
    page = f"{origin}/v/{clip.public_id}"
    video: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": clip.name,
        "description": clip.description or clip.spoken,
        "url": page,
        "uploadDate": row.published_at,
        "duration": f"PT{clip.duration_ms / 1000:g}S",
        "contentUrl": f"{origin}{clip.default_source}",
        "embedUrl": f"{page}/embed",
        "thumbnailUrl": [f"{origin}{clip.cover_url}"] if clip.cover_url else [],
        "inLanguage": row.language,
        "creator": {
            "@type": "Person",
            "name": clip.maker,
            "alternateName": f"@{clip.handle}",
            "url": f"{origin}/@{clip.handle}",
        },
        "interactionStatistic": [
            _counter("WatchAction", views),
            _counter("LikeAction", clip.likes),
            _counter("CommentAction", clip.comments),
        ],
        "mentions": [
            {"@type": "Product", "name": tag.title, "url": f"{origin}{tag.url}"}
            for tag in clip.tags
        ],
    }
    # No end tag and no entity can be formed: everything that could begin one is spelt as a number.
    return mark_safe(msgspec.json.encode(video).decode().translate(_IN_SCRIPTS))  # noqa: S308


def _counter(action: str, count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": {"@type": action},
        "userInteractionCount": count,
    }
