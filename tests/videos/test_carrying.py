"""Captions of a clip in what others make with it."""

from typing import Any

import pytest

from tests import make
from vitrine.videos import carrying, remixing, webvtt
from vitrine.videos.models import Caption, Clip, Remix, RemixKind
from vitrine.videos.webvtt import Cue

pytestmark = pytest.mark.django_db

SAID = webvtt.write([Cue(0, 1_000, "One."), Cue(1_500, 4_000, "Two."), Cue(5_000, 6_000, "Three.")])


def remix_of_a_spoken_clip(kind: RemixKind, **fields: Any) -> Clip:
    """Make a draft remix of a clip with captions in two languages, one by a machine."""
    origin = make.clip(**make.OPEN)
    Caption.write(origin, "fr-CA", SAID)
    Caption.hear(origin, "es", [Cue(0, 2_000, "Uno.")], at=make.NOON)
    return make.remix(origin, kind, draft=True, language="de", **fields)


def carried(clip: Clip, *, heard_ms: int = 0) -> dict[str, list[Cue]]:
    carrying.carry(Remix.objects.get(clip=clip), heard_ms=heard_ms, at=make.NOON)
    kept = Caption.objects.filter(clip=clip)
    return {caption.language: webvtt.parse(caption.webvtt) for caption in kept}


def test_a_stitch_says_what_its_piece_says() -> None:
    stitch = remix_of_a_spoken_clip(RemixKind.STITCH)
    Remix.objects.filter(clip=stitch).update(from_ms=500, until_ms=3_000)

    assert carried(stitch) == {
        "fr-CA": [Cue(0, 500, "One."), Cue(1_000, 2_500, "Two.")],
        "es": [Cue(0, 1_500, "Uno.")],
    }
    marks = {c.language: (c.carried_at, c.heard_at) for c in Caption.objects.filter(clip=stitch)}
    assert marks == {"fr-CA": (make.NOON, None), "es": (None, make.NOON)}


@pytest.mark.parametrize("kind", [RemixKind.DUET, RemixKind.SOUND])
def test_what_is_heard_of_another_is_said_for_as_long_as_it_is_heard(kind: RemixKind) -> None:
    remix = remix_of_a_spoken_clip(kind)

    assert carried(remix) == {}  # a silent film beside one's own says nothing
    assert carried(remix, heard_ms=2_000) == {
        "fr-CA": [Cue(0, 1_000, "One."), Cue(1_500, 2_000, "Two.")],
        "es": [Cue(0, 2_000, "Uno.")],
    }


def test_nothing_is_written_over_what_the_creator_has_made() -> None:
    duet = remix_of_a_spoken_clip(RemixKind.DUET)
    Caption.write(duet, "fr-CA", "WEBVTT\n\nmine")

    carried(duet, heard_ms=9_000)

    assert Caption.objects.get(clip=duet, language="fr-CA").webvtt == "WEBVTT\n\nmine"
    assert Caption.objects.get(clip=duet, language="es").is_draft


def test_a_clip_without_spoken_words_gets_none() -> None:
    duet = remix_of_a_spoken_clip(RemixKind.DUET)
    duet.mark_speechless(at=make.NOON)

    assert carried(duet, heard_ms=9_000) == {}


def test_a_machine_adds_what_is_said_besides_and_a_person_makes_it_their_own() -> None:
    stitch = remix_of_a_spoken_clip(RemixKind.STITCH)
    carried(stitch)
    heard = [Cue(0, 900, "Won."), Cue(2_500, 4_500, "Mine.")]

    assert Caption.hear(stitch, "fr-CA", heard, at=make.NOON)
    both = Caption.objects.get(clip=stitch, language="fr-CA")
    Caption.write(stitch, "fr-CA", both.webvtt, over=both.version)

    assert webvtt.parse(both.webvtt) == [
        Cue(0, 1_000, "One."), Cue(1_500, 3_000, "Two."), Cue(3_000, 4_500, "Mine."),
    ]  # fmt: skip
    assert both.heard_at == make.NOON
    assert not Caption.objects.drafts().filter(pk=both.pk).exists()
    assert not Caption.hear(stitch, "fr-CA", heard, at=make.NOON)


def test_going_on_without_the_other_drops_what_they_said() -> None:
    duet = remix_of_a_spoken_clip(RemixKind.DUET)
    Caption.write(duet, "en", SAID)
    carried(duet, heard_ms=9_000)

    remixing.go_on_without(duet)

    assert [caption.language for caption in Caption.objects.filter(clip=duet)] == ["en"]
