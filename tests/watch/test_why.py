"""Why this clip: what was logged with the page that showed it, in words, and nothing else."""

import pytest
from django.test import Client

from tests import make
from tests.feed.learned import watch_all
from tests.watch.test_feed import signed_in
from vitrine.accounts.models import Person
from vitrine.feed import history
from vitrine.feed.models import Habit, Slate, Watch
from vitrine.feed.models.slate import Logged
from vitrine.videos.models import Clip, Like

pytestmark = pytest.mark.django_db


def why(clip: Clip, client: Client) -> str:
    """Return the sheet of a clip."""
    return client.get(f"{clip.get_absolute_url()}/options").content.decode()


def show(clip: Clip, viewer: Person, letter: str, *, cause: int = 0) -> None:
    """Show a clip, and log why."""
    logged = Logged("v", [clip.pk], "r", [1.0], [1.0], letter, [cause], [b""])
    Watch.objects.serve([clip.pk], to=viewer.public_id, at=make.NOON, logged=logged)


@pytest.mark.parametrize(
    "letter, words",
    [
        ("f", "You follow @mara."),
        ("n", "It is new."),
        ("p", "It is popular here"),
        ("t", "it is being tried"),
        ("c", "1 in 100 places"),
    ],
)
def test_each_reason_has_its_words(letter: str, words: str) -> None:
    clip, viewer = make.clip(make.person("mara")), make.person()

    show(clip, viewer, letter)

    assert words in why(clip, signed_in(viewer))


def test_what_the_viewer_did_is_named() -> None:
    clip, cause, viewer = make.clip(), make.clip(title="Kelp"), make.person()
    watch_all([cause], to=viewer.public_id, ms=4_000)
    show(clip, viewer, "w", cause=cause.pk)
    client = signed_in(viewer)

    assert "You watched “Kelp”:" in why(clip, client)
    Watch.objects.filter(clip=cause).update(completed_at=make.NOON)
    assert "You watched “Kelp” to the end:" in why(clip, client)
    Like.give(cause, by=viewer, at=make.NOON)
    assert "You liked “Kelp”:" in why(clip, client)
    cause.delete(at=make.NOON)
    assert "Kelp" not in why(clip, client)
    assert "That clip is gone." in why(clip, client)


@pytest.mark.parametrize(
    "letter, words", [("a", "like it: the same people"), ("m", "by @mara, too")]
)
def test_a_clip_that_led_to_another_is_named_with_what_they_share(letter: str, words: str) -> None:
    mara, viewer = make.person("mara"), make.person()
    clip, cause = make.clip(mara), make.clip(mara, title="Kelp")
    watch_all([cause], to=viewer.public_id, ms=4_000)
    show(clip, viewer, letter, cause=cause.pk)

    said = why(clip, signed_in(viewer))
    cause.delete(at=make.NOON)

    assert "You watched “Kelp”:" in said
    assert words in said
    assert "That clip is gone." in why(clip, signed_in(viewer))


def test_what_is_forgotten_is_no_reason_any_more() -> None:
    clip, cause, viewer = make.clip(), make.clip(title="Kelp"), make.person()
    watch_all([cause], to=viewer.public_id)
    show(clip, viewer, "a", cause=cause.pk)

    history.forget(viewer, clip=cause, at=make.NOON)

    assert not Slate.objects.exists()
    assert "No reason is kept" in why(clip, signed_in(viewer))


def test_who_is_not_profiled_or_was_not_shown_it_is_told_so() -> None:
    clip, other, viewer = make.clip(), make.clip(), make.person()
    Habit.unprofile(viewer, at=make.NOON)
    Watch.objects.serve([clip.pk], to=viewer.public_id, at=make.NOON)

    assert "You are shown what everybody is" in why(clip, signed_in(viewer))
    assert "you came to it another way" in why(other, signed_in(viewer))
    assert "you came to it another way" in why(clip, Client())


def test_nobody_is_told_another_s_reason() -> None:
    clip, viewer = make.clip(make.person("mara")), make.person()
    show(clip, viewer, "f")

    assert "You follow" not in why(clip, signed_in(make.person()))
