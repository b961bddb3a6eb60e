"""Take a file from this machine as a clip: the same door as an upload, without the network."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos import probe, receiving, roots, scratch
from vitrine.videos.models import Clip


def import_file(
    path: Path, creator: Person, *, at: datetime, title: str = "", description: str = ""
) -> Clip:
    """Make a draft of a file and order its renditions. Raises: NotAccepted, FileTooLarge.

    The same file of the same creator is taken once: again answers with the first clip.
    """
    size = path.stat().st_size
    receiving.check_size(size)
    with scratch.folder() as folder:
        source = folder / "source"
        shutil.copyfile(path, source)
        with source.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
        known = Clip.objects.owned_by(creator).filter(original_sha256=sha256).first()
        if known is not None:
            return known
        found = probe.probe(source, max_seconds=receiving.longest_clip_seconds())
        clip = Clip(creator=creator, title=title[:150], description=description[:300])
        clip.created_at = at
        key = roots.original(clip.public_id)
        storage.adopt(key, source, download_as=clip.public_id)
    with transaction.atomic():
        clip.save()
        receiving.place(clip, found, key=key, sha256=sha256, size=size, at=at)
    clip.refresh_from_db()
    return clip
