"""What imports did, and what was wrong."""

from django.conf import settings
from django.db import models

from vitrine.catalog.feeds import saying
from vitrine.catalog.models.merchant import Merchant
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Tell a merchant what an import did",
    retention="90 days",
    subject="by",
    BUSINESS="public_id filename format started_at finished_at products variants unchanged refused",
    SYSTEM="id home_cell merchant by",
)
class ImportReport(models.Model):
    """One run of an import."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    format = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    products = models.PositiveIntegerField(default=0)
    variants = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)


@datamap.declare(
    purpose="Say what was wrong, where and what to do",
    retention="90 days",
    BUSINESS="row item column severity message said",
    SYSTEM="id home_cell report",
)
class ImportRemark(models.Model):
    """One remark about one row of an import.

    message: in English. said: its sentences with their facts apart, to be said in any language.
    """

    home_cell = HomeCellField()
    report = models.ForeignKey(ImportReport, models.CASCADE, related_name="remarks")
    row = models.PositiveIntegerField()
    item = models.CharField(max_length=255, blank=True)
    column = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=400)
    said = models.JSONField(null=True)

    @property
    def text(self) -> str:
        """Return it in the language of who reads it; as an earlier release wrote it, in English."""
        return " ".join(map(saying.said_again, self.said)) if self.said else self.message
