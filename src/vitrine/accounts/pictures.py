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
    subject="accounts.Person.picture_key",
)
SIDES = (96, 320)


def store(source: bytes) -> str:
    """Write a picture in both SIDES under a fresh key and return it. Raises: PictureRefused."""
    upright = pictures.decoded(source, needed_side=SIDES[-1])
    key = f"{ROOT}/{ids.new()}"
    for side in SIDES:
        storage.put(file_key(key, side), pictures.webp(pictures.square(upright, side)))
    return key


def file_key(key: str, side: int) -> str:
    """Name the object that holds a picture in one of the SIDES."""
    return f"{key}/{side}.webp"


def remove(key: str) -> None:
    """Delete a picture's files; safe to repeat."""
    storage.delete(*(file_key(key, side) for side in SIDES))
