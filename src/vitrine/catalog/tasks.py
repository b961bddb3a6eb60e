"""What happens later: what is forgotten on time, what runs low or is back, mail about a shop."""

from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.accounts.models import Person
from vitrine.catalog import import_uploads, news, papers, restocking, running_low
from vitrine.catalog.models import ImportReport, Invitation, Tag, Verdict
from vitrine.kernel import sweeping

AT_A_TIME = 100


@app.periodic(cron="23 * * * *")
@app.task(queue="settle", name="catalog.forget", queueing_lock="catalog.forget")
def forget(timestamp: int) -> None:
    """Forget reports of imports and papers after 90 days, and the tags of deleted clips."""
    forget_before(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="settle", name="catalog.look_for_few", queueing_lock="catalog.look_for_few")
def look_for_few(timestamp: int) -> None:
    """Every five minutes: tell the shops whose shelves have run low since."""
    running_low.look(at=timezone.now())


def forget_before(*, at: datetime) -> None:
    """Delete what has outlived its retention in the data map, and the files of such imports."""
    old = ImportReport.objects.filter(started_at__lt=at - timedelta(days=90))
    sweeping.each(old.order_by("pk")[:AT_A_TIME], _forget_report)
    Tag.objects.filter(clip__deleted_at__isnull=False).delete()
    papers.forget_before(at=at)


def _forget_report(report: ImportReport) -> None:
    import_uploads.forget(report)
    report.delete()


@app.task(queue="mail", name="catalog.tell_applicant", retry=5)
def tell_applicant(verdict_id: int, person_id: int) -> None:
    """Mail the verdict on an application to an owner, at least once."""
    verdict = Verdict.objects.select_related("application__merchant").get(pk=verdict_id)
    news.tell_applicant(verdict, Person.objects.get(pk=person_id))


@app.task(queue="mail", name="catalog.tell_invited", retry=5)
def tell_invited(invitation_id: int) -> None:
    """Mail an invitation, at least once, unless it is over already."""
    open_ones = Invitation.objects.open(at=timezone.now()).select_related("merchant", "by")
    invitation = open_ones.filter(pk=invitation_id).first()
    if invitation is not None:
        news.tell_invited(invitation)


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="catalog.restock", queueing_lock="catalog.restock")
def restock(timestamp: int) -> None:
    """Each minute: tell those who wait for something that it is back in stock."""
    restocking.tell_of_returns(at=timezone.now())
