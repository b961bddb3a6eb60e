"""Bringing a feed into a merchant's catalogue, a few hundred products at a time.

Each product is written whole, in one transaction with its neighbours, or not at all. The merchant's
own ids say what is the same product and variant, so a second run of the same file changes nothing.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.db import DatabaseError
from django.utils.translation import gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog import import_product, import_writing
from vitrine.catalog.feeds import reading
from vitrine.catalog.feeds.rows import FeedItem, FeedProduct, FeedRefused, Finding, Severity
from vitrine.catalog.import_pictures import PictureTaker, discard, store_all
from vitrine.catalog.import_report import ReportWriter
from vitrine.catalog.import_writing import Work
from vitrine.catalog.models import ImportReport, Location, Merchant, Product
from vitrine.catalog.picture_library import NotALibrary, open_library
from vitrine.catalog.weighing import WeighAll
from vitrine.sovereignty.cell import this_cell

CHUNK = 400
"""Products compared with the database and written at once; twice as many are held in memory."""
PICTURES_AT_ONCE = 40
"""New pictures after which products are written without waiting for more of them."""

T = TypeVar("T")


def import_products(
    path: Path,
    *,
    merchant: Merchant,
    by: Person | None,
    weigh: WeighAll,
    at: datetime,
    pictures: Path | None = None,
) -> ImportReport:
    """Import a file and return the report. pictures: folder or zip where its pictures lie."""
    report = start(merchant, filename=path.name, by=by, at=at)
    with path.open("rb") as stream:
        run(report, stream, weigh=weigh, pictures=pictures)
    return report


def start(merchant: Merchant, *, filename: str, by: Person | None, at: datetime) -> ImportReport:
    """Write down that an import begins. finished_at is empty until it has ended."""
    return ImportReport.objects.create(
        merchant=merchant, by=by, filename=filename[-200:], started_at=at
    )


def run(
    report: ImportReport, stream: BinaryIO, *, weigh: WeighAll, pictures: Path | None = None
) -> None:
    """Import a feed into the report's merchant. Safe to run again after any crash.

    A file that cannot be read at all ends in a report that says so.
    """
    began = time.monotonic()
    report.remarks.all().delete()
    report.products = report.variants = report.unchanged = report.refused = 0
    writer = ReportWriter(report)
    try:
        layout = reading.layout_of(stream)
        report.format = layout
        with open_library(pictures) as library:
            taker = PictureTaker(library, writer, has_library=pictures is not None)
            currency, cell = report.merchant.currency, this_cell()
            called = (cell.name, cell.country)
            items = reading.read(stream, layout, currency=currency, countries=called)
            _import_items(items, writer, taker, weigh)
            taker.close()
    except FeedRefused as refusal:
        writer.remark(refusal.finding)
    except NotALibrary as refusal:
        do = gettext_noop("Nothing was imported; choose another file of pictures, or none.")
        writer.remark(Finding(Severity.ERROR, 0, "pictures", refusal.text, do))
    writer.close()
    report.finished_at = report.started_at + timedelta(seconds=time.monotonic() - began)
    report.save()


def _import_items(
    items: Iterator[FeedItem], writer: ReportWriter, taker: PictureTaker, weigh: WeighAll
) -> None:
    report = writer.report
    # Warehouses before stores: what a feed counts is seldom what lies in the window.
    shelf = Location.objects.open().filter(merchant=report.merchant).order_by("-kind", "pk").first()
    counted = False
    for chunk in _ahead(_chunks(items, CHUNK)):
        known = import_product.known(report.merchant, (item.key for item in chunk if item.product))
        works: list[Work] = []
        for item in chunk:
            for finding in item.findings:
                writer.remark(finding)
            if item.product is None:
                report.refused += bool(item.key or item.line)
                continue
            counted = counted or any(v.stock for v in item.product.variants)
            works.append(_prepared(item.product, known.get(item.key), writer, taker))
            if works[-1].stored and _pictures_in(works) >= PICTURES_AT_ONCE:
                _write(works, shelf, writer, weigh)
                works = []
        _write(works, shelf, writer, weigh)
        writer.save()
    if not counted and report.products:
        writer.note(
            gettext_noop("The feed states no quantities in stock."),
            gettext_noop("Count new products on Stock."),
        )
    elif shelf is None:
        writer.note(
            gettext_noop("There is no location to put stock in."),
            gettext_noop("Add one, then count on Stock."),
        )


def _pictures_in(works: list[Work]) -> int:
    return sum(len(work.stored) for work in works)


def _prepared(
    feed: FeedProduct, product: Product | None, writer: ReportWriter, taker: PictureTaker
) -> Work:
    """Render and store a product's new pictures, before any lock is held."""
    waits = product is not None and (product.held_at or product.shut_at)
    if product is not None and product.withdrawn_at is not None and not waits:
        writer.note(
            gettext_noop("The product was taken off sale here and stays so."),
            gettext_noop("Put it on sale again on its page, if you want to."),
            line=feed.line,
            where="product",
            item=feed.key,
        )
    present = import_product.picture_addresses(product)
    work = Work(feed, store_all(taker.take(feed, present=present)))
    writer.show_progress()
    return work


def _write(
    works: list[Work], shelf: Location | None, writer: ReportWriter, weigh: WeighAll
) -> None:
    """Write products in one transaction, and tell what became of each."""
    if not works:
        return
    report = writer.report
    try:
        import_writing.write_all(
            works,
            merchant=report.merchant,
            shelf=shelf,
            by=report.by,
            weigh=weigh,
            at=report.started_at,
        )
    except DatabaseError:
        if len(works) > 1:
            _write_singly(works, shelf, writer, weigh)
            return
        discard(works[0].stored)
        raise
    except BaseException:
        for work in works:
            discard(work.stored)
        raise
    for work in works:
        _tell(work, writer)


def _write_singly(
    works: list[Work], shelf: Location | None, writer: ReportWriter, weigh: WeighAll
) -> None:
    """Write one product after the other: the database refused one, and not its neighbours."""
    for number, work in enumerate(works):
        try:
            _write([Work(work.feed, work.stored)], shelf, writer, weigh)
        except BaseException:
            for left in works[number + 1 :]:
                discard(left.stored)
            raise


def _tell(work: Work, writer: ReportWriter) -> None:
    report, feed = writer.report, work.feed
    if work.refusal is not None:
        discard(work.stored)
        report.refused += 1
        do = gettext_noop("Give one of them another SKU.")
        writer.remark(Finding(Severity.ERROR, feed.line, "SKU", work.refusal, do, feed.key))
        return
    if not work.is_written:
        report.unchanged += 1
        return
    if work.is_held:
        writer.note(
            gettext_noop("The product was taken in and waits: a moderator reads its words first."),
            gettext_noop("Nothing is left to do; it goes on sale as soon as they let it."),
            line=feed.line,
            where="title",
            item=feed.key,
        )
    report.products += 1
    report.variants += len(feed.variants)


def _ahead(chunks: Iterator[list[T]]) -> Iterator[list[T]]:
    """Yield lists, the next of them read while Postgres writes the one before.

    Reading takes a sixth of an import. What it raises comes when its turn does.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield chunk


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of items; when the file breaks off, what was read before it comes first."""
    chunk: list[T] = []
    try:
        for item in items:
            chunk.append(item)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except FeedRefused:
        yield chunk
        raise
    yield chunk
