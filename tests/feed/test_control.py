"""What people decide about being learnt from: starting over, no profile, and no ads by profile."""

from datetime import timedelta

import pytest

from tests import make
from tests.feed.learned import learn, watch_all
from tests.watch.test_feed import shown, signed_in
from vitrine.feed import serving, unseen, watching
from vitrine.feed.learning.tables import NOTHING
from vitrine.feed.models import Slate, Watch
from vitrine.videos.models import Like

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
OLD = make.NOON - timedelta(days=20)


def test_who_starts_over_is_to_the_feed_as_somebody_new() -> None:
    viewer, new = make.person(), make.person()
    boats = [make.clip(published_at=OLD) for _ in range(6)]
    hidden = make.clip(published_at=OLD)
    watch_all(boats, to=viewer.public_id)
    learn()
    serving.next_clips(viewer.public_id, viewer, size=3, at=make.NOON)
    watching.hide(hidden, key=viewer.public_id, at=make.NOON)
    assert unseen.standing(viewer.public_id, viewer, tables=NOTHING, at=make.NOON).past

    watching.start_over(key=viewer.public_id, at=make.NOON)

    after = unseen.standing(viewer.public_id, viewer, tables=NOTHING, at=make.NOON)
    fresh = unseen.standing(new.public_id, new, tables=NOTHING, at=make.NOON)
    assert (after.past, after.followed, after.is_plain) == ([], [], False)
    assert not Slate.objects.filter(viewer=viewer.public_id).exists()
    assert {one.clip for one in after.freshest} == {clip.pk for clip in boats}
    assert {one.clip for one in fresh.freshest} == {clip.pk for clip in [*boats, hidden]}
    assert Watch.objects.filter(viewer=viewer.public_id).get().hidden_at == make.NOON


def test_two_people_without_a_profile_see_the_same_page_whatever_they_did() -> None:
    boats, lamps = ([make.clip(published_at=OLD) for _ in range(8)] for _ in range(2))
    for n in range(4):
        watch_all(boats, to=f"v_b{n}", at=OLD)
        watch_all(lamps, to=f"v_l{n}", at=OLD)
    learn()
    sailor, reader = make.person(), make.person()
    for person, loved, left in ((sailor, boats, lamps), (reader, lamps, boats)):
        watch_all(loved[:3], to=person.public_id, ms=8_000)
        watch_all(left[:3], to=person.public_id, ms=400)
        Like.give(loved[0], by=person, at=make.NOON)
        person.follow(loved[5].creator, at=make.NOON)
        signed_in(person).post("/history/profile", {"method": "delete"})

    pages = [shown(signed_in(person), "/") for person in (sailor, reader)]
    more = [shown(signed_in(person), "/for-you/more?from=5") for person in (sailor, reader)]

    assert pages[0] == pages[1]
    assert more[0] == more[1]
    assert len(pages[0]) == 4
