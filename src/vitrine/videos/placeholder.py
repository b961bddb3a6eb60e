"""A clip's picture in 146 bytes, shown under the player until its poster has come.

It is a WebP of a few pixels, inlined in the page as a ``data:`` URI (at most 219 characters) and
smoothed by the browser as it is enlarged: colour and light at once, no request, no script to
decode it. The best quality and size that fit are taken.
"""

import base64
import io
from pathlib import Path

from PIL import Image, ImageFilter

MOST_BYTES = 146
SHORT_SIDES = (18, 14, 12, 10, 8, 6, 4, 2)
QUALITIES = (60, 40, 25, 12, 5, 0)
_SMALLEST_QUALITY_BY_SIDE = 12
"""A smaller picture at a fair quality looks better than a larger one in blocks."""


def placeholder(poster: Path) -> bytes:
    """Return at most 146 bytes of WebP that look like a poster from afar."""
    with Image.open(poster) as opened:
        picture = opened.convert("RGB")
    smallest = b""
    for side in SHORT_SIDES:
        scale = side / min(picture.size)
        size = (
            min(32, max(1, round(picture.width * scale))),
            min(32, max(1, round(picture.height * scale))),
        )
        tiny = picture.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.5))
        for quality in QUALITIES:
            if quality < _SMALLEST_QUALITY_BY_SIDE and side > SHORT_SIDES[-3]:
                continue
            smallest = _webp(tiny, quality)
            if len(smallest) <= MOST_BYTES:
                return smallest
    raise ValueError(f"no placeholder of {MOST_BYTES} bytes; the smallest has {len(smallest)}")


def data_uri(content: bytes) -> str:
    """Return the placeholder as it stands in a page. Empty: there is none yet."""
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}" if content else ""


def _webp(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()
