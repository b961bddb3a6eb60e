"""An ad that viewers report: a case of its own, what is decided of it, and the appeal."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.market.selling import signed_in
from tests.safety import judged
from vitrine.accounts.models import Notice, Person
from vitrine.ads import standing as standing_ads
from vitrine.ads.models import Ad, AdMember, AdRole
from vitrine.safety import counts, judging
from vitrine.safety.models import Case, Decision, Strike
from vitrine.safety.policy import Measure

pytestmark = pytest.mark.django_db
TEXT = {"text": "The lamp is made of brass, here is the paper of its maker."}


@pytest.fixture
def ad(_without_ads: None) -> Ad:
    standing_ads.forget()
    payer = making.advertiser(name="Lamps and Sons")
    owner = making.owner_of(payer)
    clip = make.clip(owner, title="A lamp", description="It is of gold.")
    return making.ad(making.group(making.campaign(payer)), clip)


def is_shown(ad: Ad, key: str) -> bool:
    return [one.ad for one in ads_for(key=key)] == [ad.public_id]


def reported(ad: Ad, *, by: Client | None = None) -> Case:
    asked = {"reason": "deceit", "note": "It is not of gold."}
    answer = (by or Client()).post(f"/report/ad/{ad.public_id}", asked)
    assert answer.status_code == 302
    return Case.objects.get(closed_at=None, appeal=None)


def decide(case: Case, measure: Measure, by: Person | None = None) -> Decision:
    return judging.decide(
        case, by=by or judged.moderator(), reason="deceit", measure=measure, words="", at=make.NOON
    )


def test_a_viewer_reports_an_ad_and_it_is_hidden_until_an_appeal_shows_it(ad: Ad) -> None:
    viewer, owner = signed_in(make.person()), making.owner_of(ad.advertiser)
    runs = make.person()
    AdMember.objects.create(
        advertiser=ad.advertiser, person=runs, role=AdRole.CAMPAIGNS, since_at=make.NOON, by=owner
    )
    for part in ("", "?sheet"):
        assert f"/report/ad/{ad.public_id}" in viewer.get(f"/promoted/{ad.public_id}{part}").text
    assert is_shown(ad, "v_1")

    case = reported(ad, by=viewer)
    moderator = judged.moderator()
    desk = signed_in(moderator).get(f"/desk/cases/{case.public_id}/").text
    case.refresh_from_db()
    made = decide(case, Measure.HIDE, moderator)

    assert (case.kind, case.ad, case.clip, case.author) == ("ad", ad, None, owner)
    assert "The ad of Lamps and Sons with the clip “A lamp”" in desk
    assert "It is of gold." in desk
    assert "Hide the ad" in desk
    assert "Suspend the advertiser" in desk
    assert "strike</span>" not in desk
    assert not is_shown(ad, "v_2")
    assert not Strike.objects.exists()
    told = Notice.objects.filter(kind="decision").values_list("person", flat=True)
    assert set(told) == {owner.pk, runs.pk}
    assert Client().get(f"/report/ad/{ad.public_id}").status_code == 404
    assert "It was removed. Thank you." in viewer.get("/reports/").text
    own = f"/promote/{ad.advertiser.public_id}/ads/{ad.public_id}/"
    assert made.get_absolute_url() in signed_in(runs).get(own).text
    assert Client().get(ad.clip.get_absolute_url()).status_code == 200

    link = made.get_absolute_url()
    assert "It is not shown as an ad any more." in signed_in(runs).get(link).text
    signed_in(runs).post(f"{link}/appeal", TEXT)
    decide(Case.objects.get(origin="appealed"), Measure.NONE)
    standing_ads.forget()

    assert is_shown(ad, "v_3")
    assert "Hidden by moderators" not in signed_in(runs).get(own).text


def test_a_report_can_end_with_its_advertiser_suspended_and_the_appeal_with_the_ad_alone(
    ad: Ad,
) -> None:
    other = making.ad(making.group(making.campaign(ad.advertiser)))
    payer = ad.advertiser
    made = decide(reported(ad), Measure.BAR)

    payer.refresh_from_db()
    assert payer.suspended_at == make.NOON
    assert not is_shown(other, "v_1")
    page = signed_in(making.owner_of(payer)).get(f"/promote/{payer.public_id}/").text
    assert made.get_absolute_url() in page

    signed_in(making.owner_of(payer)).post(f"{made.get_absolute_url()}/appeal", TEXT)
    decide(Case.objects.get(origin="appealed"), Measure.HIDE)
    standing_ads.forget()

    payer.refresh_from_db()
    assert payer.suspended_at is None
    assert is_shown(other, "v_2")
    assert not is_shown(ad, "v_3")


def test_nobody_judges_an_ad_of_whom_they_advertise_for(ad: Ad) -> None:
    inside = judged.moderator()
    AdMember.objects.create(
        advertiser=ad.advertiser, person=inside, role=AdRole.FIGURES, since_at=make.NOON, by=inside
    )
    case = reported(ad)

    assert not Case.objects.judgeable_by(inside).exists()
    with pytest.raises(IntegrityError, match="their own"), transaction.atomic():
        Decision.objects.create(
            case=case, by=inside, measure="none", reason="spam", thing="It", at=make.NOON
        )


def test_reports_of_ads_are_among_the_public_numbers(ad: Ad) -> None:
    judged.decided(make.clip(), Measure.NONE)
    decide(reported(ad), Measure.HIDE)

    months = counts.months(at=make.NOON)
    page = Client().get("/transparency/moderation").text

    assert sum(month.reports_of_ads for month in months) == 1
    assert sum(month.decisions.get("hide", 0) for month in months) == 1
    assert "Of all these: of ads" in page
