"""Product pictures: verified, turned upright, stripped and written again in a few widths.

Nothing of the file that came in reaches a buyer: only pixels that were decoded and encoded here.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from vitrine.kernel import ids, storage
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap

ROOT = datamap.file_root(
    "pictures",
    "LOCAL_PUBLIC",
    purpose="Show what a product looks like",
    retention="with the product",
)
WIDTHS = (160, 480, 960)
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 16
TALLEST = 6
"""Times its width: a strip is no product picture, and resizing one costs memory for nothing."""
QUALITY = 82


class PictureRefused(Refusal):
    """The file is no picture that can be shown."""

    code = "picture_refused"
    message = "This picture cannot be used."
    status = 422


@dataclass(frozen=True)
class Rendered:
    """A picture in all its widths, as WebP. width, height: of the largest."""

    width: int
    height: int
    files: dict[int, bytes]


def render(source: bytes) -> Rendered:
    """Return the picture in every width it is large enough for. Raises: PictureRefused."""
    image = _decoded(source)
    files: dict[int, bytes] = {}
    largest: tuple[int, int] | None = None
    # From the largest down, each from the one before: a photo is read at full size only once.
    for target in sorted(WIDTHS, reverse=True):
        image = _at_width(image, target)
        largest = largest or image.size
        out = io.BytesIO()
        image.save(out, "WEBP", quality=QUALITY, method=4)
        files[target] = out.getvalue()
    width, height = largest or image.size
    return Rendered(width, height, files)


def store(rendered: Rendered) -> str:
    """Write all widths under a fresh key and return it. A file is at ``<key>/<width>.webp``."""
    key = f"{ROOT}/{ids.new()}"
    for width, content in rendered.files.items():
        storage.put(file_key(key, width), content)
    return key


def file_key(key: str, width: int) -> str:
    """Name the object that holds a picture in one of the WIDTHS."""
    return f"{key}/{width}.webp"


def remove(key: str) -> None:
    """Delete a picture's files; safe to repeat."""
    storage.delete(*(file_key(key, width) for width in WIDTHS))


def _decoded(source: bytes) -> Image.Image:
    """Return the pixels: upright, in sRGB, on white where they were transparent."""
    if len(source) > MAX_BYTES:
        raise PictureRefused(
            f"The picture is larger than {MAX_BYTES // 2**20} MB; make it smaller."
        )
    try:
        with warnings.catch_warnings():
            # A bomb is refused by its stated size before a pixel is decoded; see _judge_size.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(source), formats=FORMATS)
        _judge_size(opened)
        opened.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        opened.load()
        return _flat(_in_srgb(ImageOps.exif_transpose(opened)))
    except UnidentifiedImageError:
        raise PictureRefused("This is not a JPEG, PNG or WebP picture.") from None
    except Image.DecompressionBombError:
        raise PictureRefused(f"The picture has more than {MAX_PIXELS:,} pixels.") from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise PictureRefused("The picture is damaged; save it again and send that.") from None


def _judge_size(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise PictureRefused(f"The picture has more than {MAX_PIXELS:,} pixels.")
    if min(width, height) < MIN_SIDE:
        raise PictureRefused(f"The picture is smaller than {MIN_SIDE} × {MIN_SIDE} pixels.")
    if max(width, height) > TALLEST * min(width, height):
        raise PictureRefused(f"The picture is a strip: more than {TALLEST} times longer than wide.")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return RGB or RGBA pixels, read with the profile that the camera or the press gave them."""
    profile = image.info.get("icc_profile")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if profile and not has_alpha:
        try:
            return ImageCms.profileToProfile(  # type: ignore[return-value]
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
    return image.convert("RGBA" if has_alpha else "RGB")


def _flat(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _at_width(image: Image.Image, width: int) -> Image.Image:
    """Return a copy of at most that width, without anything but pixels; never larger."""
    if image.width <= width:
        sized = image.copy()
    else:
        height = max(1, round(image.height * width / image.width))
        sized = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    sized.info = {}
    return sized
