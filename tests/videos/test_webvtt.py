"""Captions as cues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.kernel import text
from vitrine.videos import webvtt
from vitrine.videos.webvtt import Cue

FILE = """WEBVTT - made by hand

NOTE 00:00.000 --> 00:01.000 is no cue

STYLE
::cue { color: red }

1
00:00.000 --> 00:02.000 line:80%
<v Mara>Water &amp; <i>tea</i> first.

00:01:02.500 --> 01:00:03.000
-- 2 &lt; 3 --
Then we wait.
"""

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(
    lambda typed: "\n".join(filter(None, text.lines(typed).split("\n")))
)
cues = st.lists(
    st.builds(
        Cue,
        from_ms=st.integers(0, webvtt.LAST_MS),
        until_ms=st.integers(0, webvtt.LAST_MS),
        text=words.filter(bool),
    ),
    max_size=6,
)


@given(cues)
def test_what_is_written_is_read_again(written: list[Cue]) -> None:
    assert webvtt.parse(webvtt.write(written)) == written
    assert not webvtt.has_more(webvtt.write(written))


@given(st.integers(0, webvtt.LAST_MS))
def test_a_moment_is_typed_as_it_is_shown(ms: int) -> None:
    assert webvtt.read_clock(webvtt.stamp(ms)) == ms
    assert ms >= 6_000_000 or webvtt.read_clock(webvtt.clock(ms)) == ms


@given(st.text(max_size=200))
def test_any_file_can_be_read(file: str) -> None:
    assert all(cue.from_ms >= 0 for cue in webvtt.parse(f"WEBVTT\n\n{file}"))
    webvtt.has_more(file)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_by_others_keeps_its_words_and_times(end: str) -> None:
    file = "\ufeff" + FILE.replace("\n", end)

    assert webvtt.parse(file) == [
        Cue(0, 2_000, "Water & tea first."),
        Cue(62_500, 3_603_000, "-- 2 < 3 --\nThen we wait."),
    ]
    assert webvtt.has_more(file)


@pytest.mark.parametrize(
    "typed, ms",
    [
        ("2", 2_000),
        (" 2.5 ", 2_500),
        ("1:02,05", 62_050),
        ("90", 90_000),
        ("1:0:0.001", 3_600_001),
    ],
)
def test_moments_may_be_typed_shortly(typed: str, ms: int) -> None:
    assert webvtt.read_clock(typed) == ms


@pytest.mark.parametrize("typed", ["", "soon", "-1", "1:60", "1:2:3:4", "1.2345", "99:99999:00"])
def test_what_is_no_moment_is_none(typed: str) -> None:
    assert webvtt.read_clock(typed) is None


def test_subrip_counts_its_cues_and_escapes_nothing() -> None:
    assert webvtt.write_srt([Cue(0, 1_500, "a < b"), Cue(2_000, 3_000, "c\nd")]) == (
        "1\n00:00:00,000 --> 00:00:01,500\na < b\n\n2\n00:00:02,000 --> 00:00:03,000\nc\nd\n"
    )


def test_what_is_wrong_is_said_by_the_number_of_the_cue() -> None:
    wrong = [
        Cue(0, 2_000, "a"),
        Cue(1_500, 1_500, "b"),
        Cue(1_000, 1_200, "c" * 301),
        Cue(9_000, 9_500, "d"),
    ]

    assert [str(each) for each in webvtt.objections(wrong, duration_ms=9_000)] == [
        "Cue 2 must end after it begins.",
        "Cue 2 begins before cue 1 has ended.",
        "Cue 3 is longer than 300 letters. Split it in two.",
        "Cue 3 begins before cue 2 begins.",
        "Cue 4 begins after the clip has ended, at 0:09.000.",
    ]
    assert webvtt.objections(wrong[:1], duration_ms=0) == []
