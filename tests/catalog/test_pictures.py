"""Product pictures: what comes in, and what is shown."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from vitrine.catalog import pictures
from vitrine.catalog.pictures import PictureRefused
from vitrine.kernel import storage


def encoded(image: Image.Image, layout: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, layout, **options)
    return out.getvalue()


def decoded(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_is_written_again_in_every_width() -> None:
    rendered = pictures.render(encoded(Image.new("RGB", (2000, 1000), "teal")))

    assert (rendered.width, rendered.height) == (960, 480)
    assert {width: decoded(file).size for width, file in rendered.files.items()} == {
        160: (160, 80),
        480: (480, 240),
        960: (960, 480),
    }
    assert {decoded(file).format for file in rendered.files.values()} == {"WEBP"}


def test_a_small_picture_is_never_made_larger() -> None:
    rendered = pictures.render(encoded(Image.new("RGB", (200, 100), "teal")))

    assert (rendered.width, rendered.height) == (200, 100)
    assert decoded(rendered.files[960]).size == (200, 100)


def test_where_and_with_what_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[2] = (36.0, 51.0, 0.0)
    photo = encoded(Image.new("RGB", (400, 400)), exif=exif, comment=b"secret")

    rendered = pictures.render(photo)

    for file in rendered.files.values():
        shown = decoded(file)
        assert not shown.getexif()
        assert b"somebody" not in file
        assert b"secret" not in file
        assert "icc_profile" not in shown.info


def test_a_turned_photo_stands_upright() -> None:
    upright = Image.new("RGB", (400, 300), "white")
    upright.paste("red", (0, 0, 400, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encoded(upright.rotate(90, expand=True), exif=exif)

    shown = decoded(pictures.render(lying).files[480]).convert("RGB")

    assert shown.size == (400, 300)
    red, green, _ = shown.getpixel((200, 20))  # type: ignore[misc]
    assert (red > 200, green < 60) == (True, True)


def test_what_is_transparent_lies_on_white() -> None:
    shown = decoded(
        pictures.render(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG")).files[160]
    ).convert("RGB")

    assert shown.getpixel((30, 30)) == (255, 255, 255)


def test_colours_are_read_with_the_profile_that_came_along() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    odd = encoded(Image.new("RGB", (64, 64), "teal"), icc_profile=profile)

    assert pictures.render(odd).width == 64


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "not a JPEG, PNG or WebP"),
        (b"GIF89a" + bytes(100), "not a JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG or WebP"),
        (encoded(Image.new("RGB", (8, 8))), "smaller than"),
        (encoded(Image.new("RGB", (2000, 200))), "strip"),
        (encoded(Image.new("1", (9000, 9000)), "PNG"), "more than 50,000,000 pixels"),
        (encoded(Image.new("1", (20_000, 20_000)), "PNG"), "more than 50,000,000 pixels"),
        (encoded(Image.new("RGB", (400, 400), "red"))[:600], "damaged"),
        (bytes(pictures.MAX_BYTES + 1), "larger than 20 MB"),
    ],
    ids=["empty", "gif", "svg", "tiny", "strip", "large", "bomb", "cut off", "heavy"],
)
def test_what_is_no_picture_is_refused_by_name(content: bytes, sentence: str) -> None:
    with pytest.raises(PictureRefused, match=sentence):
        pictures.render(content)


def test_odd_pictures_do_what_the_manifest_expects(shared: Path) -> None:
    odd = shared / "media" / "odd" / "images"

    with pytest.raises(PictureRefused, match="damaged"):
        pictures.render((odd / "corrupt.jpg").read_bytes())
    cmyk = decoded(pictures.render((odd / "cmyk.jpg").read_bytes()).files[960])
    turned = pictures.render((odd / "exif-orientation-90.jpg").read_bytes())

    assert (cmyk.mode, cmyk.size) == ("RGB", (960, 540))
    assert turned.width > turned.height


def test_a_stored_picture_can_be_read_and_removed() -> None:
    rendered = pictures.render(encoded(Image.new("RGB", (64, 64), "teal")))

    key = pictures.store(rendered)

    assert storage.get(pictures.file_key(key, 480)) == rendered.files[480]
    pictures.remove(key)
    pictures.remove(key)
    assert not storage.exists(pictures.file_key(key, 480))
