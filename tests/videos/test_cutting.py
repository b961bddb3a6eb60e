"""Captions cut to a piece of their clip, and filled up."""

from hypothesis import given
from hypothesis import strategies as st

from vitrine.videos import cutting, webvtt
from vitrine.videos.webvtt import Cue

FILE = """WEBVTT - by hand

STYLE
::cue(.loud) { color: red }

NOTE A note is nobody's words.

late
00:00:08.000 --> 00:00:09.500 align:end
After the piece.

00:00:02.000 --> 00:00:04.000 line:80% position:10%
<v Mara>This <00:00:02.500>begins <00:00:03.500>before.

middle
00:04.000 --> 00:05.000
<i>Within</i> &amp; whole.

00:00:05.500 --> 00:00:08.100
Ends after.

00:00:02.900 --> 00:00:03.100
Too short to be read.
"""


def test_a_piece_keeps_words_and_settings_and_begins_at_nought() -> None:
    assert cutting.cut(FILE, from_ms=3_000, until_ms=6_000) == (
        "WEBVTT - by hand\n\n"
        "STYLE\n::cue(.loud) { color: red }\n\n"
        "00:00:00.000 --> 00:00:01.000 line:80% position:10%\n"
        "<v Mara>This begins <00:00:00.500>before.\n\n"
        "middle\n00:00:01.000 --> 00:00:02.000\n<i>Within</i> &amp; whole.\n\n"
        "00:00:02.500 --> 00:00:03.000\nEnds after.\n"
    )


def test_cues_out_of_order_come_in_order() -> None:
    whole = cutting.cut(FILE, from_ms=0, until_ms=60_000)

    starts = [cue.from_ms for cue in webvtt.parse(whole)]
    assert starts == [2_000, 2_900, 4_000, 5_500, 8_000]


def test_a_piece_in_which_nothing_is_said_has_no_captions() -> None:
    assert cutting.cut(FILE, from_ms=0, until_ms=2_000) == ""
    assert cutting.cut(FILE, from_ms=9_400, until_ms=20_000) == ""
    assert cutting.cut("WEBVTT\n\n00:01.000 --> 00:02.000\n \n", from_ms=0, until_ms=9_000) == ""
    assert cutting.cut("", from_ms=0, until_ms=9_000) == ""


def test_ends_of_lines_by_others_and_a_mark_of_order_are_read() -> None:
    file = "\ufeff" + FILE.replace("\n", "\r\n")

    piece = cutting.cut(file, from_ms=3_000, until_ms=6_000)

    assert piece == cutting.cut(FILE, from_ms=3_000, until_ms=6_000)


cues = st.lists(
    st.builds(
        lambda at, length, words: Cue(at, at + length, words),
        st.integers(0, 10_000),
        st.integers(1, 3_000),
        st.sampled_from(["a", "b & c", "d\ne"]),
    ),
    max_size=8,
)


@given(cues, st.integers(0, 9_000), st.integers(1, 9_000))
def test_a_piece_lies_within_its_length(said: list[Cue], from_ms: int, length_ms: int) -> None:
    piece = cutting.cut(webvtt.write(said), from_ms=from_ms, until_ms=from_ms + length_ms)

    kept = webvtt.parse(piece)
    assert all(0 <= cue.from_ms < cue.until_ms <= length_ms for cue in kept)
    assert {cue.text for cue in kept} <= {cue.text for cue in said}
    whole = [cue for cue in said if from_ms <= cue.from_ms and cue.until_ms <= from_ms + length_ms]
    assert len(kept) >= len(whole)
    assert [cue.from_ms for cue in kept] == sorted(cue.from_ms for cue in kept)


def test_what_else_is_said_goes_where_it_is_quiet() -> None:
    carried = "WEBVTT\n\n00:01.000 --> 00:02.000 line:10%\nTheirs.\n"
    heard = [
        Cue(900, 1_900, "Theirs, as a machine hears it."),
        Cue(1_800, 3_000, "Mine."),
        Cue(0, 1_200, "First."),
        Cue(5_000, 6_000, "Last."),
    ]

    assert cutting.fill(carried, heard) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nFirst.\n\n"
        "00:00:01.000 --> 00:00:02.000 line:10%\nTheirs.\n\n"
        "00:00:02.000 --> 00:00:03.000\nMine.\n\n"
        "00:00:05.000 --> 00:00:06.000\nLast.\n"
    )


@given(cues, cues)
def test_what_is_filled_in_loses_nothing_and_covers_nothing(
    carried: list[Cue], heard: list[Cue]
) -> None:
    filled = webvtt.parse(cutting.fill(webvtt.write(carried), heard))

    for cue in carried:
        assert cue in filled
    added = list(filled)
    for cue in carried:
        added.remove(cue)
    assert all(
        cue.from_ms < cue.until_ms
        and not any(cue.from_ms < o.until_ms and o.from_ms < cue.until_ms for o in carried)
        for cue in added
    )
