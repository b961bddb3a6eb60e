"""Bytes: ranges, caching, and who may have them."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from tests import make
from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos import invariants
from vitrine.videos.models import Caption, Clip, Rendition, Viewer, Visibility

pytestmark = pytest.mark.django_db

FILM = bytes(range(256)) * 4096
CAP = 512 * 1024


def filmed(**fields: Any) -> tuple[Clip, Rendition]:
    """Make a clip whose 540 rendition really is in the store."""
    clip = make.clip(**fields)
    rendition = clip.renditions.get()
    Rendition.objects.filter(pk=rendition.pk).update(size=len(FILM), sha256=b"\x54" * 32)
    storage.put(rendition.key, FILM)
    rendition.refresh_from_db()
    return clip, rendition


def get(url: str, person: Person | None = None, *, method: str = "GET", **headers: str) -> Any:
    client = Client()
    if person:
        client.force_login(person)
    return client.generic(
        method, url, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def body(answer: Any) -> bytes:
    content: bytes = answer.getvalue() if answer.streaming else answer.content
    return content


@pytest.mark.parametrize(
    "wanted, start, end",
    [
        ("bytes=0-", 0, CAP),
        ("bytes=0-99", 0, 100),
        ("bytes=100-199", 100, 200),
        ("bytes=1048000-", 1048000, 1048576),
        ("bytes=1048000-9999999", 1048000, 1048576),
        ("bytes=-100", 1048476, 1048576),
        ("bytes=-9999999", 0, CAP),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_range_is_answered_with_its_bytes_and_no_more_than_the_cap(
    wanted: str, start: int, end: int
) -> None:
    _, rendition = filmed()

    answer = get(rendition.url, range=wanted)

    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert answer["Content-Length"] == str(end - start)
    assert body(answer) == FILM[start:end]


@pytest.mark.parametrize("wanted", ["bytes=1048576-", "bytes=9999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(wanted: str) -> None:
    _, rendition = filmed()

    answer = get(rendition.url, range=wanted)

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(FILM)}"


@pytest.mark.parametrize(
    "wanted", ["", "bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes=x-"]
)
def test_what_is_no_single_range_gets_the_whole(wanted: str) -> None:
    _, rendition = filmed()

    answer = get(rendition.url, range=wanted)

    assert answer.status_code == 200
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Length"] == str(len(FILM))
    assert body(answer) == FILM


def test_the_cap_is_a_setting(settings: LazySettings) -> None:
    settings.VITRINE_MEDIA_RANGE_CAP_BYTES = 0
    _, rendition = filmed()

    assert body(get(rendition.url, range="bytes=0-")) == FILM


def test_a_range_of_another_version_gets_the_whole() -> None:
    _, rendition = filmed()
    etag = f'"{"54" * 32}"'

    same = get(rendition.url, range="bytes=0-9", if_range=etag)
    other = get(rendition.url, range="bytes=0-9", if_range='"other"')
    dated = get(rendition.url, range="bytes=0-9", if_range="Fri, 20 Nov 2026 12:00:00 GMT")

    assert (same.status_code, same["ETag"]) == (206, etag)
    assert (other.status_code, dated.status_code) == (200, 200)


def test_what_the_browser_has_is_not_sent_again() -> None:
    _, rendition = filmed()
    etag = get(rendition.url)["ETag"]

    answer = get(rendition.url, if_none_match=f'"x", {etag}')

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == etag


def test_head_tells_the_size_without_the_bytes() -> None:
    _, rendition = filmed()

    answer = Client().head(rendition.url)

    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(FILM))
    assert answer.content == b""


def test_a_public_film_may_be_kept_for_ever_and_asks_one_question(
    django_assert_num_queries: Any,
) -> None:
    _, rendition = filmed()

    with django_assert_num_queries(1):
        answer = get(rendition.url, range="bytes=0-")

    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "video/mp4"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]


@pytest.mark.parametrize(
    "visibility, is_draft, owner, follower, other, stranger",
    [
        (Visibility.PUBLIC, False, 200, 200, 200, 200),
        (Visibility.UNLISTED, False, 200, 200, 200, 200),
        (Visibility.FOLLOWERS, False, 200, 200, 404, 404),
        (Visibility.PRIVATE, False, 200, 404, 404, 404),
        (Visibility.PUBLIC, True, 200, 404, 404, 404),
        (Visibility.UNLISTED, True, 200, 404, 404, 404),
        (Visibility.FOLLOWERS, True, 200, 404, 404, 404),
        (Visibility.PRIVATE, True, 200, 404, 404, 404),
    ],
)
def test_visibility_holds_on_bytes_and_rows_alike(
    visibility: Visibility, is_draft: bool, owner: int, follower: int, other: int, stranger: int
) -> None:
    creator, fan, passer_by = make.person(), make.person(), make.person()
    fan.follow(creator, at=make.NOON)
    clip, rendition = filmed(creator=creator, draft=is_draft, visibility=visibility)
    poster = f"renditions/{clip.public_id}/1-abc/poster.webp"
    Clip.objects.filter(pk=clip.pk).update(poster_key=poster)
    storage.put(poster, b"picture")
    Caption.objects.create(clip=clip, language="en", webvtt="WEBVTT\n")
    viewers: list[tuple[Person | None, int]] = [
        (creator, owner),
        (fan, follower),
        (passer_by, other),
        (None, stranger),
    ]

    for person, status in viewers:
        who: Viewer = person or AnonymousUser()
        for url in (rendition.url, f"/m/{poster}", f"/m/captions/{clip.public_id}/en.vtt"):
            assert get(url, person).status_code == status, (url, person)
        assert Clip.objects.visible_to(who).filter(pk=clip.pk).exists() is (status == 200)
        listed = status == 200 and not is_draft
        listed = listed and visibility in (Visibility.PUBLIC, Visibility.FOLLOWERS)
        assert Clip.objects.listed_for(who).filter(pk=clip.pk).exists() is listed
    assert invariants.visibility_holds().violations == []


@pytest.mark.parametrize("visibility", [v for v in Visibility if v != Visibility.PUBLIC])
def test_what_not_all_may_see_is_kept_by_no_shared_cache(visibility: Visibility) -> None:
    creator = make.person()
    _, rendition = filmed(creator=creator, visibility=visibility)

    assert get(rendition.url, creator)["Cache-Control"] == "private, max-age=600"


def test_a_deleted_clip_is_gone_for_everybody() -> None:
    creator = make.person()
    clip, rendition = filmed(creator=creator)

    clip.delete(at=make.NOON)

    assert get(rendition.url, creator).status_code == 404
    assert get(rendition.url).status_code == 404


def test_an_original_addressee_its_owner_alone() -> None:
    creator = make.person()
    clip = make.clip(creator=creator)
    key = f"originals/{clip.public_id}/abc"
    storage.put(key, FILM)
    Clip.objects.filter(pk=clip.pk).update(
        original_key=key, original_bytes=len(FILM), original_sha256=bytes(32)
    )
    url = f"/m/originals/{clip.public_id}"

    mine = get(url, creator, range="bytes=0-9")

    assert (mine.status_code, body(mine)) == (206, FILM[:10])
    assert mine["Content-Type"] == "application/octet-stream"
    assert mine["Content-Disposition"].startswith("attachment")
    assert get(url, make.person()).status_code == 404
    assert get(url).status_code == 302
    assert get(f"/m/{key}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "x/../../originals/x", "us_x/540.mp4"],
)
def test_a_path_is_looked_up_and_never_followed(path: str) -> None:
    assert get(f"/m/renditions/{path}").status_code == 404


def test_a_proxy_is_told_where_the_bytes_are(settings: LazySettings) -> None:
    settings.VITRINE_MEDIA_MODE = "accel"
    _, rendition = filmed()

    answer = get(rendition.url, range="bytes=0-9")

    assert answer.status_code == 200
    assert answer["X-Accel-Redirect"] == f"/internal-store/{rendition.key}"
    assert answer["Content-Type"] == "video/mp4"
    assert answer.content == b""


def allowed_to_see_a_private_and_a_followers_clip() -> list[tuple[Rendition, Person | None, bool]]:
    """Return films with viewers: the owner, a follower, somebody else, a visitor."""
    creator, fan, other = make.person(), make.person(), make.person()
    fan.follow(creator, at=make.NOON)
    _, private = filmed(creator=creator, visibility=Visibility.PRIVATE)
    _, followers = filmed(creator=creator, visibility=Visibility.FOLLOWERS)
    return [
        *((private, who, who is creator) for who in (creator, fan, other, None)),
        *((followers, who, who in (creator, fan)) for who in (creator, fan, other, None)),
    ]


CONDITIONS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"if_none_match": f'"{"54" * 32}"'}, 304),
    ({"if_none_match": "*"}, 304),
    ({"if_none_match": f'W/"{"54" * 32}"'}, 304),
    ({"if_none_match": '"other"'}, 200),
    ({"range": "bytes=0-9"}, 206),
    ({"range": "bytes=-10"}, 206),
    ({"range": "bytes=0-1,4-5"}, 200),
    ({"range": "bytes=1048576-"}, 416),
    ({"range": "bytes=0-9", "if_range": f'"{"54" * 32}"'}, 206),
    ({"range": "bytes=0-9", "if_range": '"other"'}, 200),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers, status", CONDITIONS)
def test_no_condition_opens_a_clip_to_who_may_not_see_it(
    method: str, headers: dict[str, str], status: int
) -> None:
    for rendition, who, is_allowed in allowed_to_see_a_private_and_a_followers_clip():
        answer = get(rendition.url, who, method=method, **headers)

        ours = 200 if method == "HEAD" and status in (206, 416) else status
        assert answer.status_code == (ours if is_allowed else 404), (who, headers)
        if not is_allowed:
            assert "ETag" not in answer
            assert FILM[:10] not in body(answer)
        elif ours != 416:
            assert answer["Cache-Control"] == "private, max-age=600"
        if method == "HEAD":
            assert body(answer) == b""


@pytest.mark.parametrize("wanted", ["bytes=100-199", "bytes=9999999-"])
def test_head_knows_no_ranges(wanted: str) -> None:
    _, rendition = filmed()

    answer = get(rendition.url, method="HEAD", range=wanted)

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(FILM)))
    assert "Content-Range" not in answer
    assert body(answer) == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers, status", CONDITIONS)
def test_a_proxy_is_told_of_a_clip_only_for_who_may_see_it(
    method: str, headers: dict[str, str], status: int, settings: LazySettings
) -> None:
    settings.VITRINE_MEDIA_MODE = "accel"

    for rendition, who, is_allowed in allowed_to_see_a_private_and_a_followers_clip():
        answer = get(rendition.url, who, method=method, **headers)

        if not is_allowed:
            assert answer.status_code == 404
            assert "X-Accel-Redirect" not in answer
        elif status == 304:
            assert answer.status_code == 304
        else:  # ranges are the proxy's own work
            assert answer.status_code == 200
            assert answer["X-Accel-Redirect"] == f"/internal-store/{rendition.key}"
            assert answer["Cache-Control"] == "private, max-age=600"
