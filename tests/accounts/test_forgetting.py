"""What the data map says is kept for a time is gone after it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from tests import make
from vitrine.accounts import tasks


@pytest.mark.django_db
def test_old_guesses_and_sessions_are_forgotten_and_young_ones_kept() -> None:
    person = make.person()
    for hours in (1, 25):
        attempt = AccessAttempt.objects.create(username="x" * hours, failures_since_start=1)
        at = make.NOON - timedelta(hours=hours)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=at)
        Session.objects.create(
            session_key=f"k{hours}", session_data="", expire_date=make.NOON + timedelta(13 - hours)
        )
        UserSession.objects.create(user=person, ip="192.0.2.1", session_key=f"k{hours}")

    tasks.forget_before(at=make.NOON)

    assert AccessAttempt.objects.get().username == "x"
    assert Session.objects.get().session_key == "k1"
    assert UserSession.objects.get().session_key == "k1"
