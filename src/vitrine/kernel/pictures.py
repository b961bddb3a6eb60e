"""Pictures that strangers send: verified, turned upright, stripped, encoded again.

Nothing of the file that came in goes out: only pixels that were decoded and encoded here.
"""

import io
import warnings

from django.utils.translation import gettext
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from vitrine.kernel.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 16
TALLEST = 6
"""Times its width: a strip shows nothing, and resizing one costs memory for nothing."""
QUALITY = 82


class PictureRefused(Refusal):
    """The file is no picture that can be shown."""

    code = "picture_refused"
    message = "This picture cannot be used."
    status = 422


def decoded(source: bytes, *, needed_side: int) -> Image.Image:
    """Return the pixels: upright, in sRGB, on white where they were transparent.

    needed_side: what the largest output needs; a large JPEG is decoded at about that size.
    Raises: PictureRefused.
    """
    if len(source) > MAX_BYTES:
        said = gettext("The picture is larger than {most} MB; make it smaller.")
        raise PictureRefused(said.format(most=MAX_BYTES // 2**20))
    try:
        with warnings.catch_warnings():
            # A bomb is refused by its stated size before a pixel is decoded; see _judge_size.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(source), formats=FORMATS)
        _judge_size(opened)
        opened.draft("RGB", (2 * needed_side, 2 * needed_side))
        opened.load()
        return _flat(_in_srgb(ImageOps.exif_transpose(opened)))
    except UnidentifiedImageError:
        raise PictureRefused(gettext("This is not a JPEG, PNG or WebP picture.")) from None
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise PictureRefused(
            gettext("The picture is damaged; save it again and send that.")
        ) from None


def square(image: Image.Image, side: int) -> Image.Image:
    """Return the middle of a picture as a square; a small one is enlarged."""
    return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)


def webp(image: Image.Image) -> bytes:
    """Encode pixels and nothing else."""
    bare = image.copy()
    bare.info = {}
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _judge_size(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise _too_large()
    if min(width, height) < MIN_SIDE:
        said = gettext("The picture is smaller than {side} × {side} pixels.")
        raise PictureRefused(said.format(side=MIN_SIDE))
    if max(width, height) > TALLEST * min(width, height):
        said = gettext("The picture is a strip: more than {times} times longer than wide.")
        raise PictureRefused(said.format(times=TALLEST))


def _too_large() -> PictureRefused:
    said = gettext("The picture has more than {most} pixels.")
    return PictureRefused(said.format(most=f"{MAX_PIXELS:,}"))


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
