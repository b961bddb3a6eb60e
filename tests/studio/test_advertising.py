"""A creator lets an advertiser show a clip, by a link, and takes that back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import lending, making
from tests.market.selling import signed_in
from vitrine.accounts.models import Notice, Person
from vitrine.ads import authorising, campaigning, sharing
from vitrine.ads.models import Authorisation
from vitrine.ledger import accounts
from vitrine.orders.payouts import entries
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture
def creator() -> Person:
    return make.person("creator")


@pytest.fixture
def clip(creator: Person) -> Clip:
    return make.clip(creator, title="A lamp")


def url(clip: Clip) -> str:
    return reverse("studio:advertising", args=[clip.public_id])


def given(clip: Clip) -> Authorisation:
    return authorising.give(clip, at=timezone.now())


def test_a_link_is_taken_up_once_and_its_clip_can_be_chosen(creator: Person, clip: Clip) -> None:
    studio, advertiser = signed_in(creator), making.advertiser()
    theirs = signed_in(making.owner_of(advertiser))
    studio.post(url(clip))
    link = Authorisation.objects.get().path
    assert link in studio.get(url(clip)).content.decode()
    assert "lets you show this clip as an ad" in theirs.get(link).content.decode()

    answer = theirs.post(link, {"advertiser": advertiser.public_id})

    assert answer["Location"] == reverse("promote:new", args=[advertiser.public_id])
    assert clip.title in theirs.get(answer["Location"]).content.decode()
    assert advertiser.name in studio.get(url(clip)).content.decode()
    told = Notice.objects.get(person=creator)
    assert (told.kind, told.path, told.item.endswith(":taken")) == ("ad", url(clip), True)
    late = making.advertiser()
    again = signed_in(making.owner_of(late)).post(link, {"advertiser": late.public_id})
    assert again.status_code == 410
    assert not campaigning.clips_of(late, making.owner_of(late)).exists()


def test_what_is_taken_back_can_be_advertised_with_no_more(creator: Person, clip: Clip) -> None:
    advertiser = making.advertiser()
    owner = making.owner_of(advertiser)
    one = given(clip)
    authorising.take_up(one, advertiser, by=owner, at=timezone.now())
    ours = campaigning.clips_of(advertiser, owner)
    assert list(ours) == [clip]

    address = reverse("studio:revoked", args=[clip.public_id, one.public_id])
    for _ in range(2):
        signed_in(creator).post(address)

    assert not ours.all().exists()
    assert Notice.objects.get(person=owner).item.endswith(":revoked")
    authorising.take_up(given(clip), advertiser, by=owner, at=timezone.now())
    assert list(ours.all()) == [clip]


def test_a_link_that_is_taken_back_or_old_opens_nothing(clip: Clip) -> None:
    advertiser, back, old = making.advertiser(), given(clip), given(clip)
    owner, now = making.owner_of(advertiser), timezone.now()
    authorising.revoke(back, at=now)

    for each, at in ((back, now), (old, now + timedelta(days=15))):
        with pytest.raises(authorising.AuthorisationOver):
            authorising.take_up(each, advertiser, by=owner, at=at)


def test_an_advertiser_has_a_clip_once(clip: Clip) -> None:
    advertiser, now = making.advertiser(), timezone.now()
    owner = making.owner_of(advertiser)
    authorising.take_up(given(clip), advertiser, by=owner, at=now)

    with pytest.raises(authorising.AuthorisedAlready):
        authorising.take_up(given(clip), advertiser, by=owner, at=now)


def test_who_took_up_what_is_frozen(clip: Clip) -> None:
    one, advertiser, other = given(clip), making.advertiser(), make.clip()
    authorising.take_up(one, advertiser, by=making.owner_of(advertiser), at=timezone.now())
    row, late = Authorisation.objects.filter(pk=one.pk), making.advertiser()

    with pytest.raises(IntegrityError, match="taken up once"), transaction.atomic():
        row.update(advertiser=late)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.update(clip=other)


def test_only_what_everybody_may_see_is_let_out_and_not_too_often(creator: Person) -> None:
    studio = signed_in(creator)
    for clip in (
        make.clip(creator, draft=True),
        make.clip(creator, visibility=Visibility.FOLLOWERS),
        make.clip(creator, is_mature=True),
    ):
        answer = studio.post(url(clip))
        assert answer.status_code == 409
        assert "Only a clip that everybody may see" in answer.content.decode()
    clip = make.clip(creator)
    for _ in range(authorising.MOST_OPEN):
        given(clip)
    assert "Take some back first." in studio.post(url(clip)).content.decode()


def test_somebody_elses_advertiser_cannot_be_chosen(clip: Clip) -> None:
    stranger, advertiser = make.person(), making.advertiser()

    answer = signed_in(stranger).post(given(clip).path, {"advertiser": advertiser.public_id})

    assert answer.status_code == 404
    assert not Authorisation.objects.standing().exists()


def test_the_earnings_page_tells_of_ads_what_is_paid_and_what_is_to_come(
    creator: Person, clip: Clip
) -> None:
    at = timezone.now() - timedelta(days=20)
    paid, fresh = (lending.lent(each, at=at) for each in (clip, make.clip(creator)))
    lending.billed(paid, 100_000, at=at)
    sharing.pay_all(at=timezone.now())
    lending.billed(fresh, 250_000, at=timezone.now())

    page = signed_in(creator).get("/studio/earnings/").content.decode()

    assert paid.advertiser
    assert f"{paid.advertiser.name} ·" in page
    assert "20% of $0.10" in page
    assert "20% of $0.25" in page
    assert "$0.05 to come" in page
    assert "Available" in page
    told = signed_in(creator).get(url(clip)).content.decode()
    assert "You get 20% of what these ads cost" in told
    assert "20% is yours" in told
    month = paid.earnings.get().at
    lines = entries.of(accounts.creator(creator.public_id), since=month, until=timezone.now())
    assert [(line.kind, line.net_minor) for line in lines] == [("ads", 2)]
