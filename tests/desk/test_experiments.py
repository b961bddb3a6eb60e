"""Experiments at the desk: declared with what was typed kept, read, stopped."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed.experiments.declared import DAY, declare, put
from vitrine.feed.models import Arm, Experiment
from vitrine.feed.weighing import Layer

pytestmark = pytest.mark.django_db
HERE = "/desk/experiments/"
FRESHER = {
    "name": "Fresher",
    "days": "7",
    "arm_1": "More new clips",
    "share_1": "20",
    "changes_1": "FRESH = 1.5\n\nNEAR_FADES: 0,9",
}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.person(is_staff=True))
    return client


def read(client: Client, path: str = HERE) -> str:
    return " ".join(client.get(path).content.decode().split())


def refused(client: Client, **typed: str) -> str:
    """Try to declare one, and return the page that says why not."""
    answer = client.post(HERE, FRESHER | typed)
    assert answer.status_code == 422
    assert not Experiment.objects.exists()
    return " ".join(answer.content.decode().split())


def test_an_experiment_is_declared_and_shown(staff: Client) -> None:
    assert "None yet." in read(staff)
    second = {"arm_2": "Much newer", "share_2": "5", "changes_2": "FRESH=3"}

    answer = staff.post(HERE, FRESHER | second)

    made = Experiment.objects.get()
    assert answer.headers["Location"] == f"{HERE}{made.public_id}/"
    assert (made.name, made.layer) == ("Fresher", Layer.SPEAKING)
    assert made.ends_at - made.begins_at == 7 * DAY
    assert list(Arm.objects.values_list("name", "share", "changes")) == [
        ("As it is", 75, {}),
        ("More new clips", 20, {"FRESH": 1.5, "NEAR_FADES": 0.9}),
        ("Much newer", 5, {"FRESH": 3.0}),
    ]
    page = read(staff, f"{HERE}{made.public_id}/")
    assert "It is declared." in page
    assert '<code>FRESH</code> 1 → <b class="num">1.5</b>' in page
    assert "once it has 100 viewers" in page
    assert "More new clips 20 %" in read(staff)


def test_it_begins_with_the_day_that_was_asked_for(staff: Client) -> None:
    day = (timezone.now() + timedelta(days=3)).date()

    staff.post(HERE, FRESHER | {"begins_on": day.isoformat()})

    made = Experiment.objects.get()
    assert timezone.now() < made.begins_at < timezone.now() + timedelta(days=4)
    assert "Planned" in read(staff)


@pytest.mark.parametrize(
    "typed,told",
    [
        ({"name": ""}, "This field is required."),
        ({"days": "29"}, "less than or equal to 28"),
        ({"begins_on": "2020-01-01"}, "This day is over."),
        ({"changes_1": "FRESH = 1.5\nfresher"}, "Line 2: write a weight and its number"),
        ({"changes_1": "LIKED = 1.5"}, "Line 1: LIKED is no weight that can be tried."),
        ({"changes_1": "FRESH = 5"}, "Line 1: FRESH goes from 0 to 4."),
        ({"changes_1": "FRESH = 1"}, "Line 1: FRESH has this value already."),
        ({"changes_1": "FRESH = 2\nFRESH = 3"}, "Line 2: FRESH stands there twice."),
        ({"changes_1": "FRESH = 2\nRULES.new = 0.1"}, "These weights are of two kinds"),
        ({"arm_1": "as it is"}, "Another arm is called this."),
        ({"share_1": "100"}, "less than or equal to 99"),
        ({"arm_2": "Newer"}, "This is needed."),
        (
            {"arm_2": "Newer", "share_2": "80", "changes_2": "FRESH = 3"},
            "Leave at least 1 percent",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    staff: Client, typed: dict[str, str], told: str
) -> None:
    page = refused(staff, **typed)

    assert told in page
    for name, value in (FRESHER | typed).items():
        kept = f'name="{name}"'
        assert kept in page
        assert value.split("\n")[0] in page


def test_all_that_is_wrong_is_said_at_once(staff: Client) -> None:
    page = refused(
        staff, share_1="100", changes_1="FRESH = 9\nfresh", arm_2="", changes_2="LIKED = 2"
    )

    assert "less than or equal to 99" in page
    assert "Line 1: FRESH goes from 0 to 4. Line 2: write a weight" in page
    assert "Line 1: LIKED is no weight that can be tried." in page
    assert page.count("This is needed.") == 2


def test_what_another_experiment_tries_already_cannot_be_tried_beside_it(staff: Client) -> None:
    staff.post(HERE, FRESHER)

    answer = staff.post(HERE, FRESHER | {"name": "Again"})

    assert answer.status_code == 422
    assert "Another experiment changes weights of this kind" in answer.content.decode()
    assert 'value="Again"' in answer.content.decode()
    assert Experiment.objects.count() == 1


def test_stopping_ends_it_and_what_it_told_stays(staff: Client) -> None:
    now = timezone.now()
    made = declare(begins_at=now - DAY, ends_at=now + DAY)
    here = f"{HERE}{made.public_id}/"
    put(made, 0, 0, 24_000.0)
    put(made, 1, 0, 36_000.0)
    assert "Stop it for good" in read(staff, here)

    assert staff.get(f"{here}end/").status_code == 405
    answer = staff.post(f"{here}end/")

    made.refresh_from_db()
    assert answer.headers["Location"] == here
    assert now <= made.ends_at <= timezone.now()
    page = read(staff, here)
    assert "Stop it" not in page
    assert "+50.0 %" in page


def test_what_it_tells_is_drawn_on_a_scale_and_said_in_words(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = declare()
    put(made, 0, 0, 24_000.0)
    put(made, 1, 0, 24_240.0)
    put(made, 0, 1, 24_000.0)
    put(made, 1, 1, 36_000.0)
    here = f"{HERE}{made.public_id}/"

    with django_assert_num_queries(6):  # who asks, theirs, and four
        page = read(staff, here)

    assert "Seconds watched a day" in page
    assert "as it is: 60" in page
    assert "Surely more" in page
    assert "+50.0 %" in page
    assert 'M75.00,1V15"/>' in page  # half of a hundred percent
    assert page.index("+50.0 %") < page.index("+1.0 %")  # the latest day first
    assert "do not have the viewers" not in page


def test_viewers_that_are_missing_are_said_above_all_else(staff: Client) -> None:
    made = declare(share=50)
    put(made, 0, 0, 24_000.0, viewers=4_000)
    put(made, 1, 0, 24_000.0, viewers=5_000)

    page = read(staff, f"{HERE}{made.public_id}/")

    assert "The arms do not have the viewers that their shares say." in page


def test_nobody_but_staff_reads_them(client: Client) -> None:
    made = declare()
    client.force_login(make.person(is_moderator=True))

    assert client.get(HERE).status_code == 404
    assert client.post(f"{HERE}{made.public_id}/end/").status_code == 404
    made.refresh_from_db()
    assert made.ends_at == make.NOON + 7 * DAY
