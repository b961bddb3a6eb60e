"""A sound's page, the remixes of a clip, and who is named where."""

from http import HTTPStatus

import pytest
from django.test import Client

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.accounts.models import Block
from vitrine.kernel import storage
from vitrine.surfaces.watch import articles
from vitrine.videos.models import Clip, RemixKind, Visibility

pytestmark = pytest.mark.django_db


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def test_a_sound_has_a_page_with_the_clips_that_use_it() -> None:
    clip = make.clip(make.person("ana"), title="Rain on tin", **make.OPEN)
    sound = make.sound(clip)
    make.remix(clip, RemixKind.SOUND, title="Tea with rain")
    make.remix(clip, RemixKind.DUET, title="A duet")

    page = text(Client(), sound.get_absolute_url())

    assert "Original sound – @ana" in page
    assert "2 clips" in page
    assert "Tea with rain" in page
    assert "A duet" not in page
    assert f'src="/m/{sound.key}"' in page
    assert f"/studio/upload/?sound={sound.public_id}" in page


def test_a_sound_that_is_not_open_can_be_heard_and_not_used() -> None:
    sound = make.sound(make.clip())

    page = text(Client(), sound.get_absolute_url())

    assert "/studio/upload/?sound=" not in page
    assert "has not opened it" in page


def test_a_sound_page_tells_nothing_of_a_clip_that_may_not_be_seen() -> None:
    ana, bea = make.person("ana"), make.person()
    clip = make.clip(ana, title="Rain on tin", **make.OPEN)
    sound = make.sound(clip)
    storage.put(sound.key, b"tone")
    make.remix(clip, RemixKind.SOUND, title="Tea with rain")
    Clip.objects.filter(pk=clip.pk).update(visibility=Visibility.PRIVATE)

    page = text(signed_in(bea), sound.get_absolute_url())
    assert "Tea with rain" in page
    for hidden in ("@ana", "Rain on tin", sound.key, "?sound="):
        assert hidden not in page
    assert signed_in(bea).get(f"/m/{sound.key}").status_code == 404
    assert signed_in(ana).get(f"/m/{sound.key}").status_code == 200
    assert "Original sound – @ana" in text(signed_in(ana), sound.get_absolute_url())


def test_whom_a_block_parts_meets_neither_sound_nor_remix() -> None:
    ana, bea, carl = make.person("ana"), make.person(), make.person()
    clip = make.clip(ana, **make.OPEN)
    sound, duet = make.sound(clip), make.remix(clip, creator=carl)
    make.remix(clip, RemixKind.SOUND, creator=carl)
    Block.put(by=bea, on=ana, at=make.NOON)

    browser = signed_in(bea)

    assert browser.get(sound.get_absolute_url()).status_code == 404
    assert browser.get(f"/m/{sound.key}").status_code == 404
    assert browser.get(duet.get_absolute_url()).status_code == 404
    assert browser.get(f"{clip.get_absolute_url()}/remixes").status_code == 404


def test_a_clip_names_its_sound_and_whom_it_is_made_with_in_the_feed_too() -> None:
    articles.forget()
    clip = make.clip(make.person("ana"), title="Rain", **make.OPEN)
    sound = make.sound(clip, title="Rain on <tin>")
    duet = make.remix(clip, title="With rain")
    browser = Client()

    feed = text(browser, "/")
    assert f'href="{sound.get_absolute_url()}">Rain on &lt;tin&gt;</a>' in feed
    assert f'href="{clip.get_absolute_url()}">Duet with @ana</a>' in feed
    assert "Duet with @ana" in text(browser, duet.get_absolute_url())
    assert "1</span> remix<" in text(browser, clip.get_absolute_url())
    assert "Duet · @" in text(browser, f"{clip.get_absolute_url()}/remixes")

    # Who is not shown it by itself is not led to it either.
    Clip.objects.filter(pk=clip.pk).update(visibility=Visibility.PRIVATE)
    articles.forget()
    assert "Duet of a clip that is no longer shown" in text(browser, duet.get_absolute_url())
    # What is made with a clip for adults shows pictures of it.
    Clip.objects.filter(pk=clip.pk).update(visibility=Visibility.PUBLIC, mature_at=make.NOON)
    articles.forget()
    assert browser.get(duet.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND


def test_the_share_sheet_offers_what_the_viewer_may_make() -> None:
    clip = make.clip(duets="everyone", stitches="followers")
    make.sound(clip)
    fan = make.person()
    fan.follow(clip.creator, at=make.NOON)
    url = f"{clip.get_absolute_url()}/share?sheet"

    assert text(Client(), url).count("/studio/upload/?") == 1
    assert f"?duet={clip.public_id}" in text(signed_in(make.person()), url)
    assert f"?stitch={clip.public_id}" in text(signed_in(fan), url)
    assert "?sound=" not in text(signed_in(fan), url)
    assert text(signed_in(clip.creator), url).count("/studio/upload/?") == 3
