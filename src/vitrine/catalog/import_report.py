"""Writing down what an import did, a remark for each finding, without holding them all."""

import time

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds import cells, saying
from vitrine.catalog.feeds.rows import Finding, Severity
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.models import ImportRemark, ImportReport

MAX_REMARKS = 5_000
BATCH = 200
PROGRESS_SECONDS = 1.0


class ReportWriter:
    """Counts and remarks of one run, saved in batches."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        self._waiting: list[ImportRemark] = []
        self._written = 0
        self._left_out = 0
        self._saved_at = time.monotonic()

    def remark(self, finding: Finding) -> None:
        """Keep one finding; beyond MAX_REMARKS they are only counted."""
        if self._written + len(self._waiting) >= MAX_REMARKS:
            self._left_out += 1
            return
        self._waiting.append(
            ImportRemark(
                report=self.report,
                row=finding.line,
                item=cells.plain(finding.product)[:255],
                column=finding.where[:80],
                severity=finding.severity,
                message=cells.plain(f"{finding.what} {finding.do}")[:400],
                said=[saying.kept(finding.what), saying.kept(finding.do)],
            )
        )
        if len(self._waiting) >= BATCH:
            self.save()

    def note(
        self, what: str, do: str, *, line: int = 0, where: str = "file", item: str = ""
    ) -> None:
        """Keep a note of the import itself."""
        self.remark(Finding(Severity.NOTE, line, where, what, do, item))

    def show_progress(self) -> None:
        """Save now and then, so that who waits sees the counts grow."""
        if time.monotonic() - self._saved_at > PROGRESS_SECONDS:
            self.save()

    def save(self) -> None:
        """Write what is waiting and the counts so far, so that the page can show them."""
        ImportRemark.objects.bulk_create(self._waiting)
        self._written += len(self._waiting)
        self._waiting.clear()
        self._saved_at = time.monotonic()
        self.report.save(update_fields=["products", "variants", "unchanged", "refused"])

    def close(self) -> None:
        """Write the rest, and how many findings found no room."""
        if self._left_out:
            left_out = self._left_out
            self._left_out, self._written = 0, 0
            self.note(
                Said(
                    gettext_noop("{number} further findings are not listed."),
                    number=f"{left_out:,}",
                ),
                gettext_noop("Correct those above and import again."),
            )
        self.save()
