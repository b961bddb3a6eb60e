"""Slips of the finger, and what is completed."""

import pytest

from tests import make
from tests.search.finders import count_words, titles
from vitrine.search import dictionary, keeping, typos
from vitrine.search.models import Word
from vitrine.videos.models import Clip, Visibility


@pytest.mark.parametrize(
    "one,other,slips",
    [
        ("lamp", "lamp", 0),
        ("lamp", "lmap", 1),
        ("lamp", "lamps", 1),
        ("lamp", "limp", 1),
        ("refridgerater", "refrigerator", 2),
        ("lamp", "", 4),
        ("abcd", "badc", 2),
    ],
)
def test_slips_are_counted_both_ways(one: str, other: str, slips: int) -> None:
    assert typos.distance(one, other) == typos.distance(other, one) == slips


def test_the_nearest_word_is_meant_and_of_equals_the_more_frequent() -> None:
    known = {"lamp": 5, "lump": 9, "lampoon": 50, "lamb": 2}

    assert typos.meant("lanp", known) == "lamp"
    assert typos.meant("limp", known) == "lump"
    assert typos.meant("zebra", known) is None


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["plimsols", "plismolls", "plimsollz", "pllimsolls", "limsolls"])
def test_a_slip_still_finds_and_is_said(typed: str) -> None:
    make.clip(title="White plimsolls")
    count_words()

    assert titles(typed) == ["White plimsolls"]
    assert dictionary.read(f"white {typed} ").corrected in {"white plimsolls", ""}


@pytest.mark.django_db
def test_a_word_too_new_for_the_dictionary_is_not_corrected_away() -> None:
    make.clip(title="Plimsolls")
    count_words()
    make.clip(title="Plimsollz")

    assert set(titles("plimsollz ")) == {"Plimsolls", "Plimsollz"}


@pytest.mark.django_db
def test_a_rare_word_with_a_frequent_neighbour_is_doubted_and_still_searched() -> None:
    for _ in range(20):
        make.clip(title="Lantern")
    make.clip(title="Lanterm")
    count_words()

    reading = dictionary.read("lanterm")

    assert (reading.doubted, reading.corrected) == ("lantern", "")
    assert titles("lanterm") == ["Lanterm"]


@pytest.mark.django_db
def test_what_is_typed_is_completed_by_what_is_frequent() -> None:
    for title in ("Brass lamp", "Brass lantern", "Another lantern", "Lavender"):
        make.clip(title=title)
    count_words()

    assert dictionary.completions("brass la", most=10) == [
        "brass lantern", "brass lamp", "brass lavender",
    ]  # fmt: skip
    assert dictionary.completions("la", most=1) == ["lantern"]
    assert dictionary.completions("lamp ", most=5) == []
    assert dictionary.completions("", most=5) == []


@pytest.mark.django_db
def test_no_word_of_what_only_some_may_see_is_in_the_dictionary() -> None:
    for visibility in (Visibility.FOLLOWERS, Visibility.UNLISTED, Visibility.PRIVATE):
        make.clip(title="Secretplan", visibility=visibility)
    make.clip(title="Secretdraft", draft=True)
    make.clip(title="Open")

    keeping.add_words(since=make.NOON.replace(year=2020))
    count_words()

    assert not Word.objects.filter(word__startswith="secret").exists()
    assert Word.objects.filter(word="open").exists()


@pytest.mark.django_db
def test_new_words_are_added_and_words_of_nothing_forgotten() -> None:
    clip = make.clip(title="Samovar")
    keeping.add_words(since=make.NOON)
    assert dictionary.completions("samo", most=1) == ["samovar"]
    keeping.add_words(since=make.NOON)

    Clip.objects.filter(pk=clip.pk).update(title="Kettle")
    count_words()

    assert not Word.objects.filter(word="samovar").exists()
    assert Word.objects.get(word="kettle").texts == 1
