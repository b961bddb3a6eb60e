"""Captions from a file, typed, heard and sent out; and the mark that nobody speaks."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.videos.models import Caption, Clip, Hearing, Waveform
from vitrine.videos.webvtt import Cue

pytestmark = pytest.mark.django_db

SAID = "WEBVTT\r\n\r\n00:00.000 --> 00:02.000\r\nWatch the lamp.\r\n"


def vtt(content: bytes) -> SimpleUploadedFile:
    """Return a caption file as a browser sends it."""
    return SimpleUploadedFile("said.vtt", content, content_type="text/vtt")


def test_captions_are_added_replaced_and_removed() -> None:
    creator = make.person()
    clip = make.clip(creator)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/captions/"

    client.post(url, {"language": "en", "file": vtt(b"WEBVTT\n\n00:00 --> 00:01\nOld\n")})
    client.post(url, {"language": "en", "file": vtt(SAID.encode())})
    kept = list(Caption.objects.values_list("clip", "language", "webvtt"))
    page = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    client.delete(f"{url}en/")

    assert kept == [(clip.pk, "en", SAID.replace("\r\n", "\n"))]
    assert '<track kind="captions" srclang="en" label="English"' in page
    assert not Caption.objects.exists()


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"1\n00:00:00,000 --> 00:00:02,000\nSRT\n", "first line must be WEBVTT"),
        (b"WEBVTT\n\nnothing here\n", "no captions in it"),
        (b"WEBVTT\n\n00:00 --> 00:01\n\xff\xfe", "not text in UTF-8"),
        (b"WEBVTT\n\n00:00 --> 00:01\n\0", "not text in UTF-8"),
        (b"WEBVTT\n\n00:00 --> 00:01\n" + b"a" * 300_000, "larger than 256 KB"),
        (b"", "empty"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(content: bytes, sentence: str) -> None:
    creator = make.person()
    clip = make.clip(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/captions/", {"language": "es", "file": vtt(content)}
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Caption.objects.exists()


def test_a_strangers_clip_takes_no_captions() -> None:
    clip = make.clip()

    answer = signed_in(make.person()).post(
        f"/studio/clips/{clip.public_id}/captions/", {"language": "en", "file": vtt(SAID.encode())}
    )

    assert answer.status_code == 404
    assert not Caption.objects.exists()


HTMX = {"HX-Request": "true"}
TWO = [("0", "1.5", "Watch\n\nthe <lamp>."), ("0:02", "0:03.250", "It & we turn.")]


def typed(rows: Sequence[tuple[str, str, str]], version: str = "") -> dict[str, Any]:
    """Return what a browser sends of the caption editor."""
    columns = zip(("start", "end", "text"), zip(*rows, strict=True), strict=True)
    return {"version": version, **dict(columns)}


def editor(clip: Clip, language: str = "en") -> str:
    return f"/studio/clips/{clip.public_id}/captions/{language}/"


def test_captions_are_typed_and_shown_again_as_they_are_kept() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)

    saved = client.post(editor(clip), typed([*TWO, ("", "", ""), ("0:04", "0:05", " ")]))
    shown = client.get(editor(clip)).content.decode()

    kept = Caption.objects.get(clip=clip)
    assert saved.status_code == 302
    assert kept.webvtt == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nWatch\nthe &lt;lamp&gt;.\n"
        "\n00:00:02.000 --> 00:00:03.250\nIt &amp; we turn.\n"
    )
    assert re.findall(r'name="start" value="([^"]*)"', shown)[:3] == ["0:00.000", "0:02.000", ""]
    assert f'name="version" value="{kept.version}"' in shown


def test_what_is_wrong_is_told_by_number_and_nothing_typed_is_lost() -> None:
    clip = make.clip(duration_ms=9_000)
    wrong = [
        ("0", "2", "a"),
        ("", "", ""),
        ("soon", "", "Cue three <b>"),
        ("3", "2", "d"),
    ]

    whole = signed_in(clip.creator).post(editor(clip), typed(wrong))
    part = signed_in(clip.creator).post(editor(clip), typed(wrong), headers=HTMX)
    overlapping = signed_in(clip.creator).post(
        editor(clip), typed([("0", "2", "a"), ("", "", ""), ("1", "1", "b")]), headers=HTMX
    )

    html = whole.content.decode()
    assert (whole.status_code, part.status_code) == (422, 422)
    assert "Cue 3 begins at “soon”, which is no time. Write it like 0:02.500." in html
    assert "Cue 3 ends at no time." in html
    assert "Cue three &lt;b&gt;" in html
    assert html.count('class="cue wrong"') == 1
    assert 'data-wrong="3"' in part.content.decode()
    assert "Cue 3 must end after it begins." in overlapping.content.decode()
    assert "Cue 3 begins before cue 1 has ended." in overlapping.content.decode()
    assert not Caption.objects.exists()


def test_a_second_tab_is_told_and_may_insist() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    client.post(editor(clip), typed(TWO))

    late = client.post(editor(clip), typed([("0", "1", "Mine")]), headers=HTMX)
    html = late.content.decode()
    unchanged = Caption.objects.get(clip=clip)
    without_scripts = client.post(editor(clip), typed([("0", "1", "Mine")])).content.decode()
    offered = re.search(r'<button[^>]*name="version" value="(\w+)"', html)
    assert offered is not None
    insisted = client.post(
        editor(clip), typed([("0", "1", "Mine")], version=offered[1]), headers=HTMX
    )

    assert late.status_code == 409
    assert "changed elsewhere" in html
    assert "Watch" in unchanged.webvtt
    assert ">Mine</textarea>" in without_scripts
    assert insisted.status_code == 200
    assert "Mine" in Caption.objects.get(clip=clip).webvtt


def test_captions_are_not_emptied_by_the_way() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    client.post(editor(clip), typed(TWO))
    before = Caption.objects.get(clip=clip)

    answer = client.post(
        editor(clip), typed([("0", "1", ""), ("", "", "")], version=before.version), headers=HTMX
    )

    assert answer.status_code == 422
    assert "No cue has words" in answer.content.decode()
    assert Caption.objects.get(clip=clip).webvtt == before.webvtt


def test_more_cues_than_can_be_kept_are_refused_in_words() -> None:
    clip = make.clip(duration_ms=180_000)
    many = [(f"{number / 2}", f"{number / 2 + 0.4}", "la") for number in range(301)]

    answer = signed_in(clip.creator).post(editor(clip), typed(many), headers=HTMX)

    assert answer.status_code == 422
    assert "These are 301 cues; 300 can be kept." in answer.content.decode()


def test_a_file_of_another_program_is_edited_without_what_it_cannot_keep() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    file = "WEBVTT\n\n00:00.000 --> 00:01.000 line:10%\n<v Mara>Water.\n"
    Caption.write(clip, "en", file)

    html = client.get(editor(clip)).content.decode()
    sent = client.get(f"/studio/clips/{clip.public_id}/captions/en.vtt")

    assert "keeps its words and times alone" in html
    assert ">Water.</textarea>" in html
    assert sent.content.decode() == file


def test_captions_are_sent_out_as_files() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    client.post(editor(clip), typed(TWO))
    base = f"/studio/clips/{clip.public_id}/captions/en"

    srt, other = client.get(f"{base}.srt"), client.get(f"{base[:-2]}fr.srt")

    assert srt.content.decode() == (
        "1\n00:00:00,000 --> 00:00:01,500\nWatch\nthe <lamp>.\n\n"
        "2\n00:00:02,000 --> 00:00:03,250\nIt & we turn.\n"
    )
    assert srt["Content-Disposition"] == f'attachment; filename="{clip.public_id}.en.srt"'
    assert other.status_code == 404


def test_writing_begins_with_a_language_that_is_offered() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    base = f"/studio/clips/{clip.public_id}/captions/"

    chosen = client.get(base, {"language": "es"})
    odd = client.get(base, {"language": "xx"})

    assert (chosen["Location"], odd["Location"]) == (f"{base}es/", base[:-9])
    assert client.get(f"{base}es/").status_code == 200
    assert client.get(f"{base}xx/").status_code == 404


def test_a_clip_is_marked_as_having_no_words_or_has_captions() -> None:
    clip = make.clip()
    client = signed_in(clip.creator)
    base = f"/studio/clips/{clip.public_id}"

    missing = client.get(f"{base}/").content.decode()
    marked = client.post(f"{base}/silence/", headers=HTMX).content.decode()
    refused = client.post(editor(clip), typed(TWO))
    file = client.post(f"{base}/captions/", {"language": "en", "file": vtt(SAID.encode())})
    client.post(f"{base}/silence/", {"method": "delete"})
    client.post(editor(clip), typed(TWO))
    late = client.post(f"{base}/silence/", headers=HTMX)

    clip.refresh_from_db()
    assert '<span class="badge brass">Missing</span>' in missing
    assert "No spoken words" in marked
    assert "Missing" not in marked
    assert (refused.status_code, file.status_code, late.status_code) == (409, 409, 409)
    assert ">It &amp; we turn.</textarea>" in refused.content.decode()
    assert "Remove them first" in late.content.decode()
    assert clip.speechless_at is None
    assert Caption.objects.count() == 1


def test_viewers_are_told_that_nobody_speaks_and_what_a_machine_heard() -> None:
    silent, heard = make.clip(), make.clip()
    silent.mark_speechless(at=make.NOON)
    Caption.hear(heard, "en", [Cue(0, 2_000, "Hello.")], at=make.NOON)
    viewer = signed_in(make.person())

    pages = [viewer.get(clip.get_absolute_url()).content.decode() for clip in (silent, heard)]
    sheet = viewer.get(f"{silent.get_absolute_url()}/options").content.decode()

    assert "No spoken words" in pages[0]
    assert "No spoken words" in sheet
    own = signed_in(heard.creator).get(editor(heard)).content.decode()
    assert "Made automatically, not yet checked. Read them along" in own
    assert 'label="en (automatic)"' in pages[1]
    assert "Made automatically, not yet checked" in pages[1]
    assert "No spoken words" not in pages[1]


def test_without_a_model_the_button_says_what_is_missing(settings: Settings) -> None:
    settings.VITRINE_SPEECH_MODEL = ""
    clip = make.clip(has_sound=True)
    client, url = signed_in(clip.creator), f"/studio/clips/{clip.public_id}/hearing/"

    html = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    asked = client.post(url, headers=HTMX)

    assert re.search(r"<button[^>]* disabled[^>]*>.{0,400}Make captions auto", html, re.DOTALL)
    assert "no speech model" in html
    assert asked.status_code == 409
    assert not Hearing.objects.exists()


def test_a_listening_that_goes_on_or_failed_is_told() -> None:
    clip = make.clip(has_sound=True)
    client, url = signed_in(clip.creator), f"/studio/clips/{clip.public_id}/hearing/"
    Hearing.objects.create(clip=clip, asked_at=make.NOON)

    lost = client.get(url, {"listening": ""}, headers=HTMX).content.decode()
    Hearing.objects.update(asked_at=timezone.now())
    goes_on = client.get(url, {"listening": ""}, headers=HTMX).content.decode()
    Hearing.objects.get().end(at=make.NOON, reason="No words were heard.")
    failed = client.get(url, {"listening": ""}, headers=HTMX)

    assert "It was never finished" in lost
    assert 'hx-trigger="every 3s"' in goes_on
    assert 'type="file"' not in goes_on  # it must not take away a file that is chosen
    assert failed["HX-Retarget"] == "#captions"
    assert "No automatic captions. No words were heard." in failed.content.decode()
    assert "every 3s" not in failed.content.decode()


def test_a_waveform_is_drawn_once_when_it_is_looked_at() -> None:
    clip, silent = make.clip(has_sound=True), make.clip()
    client = signed_in(clip.creator)
    url = f"/studio/clips/{clip.public_id}/waveform"

    first, second = client.get(url), client.get(url)
    jobs = list(ProcrastinateJob.objects.filter(task_name="videos.draw_waveform"))
    Waveform.objects.create(clip=clip, peaks=bytes([0, 255]))
    drawn = client.get(url)

    assert (first.status_code, second.status_code) == (202, 202)
    assert [job.args for job in jobs] == [{"clip_id": clip.pk}]
    assert drawn.content == bytes([0, 255])
    none = signed_in(silent.creator).get(f"/studio/clips/{silent.public_id}/waveform")
    assert (none.status_code, none.content) == (200, b"")


def test_captions_taken_over_say_from_whom_until_they_are_saved() -> None:
    creator, ana = make.person(), make.person("ana")
    clip = make.remix(make.clip(ana), creator=creator, draft=True)
    theirs = Caption.write(clip.remix.origin, "en", SAID)
    Caption.carry(clip, theirs, SAID, at=make.NOON)
    client = signed_in(creator)

    card = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    editor = client.get(f"/studio/clips/{clip.public_id}/captions/en/").content.decode()
    kept = Caption.objects.get(clip=clip)
    Caption.write(clip, "en", SAID, over=kept.version)
    after = client.get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "Taken over from @ana, not yet checked" in card
    assert "Taken over from the clip that yours is made with" in editor
    assert "Taken over" not in after
