"""Product pictures: verified, turned upright, stripped and written again in a few widths.

Nothing of the file that came in reaches a buyer: only pixels that were decoded and encoded here.
"""

from dataclasses import dataclass

from PIL import Image

from vitrine.kernel import ids, pictures, storage
from vitrine.kernel.pictures import MAX_BYTES, PictureRefused
from vitrine.sovereignty import datamap

__all__ = ["MAX_BYTES", "PictureRefused"]
ROOT = datamap.file_root(
    "pictures",
    "LOCAL_PUBLIC",
    purpose="Show what a product looks like",
    retention="with the product",
)
WIDTHS = (160, 480, 960)


@dataclass(frozen=True)
class Rendered:
    """A picture in all its widths, as WebP. width, height: of the largest."""

    width: int
    height: int
    files: dict[int, bytes]


def render(source: bytes) -> Rendered:
    """Return the picture in every width it is large enough for. Raises: PictureRefused."""
    image = pictures.decoded(source, needed_side=WIDTHS[-1])
    files: dict[int, bytes] = {}
    largest: tuple[int, int] | None = None
    # From the largest down, each from the one before: a photo is read at full size only once.
    for target in sorted(WIDTHS, reverse=True):
        image = _at_width(image, target)
        largest = largest or image.size
        files[target] = pictures.webp(image)
    width, height = largest or image.size
    return Rendered(width, height, files)


def store(rendered: Rendered, *, root: str = ROOT) -> str:
    """Write all widths under a fresh key and return it. A file is at ``<key>/<width>.webp``."""
    key = f"{root}/{ids.new()}"
    for width, content in rendered.files.items():
        storage.put(file_key(key, width), content, content_type="image/webp")
    return key


def file_key(key: str, width: int) -> str:
    """Name the object that holds a picture in one of the WIDTHS."""
    return f"{key}/{width}.webp"


def remove(*keys: str) -> None:
    """Delete the files of pictures; safe to repeat."""
    storage.delete(*(file_key(key, width) for key in keys for width in WIDTHS))


def _at_width(image: Image.Image, width: int) -> Image.Image:
    """Return a picture of at most that width, never larger than it was."""
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
