"""Videos and products from the operator's disk, by the same path as from a browser."""

import hashlib
import time
from pathlib import Path

from django.db.models import Q
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from vitrine.accounts.models import Person
from vitrine.catalog import importing
from vitrine.catalog.models import ImportReport, Merchant
from vitrine.kernel import text
from vitrine.kernel.errors import Refusal
from vitrine.ops.trouble import Trouble
from vitrine.safety import filtering
from vitrine.videos import describing, receiving
from vitrine.videos.models import Clip, Encoding

SUFFIXES = {".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".3gp"}
REMARKS_SHOWN = 20
LOOK_EVERY_SECONDS = 1.0
NO_WORKER_SECONDS = 90


def videos(folder: Path, *, handle: str, publish: bool) -> None:
    """Bring in each video of a folder; one that the creator has already is left alone."""
    creator = Person.objects.filter(handle=handle.removeprefix("@").lower()).first()
    if creator is None:
        raise Trouble(f"Nobody here is called {handle}.")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not files:
        raise Trouble(f"{folder} holds no videos.")
    console = Console()
    clips = []
    with Progress(console=console) as progress:
        for path in progress.track(files, description="Taking in"):
            try:
                clip = _receive(path, creator)
            except Refusal as refusal:
                progress.console.print(f"{path.name}: {refusal.text}", markup=False)
                continue
            if clip is None:
                progress.console.print(f"{path.name}: was here already", markup=False)
            else:
                clips.append(clip)
        if publish and clips:
            _publish(clips, progress)
    console.print(f"{len(clips)} of {len(files)} videos came in.")


def _receive(path: Path, creator: Person) -> Clip | None:
    """Send one file through the upload. None: the creator has this very film."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        if Clip.objects.kept().filter(creator=creator, original_sha256=digest).exists():
            return None
        length = file.seek(0, 2)
        file.seek(0)
        upload = receiving.begin(creator, length=length, filename=path.name, at=timezone.now())
        while part := file.read(receiving.PART_BYTES):
            receiving.append(upload, part, start=upload.offset, at=timezone.now())
    clip = receiving.complete(upload, sha256=digest, at=timezone.now())
    title = text.line(path.stem.replace("_", " "))[:150]
    Clip.objects.filter(pk=clip.pk).update(
        title=title, description=_line(path) or title or path.name
    )
    return clip


def _line(path: Path) -> str:
    """Return what stands beside a film in a text of its name: one line that describes it."""
    beside = path.with_suffix(".txt")
    if not beside.is_file():
        return ""
    return describing.first_sentences(text.line(beside.read_text("utf-8", "replace")[:5_000]))


def _publish(clips: list[Clip], progress: Progress) -> None:
    """Publish each clip as soon as it plays. Stops waiting where no worker encodes."""
    waiting = {clip.pk: clip for clip in clips}
    task = progress.add_task("Encoding", total=len(clips))
    moved_at = time.monotonic()
    while waiting and time.monotonic() - moved_at < NO_WORKER_SECONDS:
        playable = Clip.objects.filter(pk__in=waiting, renditions__isnull=False).distinct()
        failed = Encoding.objects.filter(clip__in=list(waiting), state="failed")
        for clip in playable:
            clip.publish(at=timezone.now())
        for pk in [*(clip.pk for clip in playable), *(each.clip_id for each in failed)]:
            if waiting.pop(pk, None) is not None:
                moved_at = time.monotonic()
        progress.update(task, completed=len(clips) - len(waiting))
        time.sleep(LOOK_EVERY_SECONDS)
    if waiting:
        progress.console.print(
            f"{len(waiting)} wait as drafts: no worker is encoding. Start the cell, then publish "
            "them in the studio."
        )


def products(file: Path, *, merchant_name: str, pictures: Path | None) -> None:
    """Bring in a file of products, and print what became of it."""
    named = Q(slug=merchant_name) | Q(name__iexact=merchant_name)
    merchant = Merchant.objects.filter(named).order_by("pk").first()
    if merchant is None:
        raise Trouble(f"There is no merchant {merchant_name!r}: a person opens the shop first.")
    console = Console(soft_wrap=True)
    with console.status(f"Reading {file.name}"):
        report = importing.import_products(
            file,
            merchant=merchant,
            by=None,
            weigh=filtering.weigh_products,
            at=timezone.now(),
            pictures=pictures,
        )
    console.print(
        f"{report.products:,} products with {report.variants:,} variants written, "
        f"{report.unchanged:,} unchanged, {report.refused:,} refused."
    )
    _show_remarks(report, console)


def _show_remarks(report: ImportReport, console: Console) -> None:
    """Print what was wrong, where, and what to do."""
    remarks = report.remarks.order_by("row")
    table = Table(box=None, pad_edge=False)
    for name in ("Row", "Item", "Column", "What"):
        table.add_column(name)
    for remark in remarks[:REMARKS_SHOWN]:
        table.add_row(str(remark.row), remark.item, remark.column, remark.message)
    if table.row_count:
        console.print(table)
    if (more := remarks.count() - REMARKS_SHOWN) > 0:
        console.print(f"And {more:,} more; all of them are on the merchant's import page.")
