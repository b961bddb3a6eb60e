"""Captions as reading."""

from vitrine.videos import transcript

WEBVTT = """WEBVTT - made by hand

NOTE 00:00 --> is no cue

1
00:00.000 --> 00:02.000 line:80%
<v Mara>Water first.

00:02.000 --> 00:04.000
Water first.
Then we <i>wait</i>.
"""


def test_the_words_stand_alone_and_once() -> None:
    assert transcript.of(WEBVTT) == "Water first. Then we wait."


def test_a_file_of_another_system_reads_the_same() -> None:
    assert transcript.of("\ufeff" + WEBVTT.replace("\n", "\r\n")) == transcript.of(WEBVTT)


def test_nothing_is_read_out_of_nothing() -> None:
    assert transcript.of("") == transcript.of("WEBVTT\n\nhello") == ""
