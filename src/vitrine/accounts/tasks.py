"""What is forgotten on time."""

from datetime import datetime, timedelta

from allauth.account.models import EmailConfirmation
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.accounts import pushing
from vitrine.accounts.models import Notice, Pace


@app.periodic(cron="20 * * * *")
@app.task(queue="settle", name="accounts.forget", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:
    """Forget guesses, ended sessions, old keys and counts, and what was told long ago."""
    forget_before(at=timezone.now())


def forget_before(*, at: datetime) -> None:
    """Delete what has outlived its retention in the data map. Queries: 5."""
    AccessAttempt.objects.filter(attempt_time__lt=at - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    lives = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(lives)).delete()
    EmailConfirmation.objects.filter(created__lt=at - timedelta(days=3)).delete()
    Notice.objects.filter(at__lt=at - timedelta(days=90)).delete()
    Pace.objects.filter(began_at__lt=at - timedelta(days=2)).delete()


@app.task(queue="mail", name="accounts.push", retry=3)
def push(notice_id: int, subscription_id: int) -> None:
    """Push a notice to one browser."""
    pushing.push(notice_id, subscription_id, at=timezone.now())
