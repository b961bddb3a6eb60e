"""The public numbers are what the rows come to."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.safety import judged
from vitrine.safety import appealing, counts, judging, reporting
from vitrine.safety.models import Case
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing

pytestmark = pytest.mark.django_db


def fill() -> None:
    """Report twice, decide three times, once automatically; appeal once with success."""
    one, other, third = make.clip(), make.clip(), make.clip()
    for by in (make.person(), make.person()):
        reporting.report(Thing.of(one), by=by, reason="hate", note="", at=make.NOON)
    for about, minutes, by in ((one, 10, judged.moderator()), (other, 30, judged.moderator())):
        judging.decide(
            judged.case(about), by=by, reason="spam", measure=Measure.REMOVE, words="",
            at=make.NOON + timedelta(minutes=minutes),
        )  # fmt: skip
    judging.decide(
        judged.case(third), by=None, reason="copied", measure=Measure.REMOVE, words="",
        at=make.NOON,
    )  # fmt: skip
    disputed = Case.objects.get(clip=one).decision
    appealing.appeal(disputed, by=one.creator, text="It is mine.", at=make.NOON)
    judging.decide(
        Case.objects.get(appeal__decision=disputed), by=judged.moderator(), reason="spam",
        measure=Measure.NONE, words="", at=make.NOON,
    )  # fmt: skip


def test_the_numbers_are_what_the_rows_come_to() -> None:
    fill()

    (month,) = counts.months(at=make.NOON)

    assert month.month == "2026-11"
    assert month.reports == {"hate": 2}
    assert month.decisions == {"remove": 3, "none": 1}
    assert (month.by_people, month.automatic) == (3, 1)
    assert month.median == timedelta(minutes=20)
    assert (month.appeals_made, month.appeals_upheld, month.appeals_changed) == (1, 0, 1)


def test_anybody_reads_them_as_a_page_and_as_a_document(client: Client) -> None:
    fill()

    page = client.get("/transparency/moderation").content.decode()
    told = client.get("/transparency/moderation.json").json()

    assert "Moderation in numbers" in page
    assert "20 minutes" in page
    assert told["months"][0]["decisions"] == {"remove": 3, "none": 1}
    assert told["waiting"] == 0


def test_a_cell_without_a_case_says_so(client: Client) -> None:
    assert "Nothing was reported" in client.get("/transparency/moderation").content.decode()
