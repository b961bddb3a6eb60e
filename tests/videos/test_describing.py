"""One line proposed for a clip."""

import pytest

from vitrine.videos import describing

SAID = "WEBVTT\n\n00:00 --> 00:02\nWater first. Then\n\n00:02 --> 00:04\nwe wait!\n"


def test_the_first_captions_that_say_anything_come_before_the_title() -> None:
    assert describing.suggestion("Tea", ["WEBVTT\n", SAID]) == "Water first. Then we wait!"
    assert describing.suggestion(" Tea,\n slowly ", ["WEBVTT\n"]) == "Tea, slowly"
    assert describing.suggestion("", []) == ""


@pytest.mark.parametrize(
    "text, line",
    [
        (f"{'a' * 200}. {'b' * 200}.", f"{'a' * 200}."),
        (f"{'word ' * 80}", f"{'word ' * 58}word…"),
        ("あ" * 400, "あ" * 299 + "…"),
        ("One 1.5 litre jug. Full", "One 1.5 litre jug. Full"),
        (f"{'a' * 150}。{'b' * 149}", f"{'a' * 150}。{'b' * 149}"),
    ],
)
def test_a_line_ends_with_a_sentence_or_with_a_word(text: str, line: str) -> None:
    assert describing.first_sentences(text) == line
    assert len(line) <= describing.MOST_LETTERS
