"""How a clip was prepared, or why not, as its creator reads it."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest

from tests import make
from tests.studio.test_clips import draft, signed_in
from vitrine.videos.models import Clip, Encoding, EncodingState, UploadState
from vitrine.videos.probe import Probe

pytestmark = pytest.mark.django_db


def test_a_failed_clip_says_why_and_takes_another_file() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.REFUSED, reason="This file has no picture.")

    html = signed_in(creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "This file has no picture." in html
    assert f'data-clip="{clip.public_id}"' in html


def test_an_encoding_clip_is_asked_about_again_and_a_finished_one_is_not() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.ACCEPTED, offset=40)
    Clip.objects.filter(pk=clip.pk).update(duration_ms=9000)
    job = Encoding.objects.create(
        clip=clip, state=EncodingState.RUNNING, progress=12, created_at=make.NOON
    )
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/standing/"

    moving = client.get(f"{url}?known=1").content.decode()
    make.rendition(clip)
    playable = client.get(f"{url}?known=1").content.decode()
    Encoding.objects.filter(pk=job.pk).update(state=EncodingState.READY, finished_at=make.NOON)
    ready = client.get(f"{url}?known=2").content.decode()

    assert "prepared: 12 %" in moving
    assert "every 1500ms" in moving
    assert "<video" not in moving
    assert 'id="preview" hx-swap-oob="true"' in playable
    assert "every 1500ms" in playable
    assert "every" not in ready
    assert "<video" not in ready


def test_a_creator_reads_how_the_clip_was_prepared() -> None:
    clip = make.clip()
    make.rendition(clip, "720", bitrate_bps=2_100_000, size=4_200_000)
    make.rendition(clip, "541", bitrate_bps=600_000, encoder="libsvtav1")
    found = Probe(
        width=2160,
        height=3840,
        duration_ms=9_000,
        frame_rate=Fraction(30000, 1001),
        codec="hevc",
        pixel_format="yuv420p10le",
        matrix="bt2020nc",
        transfer="arib-std-b67",
        has_sound=True,
        loudness_lufs=-23.4,
        peak_dbfs=-3.0,
    )
    Clip.objects.filter(pk=clip.pk).update(width=2160, height=3840, original_bytes=52_000_000)
    Encoding.objects.filter(clip=clip).update(
        found=found.remembered(),
        created_at=make.NOON - timedelta(seconds=21),
        started_at=make.NOON - timedelta(seconds=18),
        refined_from=make.NOON - timedelta(seconds=7),
        attempts=2,
    )

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    came = "2160 × 3840 · 52.0 MB · HEVC · 29.97 pictures a second · HDR, shown as SDR"
    assert f"Your file: {came} · sound at -23 LUFS, levelled to −14." in html
    assert "It waited 3 s for its turn and took 2 tries." in html
    told = re.findall(r"<dt>(\d+ \S+)</dt><dd class=\"num\">(.*?)</dd>", html)
    assert told == [
        ("540 H.264", "540 × 960 · 900 kbit/s · 1.0 MB, ready after 21 s"),
        ("541 AV1", "541 × 961 · 600 kbit/s · 1.0 MB, ready after 7 s"),
        ("720 H.264", "720 × 1280 · 2100 kbit/s · 4.2 MB, ready after 21 s"),
    ]

    client = signed_in(clip.creator)
    client.cookies["language"] = "de"
    german = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    assert "52,0 MB · HEVC · 29,97 " in german


def test_a_clip_that_is_being_prepared_has_no_report_yet() -> None:
    clip = make.clip(draft=True)
    Encoding.objects.filter(clip=clip).update(state=EncodingState.RUNNING, finished_at=None)

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "How it was prepared" not in html
    assert "Sharper versions are being made" in html
