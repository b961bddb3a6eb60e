"""What happens later: imports."""

from procrastinate.contrib.django import app

from vitrine.catalog import import_uploads, importing
from vitrine.catalog.models import ImportReport


@app.task(queue="import", name="catalog.import_feed", retry=3)
def import_feed(report_id: int) -> None:
    """Import what a merchant uploaded. Safe to run twice: a second run changes nothing."""
    report = ImportReport.objects.select_related("merchant", "by").filter(pk=report_id).first()
    if report is None or report.finished_at is not None:
        return
    with import_uploads.fetched(report) as (feed, pictures), feed.open("rb") as stream:
        importing.run(report, stream, pictures=pictures)
    import_uploads.forget(report)
