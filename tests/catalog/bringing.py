"""Bringing feeds into shops, for tests."""

import io
import zipfile
from pathlib import Path

from PIL import Image

from tests import make
from vitrine.catalog import importing
from vitrine.catalog.models import ImportReport, Merchant
from vitrine.safety import filtering


def bring(shop: Merchant, content: str, *, pictures_zip: Path | None = None) -> ImportReport:
    """Import a feed from memory and return its report as it was saved."""
    report = importing.start(shop, filename="feed.csv", by=None, at=make.NOON)
    importing.run(
        report, io.BytesIO(content.encode()), weigh=filtering.weigh_products, pictures=pictures_zip
    )
    return ImportReport.objects.get(pk=report.pk)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.products, report.variants, report.unchanged, report.refused


def stocked_shop() -> Merchant:
    shop = make.merchant()
    make.location(shop, name="Back room")
    return shop


def picture_zip(folder: Path, *names: str) -> Path:
    """Write a zip with a small picture under each name."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "PNG")
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, out.getvalue())
    return path
