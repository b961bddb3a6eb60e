"""Profile pictures: any square of pixels that we decoded and wrote again ourselves."""

from vitrine.kernel import ids, pictures, storage
from vitrine.kernel.pictures import PictureRefused
from vitrine.sovereignty import datamap

__all__ = ["PictureRefused"]
ROOT = datamap.file_root(
    "faces",
    "PUBLIC",
    purpose="Show who somebody is",
    retention="until replaced or removed by the person",
    subject="accounts.Person",
)
SIDES = (96, 320)


Squares = dict[int, bytes]
"""A picture in each of the SIDES, as WebP."""


def squares(source: bytes) -> Squares:
    """Return a stranger's picture as bare squares. Raises: PictureRefused."""
    upright = pictures.decoded(source, needed_side=SIDES[-1])
    return {side: pictures.webp(pictures.square(upright, side)) for side in SIDES}


def store(made: Squares) -> str:
    """Write a picture under a fresh key and return it."""
    key = f"{ROOT}/{ids.new()}"
    for side, content in made.items():
        storage.put(file_key(key, side), content)
    return key


def file_key(key: str, side: int) -> str:
    """Name the object that holds a picture in one of the SIDES."""
    return f"{key}/{side}.webp"


def remove(key: str) -> None:
    """Delete a picture's files; safe to repeat."""
    storage.delete(*(file_key(key, side) for side in SIDES))
