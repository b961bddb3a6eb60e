"""How words are read, in Python and in Postgres alike."""

import unicodedata

import pytest
from django.db import connection

from vitrine.search import text


@pytest.mark.parametrize(
    "given,tokens",
    [
        ("A Brass LAMP, turning.", ["a", "brass", "lamp", "turning"]),
        ("Crème brûlée", ["creme", "brulee"]),
        ("Großer Fußball", ["grosser", "fussball"]),
        ("don't Don’t", ["dont", "dont"]),
        ("Whānau in Ōtautahi", ["whanau", "in", "otautahi"]),
        ("#Lamp and #brass_works", ["#lamp", "and", "#brass", "works"]),
        ("##twice # alone", ["#twice", "alone"]),
        ("ΟΔΥΣΣΕΎΣ", ["οδυσσευσ"]),
        ("Чай Ёлка", ["чаи", "елка"]),
        ("日本の lamp", ["日", "本", "の", "lamp"]),
        ("la\u202emp ze\u200bro", ["lamp", "zero"]),
        ("ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("x" * 60, ["x" * 40]),
        (r"'; \ DROP & | ! :* <-> ()", ["drop"]),
        ("", []),
    ],
)
@pytest.mark.django_db
def test_words_are_read_alike_by_python_and_postgres(given: str, tokens: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_tokens(%s)", [given])
        stored = [row[0] for row in cursor.fetchall()]

    assert text.tokens(given) == tokens
    assert stored == tokens


@pytest.mark.django_db
def test_both_agree_on_every_character_of_the_basic_plane() -> None:
    # Those that Unicode 12 knew: a newer Postgres or Python may know how to take later ones apart.
    points = [
        point
        for point in range(1, 0x10000)
        if not 0xD800 <= point <= 0xDFFF and unicodedata.ucd_3_2_0.category(chr(point)) != "Cn"
    ]
    given = [f"a{chr(point)}b" for point in points]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array(SELECT search_tokens(one))"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS given (one, n) ORDER BY n",
            [given],
        )
        stored = [row[0] for row in cursor.fetchall()]

    differing = [
        f"U+{point:04X} {ours} {theirs}"
        for point, ours, theirs in zip(points, map(text.tokens, given), stored, strict=True)
        if ours != theirs
    ]
    assert differing == []


def test_an_unfinished_word_stands_for_its_continuations_once_it_is_long_enough() -> None:
    assert text.query([["brass"], ["lam"]]) == "('brass') & ('lam':*)"
    assert text.query([["brass"], ["la"]]) == "('brass') & ('la')"
    assert text.query([["lamp"]], is_finished=True) == "('lamp')"
    assert text.query([["lampp", "lamp"]]) == "('lampp':* | 'lamp')"


def test_what_was_found_is_marked_and_everything_else_is_escaped() -> None:
    html = text.marked("Café <b>Lampen</b> & more lamps", ["cafe", "lam"])

    assert html == (
        "<mark>Café</mark> &lt;b&gt;<mark>Lampen</mark>&lt;/b&gt; &amp; more <mark>lamps</mark>"
    )


@pytest.mark.django_db
def test_plain_words_are_written_quickly_and_the_same() -> None:
    given = [f"A{chr(code)}b {chr(code)}{chr(code)} c{'D' * 50}" for code in range(1, 0x80)]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::text[]) AS given (one) WHERE"
            " search_words(one, '', NULL, one) <> search_any_words(one, '', NULL, one)",
            [given],
        )

        assert cursor.fetchall() == [(0,)]
