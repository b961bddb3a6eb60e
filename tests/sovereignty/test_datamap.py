"""The data map: complete, alive, true of the live database and store."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from procrastinate.contrib.django import app as procrastinate

from tests import make
from vitrine.accounts import addresses
from vitrine.accounts.models import Follow, Person
from vitrine.feed.models import Watch
from vitrine.kernel import storage
from vitrine.kernel.invariants import REGISTER
from vitrine.sovereignty import checks, datamap, invariants, subjects
from vitrine.sovereignty.datamap import DataClass


@pytest.fixture
def lantern() -> Iterator[type[models.Model]]:
    """Make a model that exists for one test."""

    class Lantern(models.Model):
        lit_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
        colour = models.CharField(max_length=9)

        class Meta:
            app_label = "sovereignty"

    yield Lantern
    del apps.all_models["sovereignty"]["lantern"]
    datamap.ENTRIES.pop("sovereignty.Lantern", None)
    apps.clear_cache()


def messages(check: Any) -> list[tuple[str, str]]:
    return [(message.id, message.msg) for message in check(None)]


def declare(**fields: str) -> None:
    datamap.declare_borrowed("sovereignty.Lantern", purpose="Light", retention="a night", **fields)


def test_the_whole_tree_is_declared() -> None:
    assert messages(checks.data_map_is_complete) == []
    assert messages(checks.subjects_lead_to_people) == []
    assert messages(checks.queues_are_declared) == []


def test_an_undeclared_model_stops_the_build(lantern: Any) -> None:
    assert messages(checks.data_map_is_complete) == [
        ("vitrine.E001", f"sovereignty.Lantern.{name} has no class in the data map")
        for name in ("colour", "id", "lit_by")
    ]


def test_one_undeclared_field_stops_the_build(lantern: Any) -> None:
    declare(subject="lit_by", SYSTEM="id", PERSONAL="lit_by")

    assert messages(checks.data_map_is_complete) == [
        ("vitrine.E001", "sovereignty.Lantern.colour has no class in the data map")
    ]


def test_a_dead_field_stops_the_build(lantern: Any) -> None:
    declare(subject="lit_by", SYSTEM="id", PERSONAL="lit_by colour smell")

    assert messages(checks.data_map_is_complete) == [
        ("vitrine.E002", "The data map names sovereignty.Lantern.smell, which does not exist")
    ]


def test_a_dead_model_stops_the_build() -> None:
    declare(SYSTEM="id")
    try:
        found = messages(checks.data_map_is_complete)
    finally:
        del datamap.ENTRIES["sovereignty.Lantern"]

    assert found == [
        ("vitrine.E002", "The data map names the model sovereignty.Lantern, which does not exist")
    ]


@pytest.mark.parametrize(
    "subject, sentence",
    [
        ("nobody", "holds data about people and names no subject"),
        ("colour", "which is no person"),
        ("smell", "has no path 'smell'"),
        ("self", "which is no person"),
        ("lit_by__handle", "which is no person"),
        ("colour = accounts.Person.smell", "has no path 'smell'"),
        ("colour = accounts.Nobody.email", "accounts.Nobody is not in the data map"),
        ("colour = unheard(accounts.Person.email)", "digest 'unheard', which does not exist"),
    ],
)
def test_what_is_about_people_must_lead_to_its_person(
    lantern: Any, subject: str, sentence: str
) -> None:
    declare(subject=subject, SYSTEM="id", PERSONAL="lit_by colour")

    ((code, message),) = messages(checks.subjects_lead_to_people)

    assert code == "vitrine.E004"
    assert sentence in message


def test_a_row_that_names_a_person_must_say_so(lantern: Any) -> None:
    declare(SYSTEM="id", BUSINESS="lit_by colour")

    assert messages(checks.subjects_lead_to_people) == [
        (
            "vitrine.E004",
            "sovereignty.Lantern.lit_by is a person, and sovereignty.Lantern names no subject",
        )
    ]


def test_a_field_has_one_class_only() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        declare(SYSTEM="id", OPS="id")


def test_a_file_root_without_an_owner_stops_the_build() -> None:
    datamap.file_root("lamps", "PERSONAL", purpose="Light", retention="a night")
    try:
        found = messages(checks.subjects_lead_to_people)
    finally:
        del datamap.FILE_ROOTS["lamps"]

    assert found == [("vitrine.E004", "The files under lamps/ name no owner")]


def test_an_undeclared_queue_stops_the_build() -> None:
    @procrastinate.task(queue="whispers", name="tests.whisper")
    def whisper() -> None:
        """Do nothing."""

    try:
        found = messages(checks.queues_are_declared)
    finally:
        del procrastinate.tasks["tests.whisper"]

    assert found == [
        ("vitrine.E005", "tests.whisper uses the queue 'whispers', which is undeclared")
    ]


@pytest.mark.django_db
def test_the_live_database_is_what_the_map_says() -> None:
    looked_at, differences = checks.compare_with_database()

    assert differences == []
    assert looked_at > 400


@pytest.mark.django_db
def test_an_extra_column_a_lost_column_and_a_fallen_wall_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_follow ADD COLUMN mood text")
        cursor.execute("ALTER TABLE accounts_follow DROP COLUMN at")
        cursor.execute("ALTER TABLE accounts_person DROP CONSTRAINT accounts_person_home_cell")

    assert invariants.every_column_is_declared().violations == [
        "accounts_follow.at is in the data map and not in the database",
        "accounts_follow.mood is in the database and not in the data map",
        "accounts_person has a home_cell without its CHECK",
    ]


def test_a_file_under_an_undeclared_root_is_found() -> None:
    storage.put("elsewhere/one.txt", b"1")
    storage.put("loose.txt", b"2")
    storage.put("faces/us_1/96.webp", b"3")
    try:
        finding = invariants.every_file_root_is_declared()
    finally:
        storage.delete("elsewhere/one.txt", "loose.txt", "faces/us_1/96.webp")
        # On a disk a root goes on without its files, and would be found by whoever looks next.
        (settings.VITRINE_DATA / "store" / "elsewhere").rmdir()

    assert "elsewhere/ is in the object store and not in the data map" in finding.violations
    assert "loose.txt/ is in the object store and not in the data map" in finding.violations
    assert not [sentence for sentence in finding.violations if sentence.startswith("faces")]


def test_vitrine_check_asks_both() -> None:
    assert [each.check for each in REGISTER if each.code == "D1"] == [
        invariants.every_column_is_declared,
        invariants.every_file_root_is_declared,
    ]


@pytest.mark.django_db
def test_the_rows_about_a_person_are_found_by_path_by_value_and_by_digest() -> None:
    ana, ben = make.person("ana"), make.person("ben")
    clip = make.clip(ana)
    ben.follow(ana, at=make.NOON)
    Watch.objects.create(viewer=ben.public_id, clip=clip, served_at=make.NOON)
    Watch.objects.create(viewer="visitor", clip=clip, served_at=make.NOON)
    attempt = apps.get_model("axes", "AccessAttempt").objects.create(
        username=addresses.digest("Ben@example.org"), failures_since_start=1
    )

    def about(person: Person, label: str) -> list[Any]:
        return list(subjects.rows_about(person, label))

    assert about(ben, "accounts.Person") == [ben]
    assert about(ben, "accounts.Follow") == list(Follow.objects.all())
    assert about(ana, "accounts.Follow") == []
    assert about(ana, "videos.Clip") == [clip]
    assert [rendition.clip for rendition in subjects.rows_about(ana, "videos.Rendition")] == [clip]  # type: ignore[attr-defined]
    assert [watch.viewer for watch in subjects.rows_about(ben, "feed.Watch")] == [ben.public_id]  # type: ignore[attr-defined]
    assert about(ben, "axes.AccessAttempt") == [attempt]
    assert about(ben, "auth.Permission") == []


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(datamap.ENTRIES))
def test_each_declared_way_to_a_person_can_be_walked(label: str) -> None:
    subjects.rows_about(make.person(), label).count()


def test_each_class_has_a_meaning() -> None:
    assert set(datamap.MEANING) == set(DataClass)
    assert len(DataClass) == 10
