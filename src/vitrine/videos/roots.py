"""Where a clip's bytes lie in the object store. A key never changes its content."""

import secrets

from vitrine.sovereignty import datamap

_TYPES = {
    "mp4": "video/mp4",
    "webp": "image/webp",
    "vtt": "text/vtt; charset=utf-8",
    "m4a": "audio/mp4",
}

UPLOADS = datamap.file_root(
    "uploads",
    "PERSONAL",
    purpose="Parts of files on their way in",
    retention="until the file is accepted or refused; 7 days after the last part",
    subject="videos.Upload",
)
ORIGINALS = datamap.file_root(
    "originals",
    "PERSONAL",
    purpose="What the creator sent, to prepare again and to give back",
    retention="with the clip",
    subject="videos.Clip",
)
RENDITIONS = datamap.file_root(
    "renditions",
    "PUBLIC",
    purpose="What viewers are sent: renditions and posters, without metadata",
    retention="with the clip",
    subject="videos.Clip",
)
SOUNDS = datamap.file_root(
    "sounds",
    "PUBLIC",
    purpose="The sound of a clip alone, to be heard and used in others, without metadata",
    retention="with the clip",
    subject="videos.Clip",
)
COMPOSED = datamap.file_root(
    "composed",
    "PERSONAL",
    purpose="What our encoder made of an original and another's clip, to prepare again",
    retention="with the clip",
    subject="videos.Clip",
)
COVERS = datamap.file_root(
    "covers",
    "PUBLIC",
    purpose="The picture that stands for a clip in lists and on cards",
    retention="with the clip; soon gone once replaced",
    subject="videos.Clip",
)
STRIPS = datamap.file_root(
    "strips",
    "PERSONAL",
    purpose="Frames that a creator chooses a cover from",
    retention="with the clip",
    subject="videos.Clip",
)
OF_A_CLIP = (RENDITIONS, ORIGINALS, SOUNDS, COMPOSED, COVERS, STRIPS)
"""Where all that belongs to a clip lies, in a folder of its name."""


def part(upload_id: str, start: int) -> str:
    """Return a fresh key for a part; two senders of one part never share it."""
    return f"{UPLOADS}/{upload_id}/{start:013d}-{secrets.token_hex(8)}"


def original(clip_id: str) -> str:
    """Return a fresh key for an original."""
    return f"{ORIGINALS}/{clip_id}/{secrets.token_hex(8)}"


def rendition(clip_id: str, attempt: str, file: str) -> str:
    """Return the key of one file of one attempt at a clip's renditions."""
    return f"{RENDITIONS}/{clip_id}/{attempt}/{file}"


def cover(clip_id: str) -> str:
    """Return a fresh key for a clip's cover."""
    return f"{COVERS}/{clip_id}/{secrets.token_hex(8)}.webp"


def strip(clip_id: str, film: str) -> str:
    """Return the key of the frames of one rendition. film: the rendition's own key."""
    attempt = film.split("/")[-2]
    return f"{STRIPS}/{clip_id}/{attempt}.webp"


def sound(clip_id: str, attempt: str) -> str:
    """Return the key of a clip's sound, as one attempt made it."""
    return f"{SOUNDS}/{clip_id}/{attempt}/sound.m4a"


def composed(clip_id: str, attempt: str) -> str:
    """Return the key of what one attempt composed of a clip and another."""
    return f"{COMPOSED}/{clip_id}/{attempt}.mov"


def content_type(key: str) -> str:
    """Return the type of an object by its key's ending, never by what somebody sent."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")
