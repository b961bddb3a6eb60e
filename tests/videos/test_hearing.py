"""Captions by a machine, and the waveform: both begin with the sound of a real file."""

import importlib.util
import inspect
import itertools
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make, races
from tests.fakes import whisper
from tests.fakes.whisper import Segment, WhisperModel
from vitrine.kernel import storage
from vitrine.videos import hearing, jail, listening, tasks, waveform, webvtt
from vitrine.videos.models import (
    Caption,
    CaptionsChanged,
    Clip,
    HasCaptions,
    Hearing,
    HearingUnderWay,
    NobodySpeaks,
    Waveform,
)
from vitrine.videos.webvtt import Cue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beep(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of silence and one of a loud tone, as a rendition has it."""
    path = tmp_path_factory.mktemp("sound") / "beep.mp4"
    tone = "aevalsrc=if(gte(t\\,1)\\,0.9*sin(2*PI*300*t)\\,0):s=48000:d=2"
    command = [jail.binary(), "-v", "error", "-f", "lavfi", "-i", tone, "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


@pytest.fixture
def clip(beep: bytes) -> Clip:
    made = make.clip(has_sound=True, duration_ms=2_000)
    storage.put(made.renditions.get().key, beep)
    return made


@pytest.fixture
def model(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> type[WhisperModel]:
    """Install the package and a model directory; it says one sentence."""
    for name in hearing.NEEDED:
        (tmp_path / name).touch()
    settings.VITRINE_SPEECH_MODEL = str(tmp_path)
    monkeypatch.setitem(sys.modules, hearing.PACKAGE, whisper)
    monkeypatch.setattr(WhisperModel, "says", [Segment(0.2, 1.5, " Watch the lamp. ")])
    monkeypatch.setattr(WhisperModel, "fed", [])
    return WhisperModel


def asked(clip: Clip) -> Hearing:
    """Ask for captions, and do the job as a worker does."""
    hearing.ask(clip, clock=lambda: make.NOON)
    found = Hearing.objects.get(clip=clip)
    hearing.hear(found, load=hearing.ear, clock=lambda: make.NOON)
    return found


def test_what_is_heard_becomes_captions_that_nobody_has_checked(
    clip: Clip, model: type[WhisperModel]
) -> None:
    found = asked(clip)

    caption = Caption.objects.get(clip=clip)
    assert (caption.language, caption.heard_at) == ("en", make.NOON)
    assert webvtt.parse(caption.webvtt) == [Cue(200, 1_500, "Watch the lamp.")]
    assert (found.ended_at, found.reason) == (make.NOON, "")
    (heard,) = model.fed
    assert heard.dtype == np.float32
    assert 31_000 < len(heard) < 34_000  # two seconds at 16,000 a second
    assert np.abs(heard[:14_000]).max() < 0.1 < 0.8 < np.abs(heard[18_000:]).max()
    assert model.made["device"] == "cpu"


def test_a_machine_never_writes_over_a_person(clip: Clip, model: type[WhisperModel]) -> None:
    Caption.write(clip, "en", "WEBVTT\n\nmine")

    found = asked(clip)

    assert Caption.objects.get(clip=clip).webvtt == "WEBVTT\n\nmine"
    assert "those were kept" in found.reason


def test_a_machine_may_correct_itself_until_a_person_has_checked(
    clip: Clip, model: type[WhisperModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(clip)
    monkeypatch.setattr(model, "says", [Segment(0.2, 1.5, "Watch the lamb.")])
    asked(clip)
    second = Caption.objects.get(clip=clip)
    Caption.write(clip, "en", second.webvtt, over=second.version)
    monkeypatch.setattr(model, "says", [Segment(0.2, 1.5, "Wash the lamb.")])
    asked(clip)

    kept = Caption.objects.get(clip=clip)
    assert "Watch the lamb." in kept.webvtt
    assert kept.heard_at is None


@pytest.mark.parametrize(
    "says, breaks, language, sentence",
    [
        ([], "", "en", "No words were heard. If nobody speaks"),
        ([Segment(1.0, 1.0, "Uh")], "", "en", "No words were heard"),
        ([], "model.bin is damaged", "en", "did not work: model.bin is damaged"),
    ],
)
def test_why_nothing_came_of_it_is_said(
    clip: Clip,
    model: type[WhisperModel],
    monkeypatch: pytest.MonkeyPatch,
    says: list[Segment],
    breaks: str,
    language: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(model, "says", says)
    monkeypatch.setattr(model, "breaks", breaks)

    found = asked(clip)

    assert sentence in found.reason
    assert found.ended_at == make.NOON
    assert not Caption.objects.exists()


def test_a_clip_marked_meanwhile_gets_no_captions(clip: Clip, model: type[WhisperModel]) -> None:
    hearing.ask(clip, clock=timezone.now)
    clip.mark_speechless(at=make.NOON)

    tasks.hear(clip.pk)

    assert "marked as having no spoken words" in Hearing.objects.get(clip=clip).reason
    assert not Caption.objects.exists()


def test_the_creator_s_own_language_is_kept_where_it_was_heard(
    clip: Clip, model: type[WhisperModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    Clip.objects.filter(pk=clip.pk).update(language="fr-CA")
    monkeypatch.setattr(model, "language", "fr")
    asked(clip)
    monkeypatch.setattr(model, "language", "mi")
    asked(clip)

    assert set(Caption.objects.values_list("language", flat=True)) == {"fr-CA", "mi"}


def test_only_one_listening_goes_on_until_it_ends_or_dies(
    clip: Clip, model: type[WhisperModel]
) -> None:
    hearing.ask(clip, clock=lambda: make.NOON)

    with pytest.raises(HearingUnderWay):
        hearing.ask(clip, clock=lambda: make.NOON + timedelta(minutes=59))
    hearing.ask(clip, clock=lambda: make.NOON + timedelta(minutes=61))

    jobs = ProcrastinateJob.objects.filter(task_name="videos.hear")
    assert [(job.queue_name, job.args) for job in jobs] == [("hear", {"clip_id": clip.pk})]


def test_what_is_missing_is_said_exactly(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clip: Clip
) -> None:
    settings.VITRINE_SPEECH_MODEL = ""
    assert "no speech model" in hearing.missing()
    settings.VITRINE_SPEECH_MODEL = str(tmp_path)
    (tmp_path / "model.bin").touch()
    assert hearing.missing().endswith("names has no config.json and no tokenizer.json.")
    for name in hearing.NEEDED:
        (tmp_path / name).touch()
    monkeypatch.setattr(hearing, "PACKAGE", "faster_whisper_that_nobody_made")
    assert "faster-whisper is not installed" in hearing.missing()
    with pytest.raises(hearing.CannotHear, match="not installed"):
        hearing.ask(clip, clock=lambda: make.NOON)
    assert not Hearing.objects.exists()


def test_segments_become_cues_that_people_can_read() -> None:
    long = "word " * 40
    segments = [
        Segment(0.0, 10.0, long),
        Segment(9.0, 11.0, "It overlaps."),
        Segment(10.5, 11.0, "It is over before it begins."),
        Segment(11.0, 99.0, "It ends\nafter the clip."),
    ]

    cues = hearing.cues_of(segments, duration_ms=12_000)

    assert " ".join(cue.text for cue in cues[:3]) == long.strip()
    assert [cue.text for cue in cues[3:]] == ["It overlaps.", "It ends after the clip."]
    assert max(len(cue.text) for cue in cues) <= hearing.MOST_LETTERS_SHOWN
    assert all(one.until_ms <= two.from_ms for one, two in itertools.pairwise(cues))
    assert (cues[-1].from_ms, cues[-1].until_ms) == (11_000, 12_000)
    assert webvtt.objections(cues, duration_ms=12_000) == []


def test_the_fake_has_the_shape_of_the_real_model() -> None:
    if importlib.util.find_spec(hearing.PACKAGE) is None:
        pytest.skip("faster-whisper is an extra, and not installed here.")
    real = importlib.import_module(hearing.PACKAGE)

    for method in ("__init__", "transcribe"):
        ours = inspect.signature(getattr(WhisperModel, method)).parameters
        theirs = inspect.signature(getattr(real.WhisperModel, method)).parameters
        assert set(ours) <= set(theirs)
        assert all(ours[name].default == theirs[name].default for name in ours)
    segment = real.transcribe.Segment.__dataclass_fields__
    assert {"start", "end", "text"} <= set(segment)
    assert "language" in real.transcribe.TranscriptionInfo.__dataclass_fields__


def test_a_waveform_shows_where_it_is_loud(clip: Clip) -> None:
    tasks.draw_waveform(clip.pk)
    tasks.draw_waveform(clip.pk)

    drawn = list(Waveform.objects.get(clip=clip).peaks)
    assert 98 <= len(drawn) <= 106  # fifty a second, and what AAC adds at the end
    assert max(drawn[:45]) < 60
    assert min(drawn[55:95]) > 200


def test_sound_that_cannot_be_read_has_no_waveform(clip: Clip) -> None:
    storage.put(clip.renditions.get().key, b"not a film at all")

    tasks.draw_waveform(clip.pk)

    assert bytes(Waveform.objects.get(clip=clip).peaks) == b""
    with pytest.raises(listening.Unheard):
        listening.samples(make.clip(), rate=waveform.RATE)


def test_captions_are_written_only_over_what_was_read(clip: Clip) -> None:
    Caption.write(clip, "en", "first", over="")
    first = Caption.objects.get(clip=clip)
    Caption.write(clip, "en", "second", over=first.version)

    with pytest.raises(CaptionsChanged) as refused:
        Caption.write(clip, "en", "third", over=first.version)

    kept = Caption.objects.get(clip=clip)
    assert kept.webvtt == "second"
    assert refused.value.facts == {"version": kept.version}


def test_a_clip_has_captions_or_the_mark_never_both(clip: Clip) -> None:
    clip.mark_speechless(at=make.NOON)
    with pytest.raises(NobodySpeaks):
        Caption.write(clip, "en", "WEBVTT")
    clip.unmark_speechless()
    Caption.write(clip, "en", "WEBVTT")
    with pytest.raises(HasCaptions):
        clip.mark_speechless(at=make.NOON)

    clip.refresh_from_db()
    assert clip.speechless_at is None


@pytest.mark.django_db(transaction=True)
def test_of_writers_at_one_moment_one_wins_and_a_mark_never_stands_beside_captions() -> None:
    clip = make.clip()

    def act(number: int) -> None:
        if number % 2:
            Caption.write(clip, "en", f"WEBVTT\n\n{number}", over="")
        else:
            clip.mark_speechless(at=make.NOON)

    results = races.race(8, act)

    clip.refresh_from_db()
    refused = {type(each) for each in races.losers(results)}
    if clip.speechless_at:
        assert refused == {NobodySpeaks}
        assert not Caption.objects.exists()
    else:
        assert refused == {HasCaptions, CaptionsChanged}
        assert Caption.objects.count() == 1
